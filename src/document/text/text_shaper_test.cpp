#include <gtest/gtest.h>
#include <hb.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "document/text/shaper.h"
#include "document/text/testing/installed_fonts.h"
#include "document/text/word_table.h"

namespace galley::document {
namespace {

InheritedStyle style_with(std::vector<std::string> families) {
    InheritedStyle style;
    style.font_families = std::move(families);
    style.lang = "en";
    return style;
}

struct Bench {
    InstalledFonts source;
    std::unique_ptr<FontLibrary> library = FontLibrary::create(source);
    std::unique_ptr<TextShaper> shaper = TextShaper::create(*library, {}, nullptr);
    InheritedStyle style = style_with({"Liberation Sans"});

    std::vector<Piece> shape(std::string_view text, char32_t previous = 0, bool preserve = false) {
        std::vector<Piece> pieces;
        shaper->shape(text, shaper->font(style), style, previous, preserve, pieces);
        return pieces;
    }
};

// "one_|two": pieces joined, spaces as _, a bar behind a piece after which the line may end.
std::string show(std::string_view text, const std::vector<Piece>& pieces) {
    std::string out;
    for (const Piece& piece : pieces) {
        switch (piece.kind) {
            case PieceKind::Word:
                out += text.substr(piece.begin, piece.end - piece.begin);
                break;
            case PieceKind::Space:
                out += std::string(piece.end - piece.begin, '_');
                break;
            case PieceKind::ForcedBreak:
                out += '!';
                break;
            case PieceKind::Tab:
                out += '>';
                break;
            case PieceKind::SoftHyphen:
                out += '~';
                break;
        }
        if (piece.break_after) out += '|';
    }
    return out;
}

std::int64_t width(const std::vector<Piece>& pieces) {
    std::int64_t sum = 0;
    for (const Piece& piece : pieces) sum += piece.word != nullptr ? piece.word->advance : 0;
    return sum;
}

// The slow, obvious way: HarfBuzz over the whole text.
std::int64_t whole_width(const Face& face, std::string_view text) {
    hb_buffer_t* const buffer = hb_buffer_create();
    hb_buffer_add_utf8(buffer, text.data(), static_cast<int>(text.size()), 0, -1);
    hb_buffer_set_direction(buffer, HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, HB_SCRIPT_LATIN);
    hb_buffer_set_language(buffer, hb_language_from_string("en", -1));
    hb_shape(face.hb_font(), buffer, nullptr, 0);
    unsigned count = 0;
    const hb_glyph_position_t* const positions = hb_buffer_get_glyph_positions(buffer, &count);
    std::int64_t sum = 0;
    for (unsigned i = 0; i < count; ++i) sum += positions[i].x_advance;
    hb_buffer_destroy(buffer);
    return sum;
}

TEST(TextShaper, CutsTextIntoWordsSpacesAndBreaks) {
    Bench bench;
    EXPECT_EQ(show("one two-three", bench.shape("one two-three")), "one_|two-|three");
    EXPECT_EQ(show("a \n\tb", bench.shape("a \n\tb")), "a___|b");
    EXPECT_EQ(show("a\nb\tc", bench.shape("a\nb\tc", 0, true)), "a!|b>|c");
    EXPECT_EQ(show("co\u00adop", bench.shape("co\u00adop")), "co~|op");
    EXPECT_EQ(show("1,234.56 EUR", bench.shape("1,234.56 EUR")), "1,234.56_|EUR");
}

TEST(TextShaper, ReturnsWhetherALineMayEndBeforeTheText) {
    Bench bench;
    std::vector<Piece> pieces;
    const FontInstance& font = bench.shaper->font(bench.style);
    EXPECT_TRUE(bench.shaper->shape("b", font, bench.style, ' ', false, pieces));
    EXPECT_FALSE(bench.shaper->shape("b", font, bench.style, 'a', false, pieces));
    EXPECT_FALSE(bench.shaper->shape("b", font, bench.style, 0, false, pieces));
}

TEST(TextShaper, KerningSumsEqualHarfBuzzOverTheWholeText) {
    Bench bench;
    std::mt19937 random(7);
    for (const char* family : {"Liberation Sans", "Liberation Serif", "DejaVu Sans", "DejaVu Serif"}) {
        bench.style.font_families = {family};
        const Face& face = bench.shaper->font(bench.style).primary();
        for (int i = 0; i < 400; ++i) {
            std::string text;
            for (std::size_t j = 1 + random() % 30; j > 0; --j)
                text += random() % 5 == 0 ? ' ' : static_cast<char>('!' + random() % 94);
            EXPECT_EQ(width(bench.shape(text)), whole_width(face, text)) << family << ": " << text;
        }
    }
}

TEST(TextShaper, LigatureIsOneClusterUnlessLettersAreSpaced) {
    Bench bench;
    bench.style.font_families = {"DejaVu Sans"};
    EXPECT_EQ(bench.shape("fi")[0].word->glyphs.size(), 1U);
    bench.style.letter_spacing_px = 1;
    EXPECT_EQ(bench.shape("fi")[0].word->glyphs.size(), 2U);
}

TEST(TextShaper, EqualWordsAreSharedBetweenRenders) {
    Bench bench;
    const std::vector<Piece> first = bench.shape("shared");
    const auto second_render = TextShaper::create(*bench.library, {}, nullptr);
    std::vector<Piece> second;
    InheritedStyle larger = bench.style;
    larger.font_size_px = 40;
    second_render->shape("shared", second_render->font(larger), larger, 0, false, second);
    EXPECT_EQ(first[0].word, second[0].word);
}

TEST(TextShaper, CutDependsOnWhatStoodBefore) {
    Bench bench;
    EXPECT_EQ(show("-x", bench.shape("-x")), "-x");
    EXPECT_EQ(show("-x", bench.shape("-x", 'a')), "-|x");
    EXPECT_EQ(show("-x", bench.shape("-x")), "-x");
}

TEST(TextShaper, LongWordsKeepEveryCharacterAndClusterStartsAtZero) {
    Bench bench;
    std::string text;
    for (int i = 0; i < 3000; ++i) text += "\u00e9x";
    const std::vector<Piece> pieces = bench.shape(text);
    std::string joined;
    for (const Piece& piece : pieces) {
        joined += piece.word->text;
        EXPECT_EQ(piece.word->glyphs.front().cluster, 0U);
    }
    EXPECT_EQ(joined, text);
}

TEST(TextShaper, FallbackFaceServesWhatTheFamilyLacks) {
    Bench bench;
    const std::vector<Piece> pieces = bench.shape("a\u0628");  // no Arabic in Liberation Sans
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_NE(pieces[0].word->face, pieces[1].word->face);
    EXPECT_NE(pieces[1].word->glyphs[0].id, 0U);
    EXPECT_TRUE(bench.shaper->warnings().empty());
}

TEST(TextShaper, CharacterThatNoFontHasIsReportedInEveryRender) {
    Bench bench;
    for (int render = 0; render < 2; ++render) {
        const auto shaper = TextShaper::create(*bench.library, {}, nullptr);
        std::vector<Piece> pieces;
        shaper->shape("x\U00012345y", shaper->font(bench.style), bench.style, 0, false, pieces);
        ASSERT_EQ(shaper->warnings().size(), 1U) << render;
        EXPECT_NE(shaper->warnings()[0].find("U+012345"), std::string::npos) << shaper->warnings()[0];
    }
}

TEST(TextShaper, RightToLeftWordsComeWithOddLevelsAndVisualGlyphs) {
    Bench bench;
    const std::string text = "ab \u05d0\u05d1\u05d2 cd";
    const std::vector<Piece> pieces = bench.shape(text);
    ASSERT_EQ(pieces.size(), 5U);
    EXPECT_EQ(pieces[0].bidi_level, 0);
    EXPECT_EQ(pieces[2].bidi_level, 1);
    const auto glyphs = pieces[2].word->glyphs;
    EXPECT_GT(glyphs.front().cluster, glyphs.back().cluster);
}

TEST(TextShaper, MetricAliasIsAFamilyAndAStrangerIsNot) {
    Bench bench;
    bench.style.font_families = {"No Such Family", "Arial", "DejaVu Serif"};
    EXPECT_EQ(bench.shaper->font(bench.style).primary().postscript_name(), "LiberationSans");
    bench.style.font_families = {"No Such Family", "monospace"};
    EXPECT_EQ(bench.shaper->font(bench.style).primary().postscript_name(), "DejaVuSansMono");
    bench.style.font_families = {"No Such Family"};
    EXPECT_EQ(bench.shaper->font(bench.style).primary().postscript_name(), "DejaVuSans");
}

TEST(TextShaper, BoldAndItalicComeFromTheFamilyOrAreSynthetic) {
    Bench bench;
    bench.style.font_weight = 700;
    EXPECT_EQ(bench.shaper->font(bench.style).primary().postscript_name(), "LiberationSans-Bold");
    EXPECT_FALSE(bench.shaper->font(bench.style).primary().synthetic_bold());
    bench.style.font_families = {"DejaVu Math TeX Gyre"};
    bench.style.font_style = FontStyle::Italic;
    EXPECT_TRUE(bench.shaper->font(bench.style).primary().synthetic_bold());
    EXPECT_TRUE(bench.shaper->font(bench.style).primary().synthetic_oblique());
}

TEST(TextShaper, MetricsAreThoseOfTheFont) {
    Bench bench;
    const FaceMetrics& metrics = bench.shaper->font(bench.style).primary().metrics();
    EXPECT_EQ(metrics.units_per_em, 2048);
    EXPECT_EQ(metrics.ascent, 1854);
    EXPECT_EQ(metrics.descent, 434);
    EXPECT_EQ(metrics.line_gap, 67);
}

TEST(TextShaper, NothingIsReadBeforeTheFirstUse) {
    InstalledFonts source;
    const auto library = FontLibrary::create(source);
    const auto shaper = TextShaper::create(*library, {}, nullptr);
    EXPECT_EQ(source.reads(), 0);
}

class OneFile final : public ResourceLoader {
 public:
    explicit OneFile(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<SharedBytes> load(std::string_view /*url*/) const override { return bytes_; }

 private:
    SharedBytes bytes_;
};

TEST(TextShaper, FontFaceRuleNamesAFamilyOfTheDocument) {
    Bench bench;
    bench.style.font_families = {"DejaVu Serif"};
    const OneFile loader(std::string(bench.shaper->font(bench.style).primary().file_bytes()));
    FontFaceRule rule;
    rule.family = "Corporate";
    rule.urls = {"corporate.ttf"};
    const auto shaper = TextShaper::create(*bench.library, {rule}, &loader);
    const Face& face = shaper->font(style_with({"corporate"})).primary();
    EXPECT_EQ(face.postscript_name(), "DejaVuSerif");
    EXPECT_TRUE(shaper->warnings().empty());
}

TEST(TextShaper, UnusableFontFaceIsAWarningAndTheNextFamilyServes) {
    Bench bench;
    for (const char* file : {"", "wOF2....", "\0\1\0\0broken"}) {
        const OneFile loader{file};
        FontFaceRule rule;
        rule.family = "Corporate";
        rule.urls = {"corporate.ttf"};
        const auto shaper = TextShaper::create(*bench.library, {rule}, &loader);
        EXPECT_EQ(shaper->font(style_with({"Corporate", "Liberation Sans"})).primary().postscript_name(),
                  "LiberationSans");
        EXPECT_EQ(shaper->warnings().size(), 1U);
    }
}

TEST(TextShaper, ThreadsShareOneLibrary) {
    InstalledFonts source;
    const auto library = FontLibrary::create(source);
    std::vector<std::thread> threads;
    std::vector<std::int64_t> widths(4);
    for (std::size_t t = 0; t < widths.size(); ++t)
        threads.emplace_back([&, t] {
            const auto shaper = TextShaper::create(*library, {}, nullptr);
            const InheritedStyle style = style_with({"Liberation Sans", "serif"});
            for (int i = 0; i < 500; ++i) {
                std::vector<Piece> pieces;
                shaper->shape("word" + std::to_string(i) + " \u0416 and more", shaper->font(style), style, 0, false,
                              pieces);
                widths[t] += width(pieces);
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(std::ranges::count(widths, widths[0]), 4);
}

TEST(TextShaper, WordsStayValidWhenTheTableIsReplaced) {
    Bench bench;
    const std::vector<Piece> first = bench.shape("first");
    for (std::size_t i = 0; i < kShapedWordsMax + 10; ++i) bench.shape("w" + std::to_string(i));
    EXPECT_EQ(first[0].word->text, "first");
    EXPECT_EQ(width(bench.shape("first")), width(first));
}

}  // namespace
}  // namespace galley::document
