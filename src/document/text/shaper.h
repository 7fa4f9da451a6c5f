// src/document/text/shaper.h — from UTF-8 text and a font wish to shaped, breakable pieces.
//
// Shape    shape(text, font) cuts text into Pieces: words, runs of spaces, forced breaks; each of one face and
//          direction, shaped. A line breaker only has to add up piece widths. Glyph data is in font units, so one
//          shaping serves all sizes. Emergency breaks (overflow-wrap, word-break) may fall wherever two glyphs'
//          clusters differ.
// Errors   none: a character no font has is shaped as .notdef of the first face and named in warnings().
// Owner    Pieces point into word tables that the TextShaper keeps alive: valid as long as the TextShaper (and its
//          library); of words that were held (hold()) as long as their WordHold.
// Threads  FontLibrary: any thread. TextShaper: one render, one thread.
// Limits   word table bounded by kShapedWordsMax entries, then a fresh one; words above kCachedWordBytesMax are not
//          shared.
// Source   UAX #14 (break classes), UAX #24 (scripts), UAX #9 (levels), HarfBuzz.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "document/resource_loader.h"
#include "document/style/computed_style.h"
#include "document/style/style_engine.h"
#include "document/text/face.h"
#include "document/text/font_source.h"

namespace galley::document {

// 16 bytes: a long document has some for each of its words.
struct Glyph {
    std::uint32_t cluster = 0;  // byte offset in the piece's text of the first character
    std::int32_t advance = 0;   // font units, kerning included
    std::uint16_t id = 0;
    std::int16_t x_offset = 0, y_offset = 0;
};
static_assert(sizeof(Glyph) == 16);

// How closely a writer must look at a word's glyphs.
enum class WordForm : std::uint8_t {
    Any,
    Ascii,  // printable ASCII, each byte drawn by the face's own glyph for it, none of them shifted
    Plain,  // the same at the glyphs' own advances, and without parentheses and backslashes
};

// An immutable shaped word, shared through the cache.
struct ShapedWord {
    const Face* face = nullptr;
    std::string_view text;          // as shaped, UTF-8
    std::span<const Glyph> glyphs;  // visual order
    std::int64_t advance = 0;       // sum, font units
    WordForm form = WordForm::Any;  // set for words that were stored
};

enum class PieceKind : std::uint8_t {
    Word,         // no break inside but where overflow-wrap, word-break or hyphens allow
    Space,        // one or more collapsible or breakable spaces (hang or vanish at a line's end)
    ForcedBreak,  // \n where preserved, U+2028 …
    Tab,
    SoftHyphen,  // invisible unless the line ends here: U+00AD, or where a dictionary divides the word
};

struct Piece {
    PieceKind kind = PieceKind::Word;
    bool break_after = false;          // a break opportunity follows (UAX #14), spaces: always after the space
    std::uint8_t bidi_level = 0;       // 0 = left to right
    std::uint32_t begin = 0, end = 0;  // byte range in the text that was given
    const ShapedWord* word = nullptr;  // null for ForcedBreak, Tab and SoftHyphen
};

// What selects faces and shaping; the same object for all text of equal InheritedStyle.
class FontInstance {
 public:
    virtual ~FontInstance() = default;
    virtual const Face& primary() const = 0;  // first available face: its metrics make the strut
    virtual double size_px() const = 0;
};

// What a later phase keeps in the library between renders (the writer's font subsets).
class FontAttachment {
 public:
    virtual ~FontAttachment() = default;
};

// Process-wide: discovery by fontconfig on first use, loaded faces, fallback choices, shaped-word and subset caches.
class FontLibrary {
 public:
    static std::unique_ptr<FontLibrary> create(
        const FontSource& source);  // `source` must outlive the library; does not touch fontconfig yet
    virtual ~FontLibrary() = default;
    // The one attachment of this library: made by `make` on the first call, from any thread.
    virtual FontAttachment& attachment(std::unique_ptr<FontAttachment> (*make)()) = 0;

 protected:
    FontLibrary() = default;
};

// Words of text that will not be looked at again.
class WordHold {
 public:
    virtual ~WordHold() = default;
};

class TextShaper {
 public:
    // `faces` are the document's @font-face rules; their bytes come through `loader` when first needed.
    static std::unique_ptr<TextShaper> create(FontLibrary& library, const std::vector<FontFaceRule>& faces,
                                              const ResourceLoader* loader);
    virtual ~TextShaper() = default;
    virtual const FontInstance& font(const InheritedStyle& style) = 0;  // cached by value of the font properties
    // Appends the pieces of `text` (white space already collapsed by the caller; text-transform already applied) to
    // `out`. `preserve_breaks`: \n is a ForcedBreak and tabs are Tabs; else they count as spaces. base_level: paragraph
    // direction. Text of one paragraph may come in several calls (one per inline element); break opportunities across
    // calls: the caller passes the character before `text` in `previous` (0 = start of paragraph): the LAST piece
    // before it gets its break_after through the return value: true = a break is allowed between `previous` and the
    // first character of `text`. `levels`: one bidi level per byte, found over the whole paragraph; null: they are
    // found for this text alone.
    virtual bool shape(std::string_view text, const FontInstance& font, const InheritedStyle& style, char32_t previous,
                       bool preserve_breaks, std::vector<Piece>& out, const std::uint8_t* levels = nullptr) = 0;
    // A single string without breaks (leaders, markers, hyphens): one word.
    virtual const ShapedWord& shape_word(std::string_view text, const FontInstance& font,
                                         const InheritedStyle& style) = 0;
    // New words belong to `hold` from here on, and go with it; null: to the shaper. Gives the hold before.
    virtual WordHold* hold(WordHold* hold) = 0;
    virtual std::unique_ptr<WordHold> make_hold() = 0;
    virtual const std::vector<std::string>& warnings() const = 0;  // missing fonts and characters
};

}  // namespace galley::document
