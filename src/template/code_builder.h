// src/template/code_builder.h — collects the instructions and texts of a program while it is parsed.
//
// Shape    emit() appends and gives the instruction's place; patch_jump() points a jump at what comes next.
// Errors   none; is_full() tells when kTemplateProgramMax is reached.
// Threads  one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "template/program.h"

namespace galley::templates {

class CodeBuilder {
 public:
    std::size_t emit(Op op, std::uint32_t line, std::size_t a = 0, std::size_t b = 0) {
        program_.code.push_back({op, static_cast<std::int32_t>(a), static_cast<std::int32_t>(b), line});
        return here() - 1;
    }
    std::size_t emit_text(Op op, std::uint32_t line, std::string_view text) { return emit(op, line, intern(text)); }
    std::size_t emit_constant(std::uint32_t line, Value value);

    std::size_t here() const { return program_.code.size(); }
    bool is_full() const;
    void patch_jump(std::size_t jump) { patch_jump(jump, here()); }
    void patch_jump(std::size_t jump, std::size_t target) {
        program_.code[jump].a = static_cast<std::int32_t>(target) - static_cast<std::int32_t>(jump);
    }

    // Takes the instructions from `start` on away, to be put back behind others: relative jumps inside them stay right.
    std::vector<Instruction> cut(std::size_t start);
    void paste(const std::vector<Instruction>& piece);

    Program finish() { return std::move(program_); }

 private:
    std::size_t intern(std::string_view text);

    Program program_;
    std::unordered_map<std::string, std::size_t> interned_;
};

}  // namespace galley::templates
