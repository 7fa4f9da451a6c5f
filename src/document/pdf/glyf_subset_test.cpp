#include "document/pdf/glyf_subset.h"

#include <gtest/gtest.h>
#include <hb-ot.h>
#include <hb.h>

#include <algorithm>
#include <string>
#include <vector>

#include "document/pdf/cff_face.h"
#include "document/pdf/harfbuzz_subset.h"
#include "document/text/loaded_face.h"
#include "document/text/testing/installed_fonts.h"

namespace galley::document {
namespace {

using Outline = std::vector<float>;

hb_draw_funcs_t* recorder() {
    hb_draw_funcs_t* const funcs = hb_draw_funcs_create();
    hb_draw_funcs_set_move_to_func(
        funcs,
        [](hb_draw_funcs_t*, void* out, hb_draw_state_t*, float x, float y, void*) {
            static_cast<Outline*>(out)->insert(static_cast<Outline*>(out)->end(), {1, x, y});
        },
        nullptr, nullptr);
    hb_draw_funcs_set_line_to_func(
        funcs,
        [](hb_draw_funcs_t*, void* out, hb_draw_state_t*, float x, float y, void*) {
            static_cast<Outline*>(out)->insert(static_cast<Outline*>(out)->end(), {2, x, y});
        },
        nullptr, nullptr);
    hb_draw_funcs_set_quadratic_to_func(
        funcs,
        [](hb_draw_funcs_t*, void* out, hb_draw_state_t*, float cx, float cy, float x, float y, void*) {
            static_cast<Outline*>(out)->insert(static_cast<Outline*>(out)->end(), {3, cx, cy, x, y});
        },
        nullptr, nullptr);
    return funcs;
}

Outline outline(const Face& face, std::uint32_t glyph) {
    static hb_draw_funcs_t* const funcs = recorder();
    Outline out;
    hb_font_get_glyph_shape(face.hb_font(), glyph, funcs, &out);
    return out;
}

std::shared_ptr<const Face> load(const std::string& path) {
    const Result<Bytes> file = InstalledFonts().read(path);
    if (!file) return nullptr;
    const auto face = LoadedFace::create(SharedBytes(*file), {});
    return face ? *face : nullptr;
}

class GlyfSubsetOf : public testing::TestWithParam<const char*> {};

TEST_P(GlyfSubsetOf, OutlinesAndAdvancesStayAsTheyWere) {
    const auto face = load(GetParam());
    ASSERT_TRUE(face);
    std::vector<std::uint32_t> glyphs;
    std::vector<GlyphCharacter> characters;
    for (char32_t c = 0x20; c < 0x180; ++c)
        if (const std::uint32_t glyph = face->glyph(c); glyph != 0) {
            glyphs.push_back(glyph);
            characters.push_back({c, glyph});
        }
    std::ranges::sort(glyphs);
    glyphs.erase(std::ranges::unique(glyphs).begin(), glyphs.end());
    const Result<GlyfSubset> subset = subset_glyf(*face, glyphs, characters);
    ASSERT_TRUE(subset);
    const auto small = LoadedFace::create(SharedBytes(subset->sfnt), {});
    ASSERT_TRUE(small);
    ASSERT_GE(subset->glyphs.size(), glyphs.size() + 1);
    std::size_t drawn = 0;
    for (std::uint32_t i = 0; i < subset->glyphs.size(); ++i) {
        const Outline want = outline(*face, subset->glyphs[i]);
        EXPECT_EQ(outline(**small, i), want) << "glyph " << subset->glyphs[i];
        EXPECT_EQ((*small)->advance(i), face->advance(subset->glyphs[i]));
        drawn += want.empty() ? 0 : 1;
    }
    EXPECT_GT(drawn, 200U);
    for (const auto& [c, glyph] : characters)
        EXPECT_EQ(subset->glyphs[(*small)->glyph(c)], glyph) << "U+" << std::hex << static_cast<unsigned>(c);
    EXPECT_LT(subset->sfnt.size(), face->file_bytes().size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Fonts, GlyfSubsetOf,
                         testing::Values("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
                                         "/usr/share/fonts/truetype/liberation/LiberationSerif-BoldItalic.ttf",
                                         "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
                                         "/usr/share/fonts/truetype/dejavu/DejaVuSerif-Bold.ttf"));

TEST(HarfBuzzSubset, KeepsGlyphNumbersAndOutlines) {
    const auto face = load("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf");
    ASSERT_TRUE(face);
    const std::vector<std::uint32_t> glyphs = {face->glyph('A'), face->glyph('g'), face->glyph(U'\u00e9')};
    const Result<Bytes> sfnt = subset_by_harfbuzz(*face, glyphs, GlyphNumbers::Keep);
    ASSERT_TRUE(sfnt);
    const auto small = LoadedFace::create(SharedBytes(*sfnt), {});
    ASSERT_TRUE(small);
    for (const std::uint32_t glyph : glyphs) EXPECT_EQ(outline(**small, glyph), outline(*face, glyph));
    EXPECT_TRUE(outline(**small, face->glyph('B')).empty());
    EXPECT_TRUE(table_of(*sfnt, HB_TAG('G', 'S', 'U', 'B')).empty());
}

// A CFF table of one font whose charset is format 2: glyphs 1–3 have CIDs 100–102.
std::string cid_keyed_cff() {
    const std::string names("\0\1\1\1\2x", 6);
    // Top DICT: ROS (three numbers, 12 30), charset at offset 28 (15).
    const std::string top("\x8B\x8B\x8B\x0C\x1E\xA7\x0F", 7);
    std::string cff("\1\0\4\1", 4);
    cff += names;
    cff += std::string("\0\1\1\1\x08", 5) + top;
    cff.resize(28, '\0');
    return cff + std::string("\2\0\x64\0\2", 5);
}

TEST(CffFace, CharsetOfACidKeyedFontGivesTheCids) {
    EXPECT_EQ(cff_glyph_to_cid(cid_keyed_cff(), 4), (std::vector<std::uint16_t>{0, 100, 101, 102}));
    std::string name_keyed = cid_keyed_cff();
    name_keyed[19] = '\x0B';  // escape 12 30 becomes operator 11
    EXPECT_TRUE(cff_glyph_to_cid(name_keyed, 4).empty());
}

TEST(CffFace, EveryTruncationIsReadWithoutHarm) {
    const std::string whole = cid_keyed_cff();
    for (std::size_t size = 0; size < whole.size(); ++size) (void)cff_glyph_to_cid(whole.substr(0, size), 4);
}

TEST(GlyfSubset, SurvivesEveryDamagedByteOfTheTablesItReads) {
    const Result<Bytes> file = InstalledFonts().read("/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf");
    ASSERT_TRUE(file);
    std::vector<std::uint32_t> glyphs;
    for (std::uint32_t glyph = 1; glyph < 300; ++glyph) glyphs.push_back(glyph);
    for (std::size_t i = 0; i < 400; ++i) {
        Bytes damaged = *file;
        for (std::size_t at = 400 + i; at < damaged.size(); at += 397 + i % 7)
            damaged[at] = static_cast<char>(at * 31 + i);
        if (const auto face = LoadedFace::create(SharedBytes(damaged), {})) (void)subset_glyf(**face, glyphs, {});
    }
}

}  // namespace
}  // namespace galley::document
