// Words that are put together from pairs have the glyphs that HarfBuzz gives them: a shaper that has seen many words beside
// one that has seen few.
#include "document/text/pair_shaping.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "document/text/testing/installed_fonts.h"

namespace galley::document {
namespace {

constexpr int kManyWords = 1100, kFewWords = 500, kRounds = 2;

using GlyphFacts = std::tuple<std::uint32_t, int, int, int, int>;

struct Setting {
    const char* family;
    int weight;
    const char* feature;  // "": none
};

class Shapes : public ::testing::TestWithParam<Setting> {
 protected:
    Shapes() {
        style_.font_families = {GetParam().family};
        style_.font_weight = GetParam().weight;
        style_.lang = "en";
        if (*GetParam().feature != '\0') style_.font_features.emplace_back(GetParam().feature, 1);
    }

    struct Side {
        std::unique_ptr<FontLibrary> library;
        std::unique_ptr<TextShaper> shaper;
    };
    Side make_side() {
        Side side{FontLibrary::create(fonts_), nullptr};
        side.shaper = TextShaper::create(*side.library, {}, nullptr);
        return side;
    }
    std::vector<GlyphFacts> glyphs(Side& side, const std::string& word) {
        std::vector<Piece> pieces;
        side.shaper->shape(word, side.shaper->font(style_), style_, 0, false, pieces);
        std::vector<GlyphFacts> facts;
        for (const Piece& piece : pieces) {
            if (piece.word == nullptr) continue;
            for (const Glyph& glyph : piece.word->glyphs)
                facts.emplace_back(piece.begin + glyph.cluster, glyph.id, glyph.advance, glyph.x_offset,
                                   glyph.y_offset);
        }
        return facts;
    }
    std::string random_word(const std::string& alphabet) {
        std::string word(1 + dice_() % 12, ' ');
        for (char& c : word) c = alphabet[dice_() % alphabet.size()];
        return word;
    }

    InstalledFonts fonts_;
    InheritedStyle style_;
    std::mt19937 dice_{7};  // NOLINT: the same words at each run
};

TEST_P(Shapes, WordsAsHarfBuzzDoes) {
    std::string all;
    for (char c = '!'; c <= '~'; ++c) all += c;
    const std::string alphabets[] = {"0123456789", "0123456789.,-/:%()", "AVTWLYPToyaven", "ffiflfjtty", all};
    Side many = make_side();
    for (int i = 0; i < kManyWords; ++i) glyphs(many, std::to_string(i * 7919));
    for (int round = 0; round < kRounds; ++round) {
        Side few = make_side();
        for (int i = 0; i < kFewWords; ++i) {
            const std::string word = random_word(alphabets[dice_() % std::size(alphabets)]);
            ASSERT_EQ(glyphs(many, word), glyphs(few, word)) << word;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Faces, Shapes,
                         ::testing::Values(Setting{"Liberation Sans", 400, ""}, Setting{"Liberation Sans", 700, "tnum"},
                                           Setting{"Liberation Serif", 400, ""},
                                           Setting{"Liberation Serif", 400, "dlig"},
                                           Setting{"Liberation Mono", 400, ""}, Setting{"DejaVu Sans", 400, ""},
                                           Setting{"DejaVu Sans", 400, "frac"}, Setting{"DejaVu Serif", 700, ""},
                                           Setting{"Noto Sans", 400, ""}, Setting{"Noto Sans", 400, "onum"},
                                           Setting{"Noto Serif", 400, "smcp"}, Setting{"Noto Sans CJK JP", 400, ""},
                                           Setting{"Noto Sans CJK JP", 400, "palt"},
                                           Setting{"Noto Naskh Arabic", 400, ""}));

// The fast way is taken where it should be: digits and capitals of a face that only kerns them.
TEST(PairShaping, TakesDigitsAndCapitals) {
    const InstalledFonts fonts;
    const std::unique_ptr<FontLibrary> library = FontLibrary::create(fonts);
    const std::unique_ptr<TextShaper> shaper = TextShaper::create(*library, {}, nullptr);
    InheritedStyle style;
    style.font_families = {"Liberation Sans"};
    PairShaping pairs(shaper->font(style).primary(), {}, hb_language_from_string("en", -1));
    std::vector<Glyph> glyphs;
    ASSERT_TRUE(pairs.shape("1,110.75", 3, glyphs));
    ASSERT_EQ(glyphs.size(), 8U);
    EXPECT_EQ(glyphs[0].cluster, 3U);
    ASSERT_TRUE(pairs.shape("A", 0, glyphs));
    const int alone = glyphs[0].advance;
    ASSERT_TRUE(pairs.shape("AV", 0, glyphs));
    EXPECT_LT(glyphs[0].advance, alone) << "kerned";
    EXPECT_FALSE(pairs.shape("x\xC3\xA9", 0, glyphs)) << "beyond ASCII";
    EXPECT_FALSE(pairs.shape("a b", 0, glyphs)) << "a space";
}

}  // namespace
}  // namespace galley::document
