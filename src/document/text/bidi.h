// src/document/text/bidi.h — embedding levels of a text.
//
// Shape    needs_bidi(text): could any character be right-to-left? BidiLevels::find → one level per byte.
// Errors   none: text that ICU refuses (size) is left to right.
// Owner    the levels are the object's own, valid until the next find().
// Threads  one thread per object.
// Source   https://www.unicode.org/reports/tr9/, done by ICU's ubidi (already linked for line breaks; so no fribidi).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "document/style/computed_style.h"

namespace galley::document {

bool needs_bidi(std::string_view text);

class BidiLevels {
 public:
    BidiLevels();
    ~BidiLevels();
    BidiLevels(const BidiLevels&) = delete;
    BidiLevels& operator=(const BidiLevels&) = delete;
    const std::vector<std::uint8_t>& find(std::string_view text, Direction base);

 private:
    struct Icu;
    std::unique_ptr<Icu> icu_;
    std::u16string utf16_;
    std::vector<std::uint8_t> levels_;
};

}  // namespace galley::document
