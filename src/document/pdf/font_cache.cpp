#include "document/pdf/font_cache.h"

#include <hb.h>

#include <algorithm>

#include "document/pdf/cff_face.h"
#include "document/pdf/glyf_subset.h"
#include "document/pdf/harfbuzz_subset.h"
#include "document/pdf/number_text.h"
#include "document/pdf/win_ansi.h"

namespace galley::document {
namespace {

constexpr int kFontDeflateLevel = 9;  // done once per subset, written many times
constexpr hb_tag_t kCff = HB_TAG('C', 'F', 'F', ' ');

void append_width(std::string& out, const Face& face, int advance) {
    append_real(out, advance * 1000.0 / face.metrics().units_per_em, 3);
}

std::string glyph_set_key(std::span<const std::uint32_t> glyphs) {
    std::string key;
    for (const std::uint32_t glyph : glyphs) {
        key += static_cast<char>(glyph >> 8 & 0xFF);
        key += static_cast<char>(glyph & 0xFF);
    }
    return key;
}

// Six letters that differ where the glyphs differ (ISO 32000-1 §9.6.4).
std::string subset_name(const Face& face, std::string_view glyph_set) {
    const Digest digest = sha256(face.postscript_name() + std::string(glyph_set));
    std::string name;
    for (std::size_t i = 0; i < 6; ++i) name += static_cast<char>('A' + digest.bytes[i] % 26);
    return name + '+' + face.postscript_name();
}

// CIDs are the font's own glyph numbers; the embedded program has others.
std::string cid_to_glyph_map(const GlyfSubset& subset) {
    const std::uint32_t last = *std::ranges::max_element(subset.glyphs);
    std::string map((last + 1) * 2, '\0');
    for (std::size_t glyph = 0; glyph < subset.glyphs.size(); ++glyph) {
        map[subset.glyphs[glyph] * 2] = static_cast<char>(glyph >> 8 & 0xFF);
        map[subset.glyphs[glyph] * 2 + 1] = static_cast<char>(glyph & 0xFF);
    }
    return map;
}

// /W entries: "first [w w w] first [w]": neighbours share a list.
std::string composite_widths(const Face& face, const FaceCodes& codes, std::span<const std::uint32_t> glyphs) {
    std::string out;
    std::uint32_t expected = 0;
    for (const std::uint32_t glyph : glyphs) {
        const std::uint32_t cid = glyph < codes.cids.size() ? codes.cids[glyph] : glyph;
        if (out.empty() || cid != expected) {
            if (!out.empty()) out += ']';
            append_integer(out, cid);
            out += '[';
        } else {
            out += ' ';
        }
        append_width(out, face, face.advance(glyph));
        expected = cid + 1;
    }
    if (!out.empty()) out += ']';
    return out;
}

}  // namespace

FontCache& FontCache::of(FontLibrary& library) {
    return static_cast<FontCache&>(
        library.attachment([]() -> std::unique_ptr<FontAttachment> { return std::make_unique<FontCache>(); }));
}

std::shared_ptr<const FaceCodes> FontCache::codes(const Face& face) {
    {
        const MutexLock lock(mutex_);
        if (const auto found = codes_.find(face.id()); found != codes_.end()) return found->second;
    }
    auto codes = std::make_shared<FaceCodes>();
    codes->one_byte = face.outlines() == Face::Outlines::TrueType &&
                      hb_font_get_var_coords_design(face.hb_font(), nullptr) == nullptr;
    for (unsigned code = 0; code < codes->glyphs.size(); ++code) {
        const char32_t c = win_ansi_character(code);
        const std::uint32_t glyph = c == 0 ? 0 : face.glyph(c);
        codes->glyphs[code] = static_cast<std::uint16_t>(glyph);
        codes->advances[code] = face.advance(glyph);
    }
    if (face.outlines() == Face::Outlines::Cff)
        codes->cids = cff_glyph_to_cid(table_of(face.file_bytes(), kCff), hb_face_get_glyph_count(face.hb_face()));
    const MutexLock lock(mutex_);
    if (codes_.size() >= kFaceCodesMax) codes_.clear();
    return codes_.try_emplace(face.id(), std::move(codes)).first->second;
}

std::shared_ptr<const FontProgram> FontCache::find(const Key& key) {
    const MutexLock lock(mutex_);
    const auto found = programs_.find(key);
    return found == programs_.end() ? nullptr : found->second;
}

std::shared_ptr<const FontProgram> FontCache::keep(const Key& key, FontProgram program) {
    auto shared = std::make_shared<const FontProgram>(std::move(program));
    const MutexLock lock(mutex_);
    if (program_bytes_ > kFontProgramBytesMax) {
        programs_.clear();
        program_bytes_ = 0;
    }
    const auto [place, is_new] = programs_.try_emplace(key, std::move(shared));
    if (is_new) program_bytes_ += place->second->deflated.size() + key.second.size();
    return place->second;
}

void FontCache::pack(FontProgram& program, std::string_view bytes) {
    program.raw_bytes = bytes.size();
    program.digest = sha256(bytes);
    deflate_.compress(bytes, kFontDeflateLevel, program.deflated);
}

Result<std::shared_ptr<const FontProgram>> FontCache::simple(const Face& face, const FaceCodes& codes,
                                                             std::uint8_t blocks) {
    const Key key{face.id(), std::string("blocks") + static_cast<char>('0' + blocks)};
    if (auto found = find(key)) return found;
    std::vector<GlyphCharacter> characters;
    std::vector<std::uint32_t> glyphs;
    FontProgram program;
    for (unsigned code = 0x20; code < codes.glyphs.size(); ++code) {
        if ((win_ansi_block(code) & blocks) == 0 || codes.glyphs[code] == 0) continue;
        characters.push_back({win_ansi_character(code), codes.glyphs[code]});
        glyphs.push_back(codes.glyphs[code]);
        program.last_code = code;
    }
    std::ranges::sort(characters, {}, &GlyphCharacter::character);
    std::ranges::sort(glyphs);
    glyphs.erase(std::ranges::unique(glyphs).begin(), glyphs.end());
    GALLEY_TRY(const GlyfSubset subset, subset_glyf(face, glyphs, characters));
    for (unsigned code = 0x20; code <= program.last_code; ++code) {
        if (code != 0x20) program.widths += ' ';
        const bool present = (win_ansi_block(code) & blocks) != 0 && codes.glyphs[code] != 0;
        append_width(program.widths, face, present ? codes.advances[code] : 0);
    }
    program.subset_name = subset_name(face, glyph_set_key(glyphs));
    pack(program, subset.sfnt);
    return keep(key, std::move(program));
}

Result<std::shared_ptr<const FontProgram>> FontCache::composite(const Face& face, const FaceCodes& codes,
                                                                std::span<const std::uint32_t> glyphs) {
    const Key key{face.id(), "glyphs" + glyph_set_key(glyphs)};
    if (auto found = find(key)) return found;
    FontProgram program;
    program.widths = composite_widths(face, codes, glyphs);
    program.subset_name = subset_name(face, key.second);
    if (codes.one_byte) {
        GALLEY_TRY(const GlyfSubset subset, subset_glyf(face, glyphs, {}));
        deflate_.compress(cid_to_glyph_map(subset), kFontDeflateLevel, program.cid_to_glyph);
        pack(program, subset.sfnt);
    } else {
        const GlyphNumbers numbers = codes.cids.empty() ? GlyphNumbers::Keep : GlyphNumbers::Renumber;
        GALLEY_TRY(const Bytes sfnt, subset_by_harfbuzz(face, glyphs, numbers));
        const bool cff = face.outlines() == Face::Outlines::Cff;
        program.kind = cff ? FontProgram::Kind::Cff : FontProgram::Kind::TrueType;
        pack(program, cff ? table_of(sfnt, kCff) : sfnt);
    }
    return keep(key, std::move(program));
}

}  // namespace galley::document
