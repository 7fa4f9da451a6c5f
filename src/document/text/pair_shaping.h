// src/document/text/pair_shaping.h — words whose characters a face shapes two by two: put together from known pairs.
//
// Shape    shape(text, begin, out) → glyphs as HarfBuzz gives them for left-to-right Latin text, or false where more
//          than kerning between neighbours may be at work: then HarfBuzz has to be asked. Which glyphs the lookups
//          touch is found out once, what two characters do to each other when they first meet.
// Owner    borrows the face; made for one set of features and one language.
// Threads  one.
// Source   OpenType GSUB, GPOS (lookup types 2 and 9); hb-ot-layout.
#pragma once

#include <hb.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "document/text/shaper.h"

namespace galley::document {

class PairShaping {
 public:
    PairShaping(const Face& face, const std::vector<hb_feature_t>& features, hb_language_t language);
    bool shape(std::string_view text, std::uint32_t begin, std::vector<Glyph>& out);

 private:
    static constexpr std::size_t kFirst = '!', kCount = '~' - kFirst + 1;
    static constexpr std::int16_t kUnknown = INT16_MIN, kMore = INT16_MIN + 1;  // as kerning
    struct BufferDeleter {
        void operator()(hb_buffer_t* buffer) const { hb_buffer_destroy(buffer); }
    };

    struct Character {
        std::uint16_t glyph = 0;
        bool pairs = false;  // nothing but kerning happens to it
        std::int32_t advance = 0;
    };

    void find_characters();
    bool shape_with_harfbuzz(std::string_view text);
    std::int16_t measure(std::size_t left, std::size_t right);

    const Face& face_;
    const std::vector<hb_feature_t> features_;
    const hb_language_t language_;
    std::unique_ptr<hb_buffer_t, BufferDeleter> buffer_;
    std::array<Character, kCount> characters_{};
    std::vector<std::int16_t> kerning_;  // by left × kCount + right
};

}  // namespace galley::document
