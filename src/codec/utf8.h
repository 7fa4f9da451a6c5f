// src/codec/utf8.h — the slow, exact look at UTF-8: where does it stop being valid?
//
// Shape    utf8_sequence_length(text) = bytes of the well-formed sequence at the start (1–4), 0 when there is none.
// Threads  any.
// Source   The Unicode Standard, table 3-7 (no surrogates, no overlong forms, nothing above U+10FFFF).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace galley::codec {

std::size_t utf8_sequence_length(std::string_view text);
// Precondition: a scalar value (no surrogate, at most U+10FFFF).
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace galley::codec
