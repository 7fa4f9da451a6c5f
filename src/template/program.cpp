#include "template/program.h"

#include <array>
#include <string_view>

#include "codec/json_writer.h"
#include "template/filters.h"

namespace galley::templates {

namespace {

constexpr std::array<std::string_view, 28> kNames{"text",
                                                  "print",
                                                  "push_text",
                                                  "push_constant",
                                                  "load_variable",
                                                  "load_loop_item",
                                                  "load_loop_field",
                                                  "member",
                                                  "item",
                                                  "slice",
                                                  "filter",
                                                  "format",
                                                  "not",
                                                  "negate",
                                                  "equal",
                                                  "not_equal",
                                                  "less",
                                                  "less_equal",
                                                  "greater",
                                                  "greater_equal",
                                                  "is_defined",
                                                  "is_none",
                                                  "jump",
                                                  "jump_if_false",
                                                  "jump_if_false_or_pop",
                                                  "jump_if_true_or_pop",
                                                  "loop_begin",
                                                  "loop_next"};
static_assert(static_cast<std::size_t>(Op::LoopNext) + 1 == kNames.size());

void append_operands(std::string& out, const Program& program, const Instruction& instruction) {
    const auto a = static_cast<std::size_t>(instruction.a);
    switch (instruction.op) {
        case Op::Text:
        case Op::PushText:
        case Op::LoadVariable:
        case Op::Member:
            return codec::append_json_string(out += ' ', program.texts[a]);
        case Op::PushConstant: {
            std::string buffer;
            out.append(" ").append(printed(program.constants[a], buffer).value_or(""));
            return;
        }
        case Op::Filter:
            out.append(" ").append(filter_name(a)).append(" ").append(std::to_string(instruction.b));
            return;
        case Op::LoadLoopField:
            out.append(" ").append(std::to_string(instruction.a));
            [[fallthrough]];
        case Op::Format:
            out.append(" ").append(std::to_string(instruction.b));
            return;
        case Op::LoadLoopItem:
        case Op::Jump:
        case Op::JumpIfFalse:
        case Op::JumpIfFalseOrPop:
        case Op::JumpIfTrueOrPop:
        case Op::LoopBegin:
        case Op::LoopNext:
            out.append(" ").append(std::to_string(instruction.a));
            return;
        default:
            return;
    }
}

}  // namespace

std::string Program::dump() const {
    std::string out;
    for (const Instruction& instruction : code) {
        out.append(std::to_string(instruction.line))
            .append(": ")
            .append(kNames[static_cast<std::size_t>(instruction.op)]);
        append_operands(out, *this, instruction);
        out += '\n';
    }
    return out;
}

}  // namespace galley::templates
