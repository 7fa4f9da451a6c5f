// src/document/html/entities.h — character references: &amp; &#38; &#x26; and the two thousand names.
//
// Shape    decode_references(text, where) → text with references replaced; a & that starts none stays.
// Threads  any; constant data.
// Source   https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace galley::document {

enum class ReferenceContext : std::uint8_t { Data, AttributeValue };

// Appends `text` to `out` with every reference replaced.
void append_decoded(std::string& out, std::string_view text, ReferenceContext context);

}  // namespace galley::document
