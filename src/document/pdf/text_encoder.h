// src/document/pdf/text_encoder.h — one DrawText as text operators: one-byte codes where the encoding has the
// character and the font's own glyph for it is drawn, glyph numbers otherwise.
//
// Shape    draw(text) appends to the content stream; a word that is plain (WordForm) goes there as it is. Advances that
//          differ from the font's own become TJ numbers, rounded as a running sum so that long runs do not drift.
// Units    TJ numbers are 1/1000 of the font size.
// Owner    borrows the stream and the fonts.
// Threads  one.
// Source   ISO 32000-1 §9.4.3; §14.9.4 (ActualText) for glyphs that stand for several texts. Right-to-left runs are
//          left to the viewers' own reordering: poppler turns a run's ActualText round, so that copied words come out
//          backwards.
#pragma once

#include <string>
#include <string_view>

#include "document/paint/display_list.h"
#include "document/pdf/content_stream.h"
#include "document/pdf/document_fonts.h"

namespace galley::document {

class TextEncoder {
 public:
    explicit TextEncoder(DocumentFonts& fonts) : fonts_(fonts) {}
    // The caller has set colour and alpha.
    void draw(const DrawText& text, ContentStream& out);

 private:
    enum class Mode : std::uint8_t { None, OneByte, Composite };

    // `i` counts the glyphs of the part's word.
    void encode_part(const DrawText& text, const TextPart& part);
    void encode_plain(const DrawText& text, std::string_view characters);
    void encode_ascii(const DrawText& text, const TextPart& part);
    void encode_glyph(const DrawText& text, const TextPart& part, std::size_t i);
    void encode_drawn(const DrawText& text, const Glyph& glyph);
    void encode_composite(const DrawText& text, const TextPart& part, std::size_t i, std::string_view characters,
                          bool drawn);

    void enter(Mode mode, const DrawText& text);
    void open_string() {
        if (!string_open_) operand_ += '(';
        string_open_ = true;
    }
    void adjust() {
        if (gap_units_ != settled_units_) move_to_gap();
    }
    void move_to_gap();
    void append_byte(unsigned char byte);
    void flush();

    DocumentFonts& fonts_;
    ContentStream* out_ = nullptr;
    FaceUse* use_ = nullptr;
    Mode mode_ = Mode::None;
    std::string operand_;  // "(ab)-12(c" so far
    bool string_open_ = false;
    bool adjusted_ = false;
    std::int64_t units_per_em_ = 1000;
    std::int64_t gap_units_ = 0;      // font's own advance minus the wanted one, summed since the last origin
    std::int64_t settled_units_ = 0;  // gap_units_ when last looked at
    std::int64_t written_ = 0;        // of it, written as TJ numbers
};

}  // namespace galley::document
