// src/document/text/word_shaper.h — HarfBuzz over one piece of text without line structure: itemised by face and
// script, shaped, cut where lines may break.
//
// Shape    shape(text, choice, direction, cuts) → an entry of parts in logical order, glyphs of each in visual order.
//          Cuts that fall inside a cluster (a ligature) are ignored. Control characters leave no glyph.
// Owner    the entry is the shaper's own, valid until the next call; a word table or arena copies it.
// Threads  one thread per shaper.
// Source   UAX #24 for scripts: Common and Inherited take the script of their neighbours.
#pragma once

#include <hb.h>

#include <span>
#include <string_view>
#include <vector>

#include "document/text/font_choice.h"
#include "document/text/word_table.h"

namespace galley::document {

class WordShaper {
 public:
    WordShaper();
    ~WordShaper();
    WordShaper(const WordShaper&) = delete;
    WordShaper& operator=(const WordShaper&) = delete;

    const WordEntry& shape(std::string_view text, FontChoice& choice, Direction direction,
                           std::span<const std::uint32_t> cuts);
    // All of it with one face, whatever that face lacks.
    const WordEntry& shape_with(const Face& face, std::string_view text, FontChoice& choice, Direction direction);

 private:
    struct Item {
        std::uint32_t begin = 0, end = 0;
        const Face* face = nullptr;
        hb_script_t script = HB_SCRIPT_COMMON;
        bool capitals = false;  // small capitals: shaped as capitals of the scaled face
    };

    void itemise(std::string_view text, FontChoice& choice);
    void itemise_ascii(std::string_view text, FontChoice& choice);
    const WordEntry& shape_items(std::string_view text, FontChoice& choice, Direction direction,
                                 std::span<const std::uint32_t> cuts);
    void fill_buffer(const Item& item, std::string_view text);
    void shape_item(const Item& item, std::string_view text, FontChoice& choice, Direction direction);
    void cut_item(const Item& item, std::string_view text, Direction direction, std::span<const std::uint32_t> cuts);
    void add_part(const Item& item, std::string_view text, std::uint32_t begin, std::uint32_t end,
                  std::size_t first_glyph, std::size_t last_glyph);

    hb_buffer_t* buffer_;
    std::vector<Item> items_;
    std::vector<Glyph> item_glyphs_;         // of the item in work, clusters relative to the whole text
    std::vector<Glyph> glyphs_;              // of all parts, one after the other
    std::vector<std::size_t> glyph_counts_;  // of each part
    std::vector<WordPart> parts_;
    WordEntry entry_;
};

}  // namespace galley::document
