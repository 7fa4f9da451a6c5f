// src/codec/text_position.h — the line and column of a place in a text, for messages.
//
// Shape    text_position(text, offset) → both from 1, columns in characters. Reads the text up to there: meant for the
//          moment when a message is written.
// Threads  any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace galley::codec {

struct TextPosition {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    std::string to_string() const { return std::to_string(line) + ":" + std::to_string(column); }
};

// `text` is valid UTF-8; an offset behind its end counts as the end.
TextPosition text_position(std::string_view text, std::size_t offset);

}  // namespace galley::codec
