#include "document/layout/text_part.h"

#include <algorithm>

namespace galley::document {

// Clusters of the glyphs, up to the next cluster in the word.
std::string_view part_text(const TextPart& part) {
    if (part.hyphen) return "\u00AD";
    const ShapedWord& word = *part.word;
    auto low = static_cast<std::uint32_t>(word.text.size());
    std::uint32_t high = 0;
    for (std::uint32_t i = part.glyph_begin; i < part.glyph_end; ++i) {
        low = std::min(low, word.glyphs[i].cluster);
        high = std::max(high, word.glyphs[i].cluster);
    }
    auto end = static_cast<std::uint32_t>(word.text.size());
    for (const Glyph& glyph : word.glyphs)
        if (glyph.cluster > high) end = std::min(end, glyph.cluster);
    return word.text.substr(low, std::max(low, end) - low);
}

}  // namespace galley::document
