// src/document/text/bidi.h — embedding levels of a text.
//
// Shape    needs_bidi(text): could any character be right-to-left? BidiLevels::find → one level per byte; a newline or
//          U+2029 ends a paragraph, paragraph_level(byte) tells the level of the one around a byte.
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

namespace galley::document {

enum class ParagraphBase : std::uint8_t { Ltr, Rtl, FirstStrong };

bool needs_bidi(std::string_view text);

class BidiLevels {
 public:
    BidiLevels();
    ~BidiLevels();
    BidiLevels(const BidiLevels&) = delete;
    BidiLevels& operator=(const BidiLevels&) = delete;
    const std::vector<std::uint8_t>& find(std::string_view text, ParagraphBase base);
    std::uint8_t paragraph_level(std::size_t byte) const;

 private:
    struct Icu;
    std::unique_ptr<Icu> icu_;
    std::u16string utf16_;
    struct Paragraph {
        std::size_t begin;
        std::uint8_t level;
    };
    void find_paragraphs(std::string_view text);

    std::vector<std::uint8_t> levels_;
    std::vector<Paragraph> paragraphs_;  // in order
};

}  // namespace galley::document
