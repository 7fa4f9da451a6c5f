// src/template/program.h — a parsed template: flat instructions for a small stack machine.
//
// Shape    instructions run in order; jumps are relative to the jump itself, so that pieces of code can be moved.
//          Loop variables live in the frame of their loop: frame n belongs to the n-th enclosing {% for %}.
// Owner    all text and constants that the instructions name by index.
// Threads  immutable once parsed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "template/value.h"

namespace galley::templates {

enum class Op : std::uint8_t {
    Text,           // print texts[a] as it stands
    Print,          // pop, print escaped
    PushText,       // push texts[a]
    PushConstant,   // push constants[a]
    LoadVariable,   // push data member texts[a], or undefined
    LoadLoopItem,   // push the item of frame a
    LoadLoopField,  // push field b (LoopField) of frame a
    Member,         // pop value, push value.texts[a]
    Item,           // pop index, value; push value[index]
    Slice,          // pop end, start (none: open), value; push value[start:end]
    Filter,         // pop b arguments, value; push filter a of it
    Format,         // pop b arguments, text; push text.format(…)
    Not,
    Negate,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    IsDefined,
    IsNone,
    Jump,              // by a
    JumpIfFalse,       // pop; by a
    JumpIfFalseOrPop,  // false: keep it and jump by a; else pop ("and")
    JumpIfTrueOrPop,   // true: keep it and jump by a; else pop ("or")
    LoopBegin,         // pop the list; empty: jump by a; else open a frame
    LoopNext,          // another item: jump by a (back); else close the frame
};

enum class LoopField : std::uint8_t { Index, Index0, First, Last, Length, ReverseIndex, ReverseIndex0 };

struct Instruction {
    Op op = Op::Text;
    std::int32_t a = 0;
    std::int32_t b = 0;
    std::uint32_t line = 0;
};

struct Program {
    std::vector<Instruction> code;
    std::vector<std::string> texts;
    std::vector<Value> constants;

    std::string dump() const;
};

}  // namespace galley::templates
