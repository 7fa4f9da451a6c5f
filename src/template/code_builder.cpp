#include "template/code_builder.h"

#include "template/template.h"

namespace galley::templates {

// Indices and jump distances are 32 bits wide.
static_assert(kTemplateProgramMax < (1U << 30));

std::size_t CodeBuilder::emit_constant(std::uint32_t line, Value value) {
    program_.constants.push_back(std::move(value));
    return emit(Op::PushConstant, line, program_.constants.size() - 1);
}

bool CodeBuilder::is_full() const {
    return program_.code.size() >= kTemplateProgramMax;
}

std::vector<Instruction> CodeBuilder::cut(std::size_t start) {
    const auto from = program_.code.begin() + static_cast<std::ptrdiff_t>(start);
    std::vector<Instruction> piece(from, program_.code.end());
    program_.code.erase(from, program_.code.end());
    return piece;
}

void CodeBuilder::paste(const std::vector<Instruction>& piece) {
    program_.code.insert(program_.code.end(), piece.begin(), piece.end());
}

std::size_t CodeBuilder::intern(std::string_view text) {
    const auto [found, is_new] = interned_.try_emplace(std::string(text), program_.texts.size());
    if (is_new) program_.texts.emplace_back(text);
    return found->second;
}

}  // namespace galley::templates
