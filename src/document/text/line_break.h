// src/document/text/line_break.h — where a line may end: UAX #14 as ICU 72 tailors it.
//
// Shape    find(text, previous, wish) → one mark per byte offset 0…size: may a line end before this byte? Offset 0
//          speaks of the place between `previous` (0 = start of paragraph) and the text; the mark at text.size() is
//          always None.
// Owner    the marks are the breaker's own, valid until the next find().
// Threads  one thread per breaker.
// Source   https://www.unicode.org/reports/tr14/ (revision 49). OPTIMIZATION: text of simple classes goes by a pair
//          table; anything else by ICU's iterator. The tests demand that both agree.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "document/style/computed_style.h"

namespace galley::document {

enum class BreakMark : std::uint8_t { None, Allowed, Forced };

struct LineBreakWish {
    std::string_view lang;
    LineBreakRule rule = LineBreakRule::Auto;  // how strict around CJK punctuation; Anywhere is the caller's affair
    bool keep_all = false;                     // no break between letters, ideographs included
};

class LineBreaker {
 public:
    LineBreaker();
    ~LineBreaker();
    LineBreaker(const LineBreaker&) = delete;
    LineBreaker& operator=(const LineBreaker&) = delete;

    const std::vector<BreakMark>& find(std::string_view text, char32_t previous, const LineBreakWish& wish);
    // The slow version: ICU for everything.
    const std::vector<BreakMark>& find_by_icu(std::string_view text, char32_t previous, const LineBreakWish& wish);

 private:
    void keep_letters_together(std::string_view text);
    bool find_by_table(std::string_view text, char32_t previous);
    std::size_t classify_ascii(std::string_view text, std::size_t lead);
    void mark_breaks(std::size_t size, std::size_t lead, bool ascii);

    struct Icu;
    std::unique_ptr<Icu> icu_;
    std::vector<BreakMark> marks_;
    std::vector<std::uint8_t> classes_;
    std::vector<std::uint32_t> offsets_;
};

}  // namespace galley::document
