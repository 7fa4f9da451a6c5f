#include "document/text/hyphenation.h"

#include <gtest/gtest.h>

#include "document/text/shaper.h"
#include "document/text/testing/installed_fonts.h"

namespace galley::document {
namespace {

std::string divided(const HyphenationDictionary& dictionary, std::string_view word, HyphenationLimits limits = {}) {
    const std::uint64_t mask = dictionary.breaks(word, limits);
    std::string out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if ((mask >> i & 1) != 0) out += '-';
        out += word[i];
    }
    return out;
}

class Hyphenation : public testing::Test {
 protected:
    const HyphenationDictionary& dictionary(std::string_view lang) {
        const HyphenationDictionary* found = library_.find(lang, source_);
        EXPECT_NE(found, nullptr) << lang;
        static const auto nothing = HyphenationDictionary::create("UTF-8\n.zzz1zzz\n");
        return found != nullptr ? *found : *nothing;
    }
    InstalledFonts source_;
    HyphenationLibrary library_;
};

TEST_F(Hyphenation, DividesWordsOfTheLanguage) {
    EXPECT_EQ(divided(dictionary("en"), "hyphenation"), "hy-phen-ation");
    EXPECT_EQ(divided(dictionary("en-US"), "Hyphenation,"), "Hy-phen-ation,");
    EXPECT_EQ(divided(dictionary("de"), "Silbentrennung"), "Sil-ben-tren-nung");
}

TEST_F(Hyphenation, LettersBeyondAsciiCountAsOneCharacter) {
    EXPECT_EQ(divided(dictionary("de"), "Überprüfung"), "Über-prü-fung");
}

TEST_F(Hyphenation, LimitsHold) {
    EXPECT_EQ(divided(dictionary("en"), "hyphenation", {12, 2, 2}), "hyphenation");
    EXPECT_EQ(divided(dictionary("en"), "hyphenation", {5, 3, 2}), "hyphen-ation");
    EXPECT_EQ(divided(dictionary("en"), "hyphenation", {5, 2, 6}), "hy-phenation");
}

TEST_F(Hyphenation, PartsBetweenOtherCharactersAreWords) {
    EXPECT_EQ(divided(dictionary("en"), "hyphenation/hyphenation"), "hy-phen-ation/hy-phen-ation");
}

TEST_F(Hyphenation, UnknownLanguagesHaveNoDictionary) {
    for (const char* lang : {"", "xx", "../en", "e", "qqqq-US"})
        EXPECT_EQ(library_.find(lang, source_), nullptr) << lang;
}

TEST_F(Hyphenation, ADictionaryIsReadOnce) {
    (void)library_.find("en-US", source_);
    const int reads = source_.reads();
    (void)library_.find("en-US", source_);
    (void)library_.find("xx", source_);
    const int misses = source_.reads();
    (void)library_.find("xx", source_);
    EXPECT_GT(misses, reads);
    EXPECT_EQ(source_.reads(), misses);
}

TEST(HyphenationFile, OnlyDictionariesOfTheFolderCount) {
    EXPECT_TRUE(is_hyphenation_file("/usr/share/hyphen/hyph_de_DE.dic"));
    for (const char* path : {"/usr/share/hyphen/../../etc/passwd.dic", "/usr/share/hyphen/x.dic", "/etc/passwd",
                             "/usr/share/hyphen/hyph_a/b.dic", "/usr/share/hyphen/hyph_de.txt", ""})
        EXPECT_FALSE(is_hyphenation_file(path)) << path;
}

TEST(TextShaper, HyphensAutoAddsOpportunitiesWithoutChangingWidths) {
    const InstalledFonts source;
    const auto library = FontLibrary::create(source);
    const auto shaper = TextShaper::create(*library, {}, nullptr);
    const auto shape = [&](Hyphens hyphens) {
        InheritedStyle style;
        style.font_families = {"Liberation Sans"};
        style.lang = "en";
        style.hyphens = hyphens;
        std::vector<Piece> pieces;
        shaper->shape("hyphenation", shaper->font(style), style, 0, false, pieces);
        return pieces;
    };
    const auto width = [](const std::vector<Piece>& pieces) {
        std::int64_t sum = 0;
        for (const Piece& piece : pieces) sum += piece.word != nullptr ? piece.word->advance : 0;
        return sum;
    };
    const std::vector<Piece> plain = shape(Hyphens::Manual), divided = shape(Hyphens::Auto);
    ASSERT_EQ(plain.size(), 1U);
    ASSERT_EQ(divided.size(), 5U);
    EXPECT_EQ(divided[1].kind, PieceKind::SoftHyphen);
    EXPECT_TRUE(divided[1].break_after);
    EXPECT_EQ(width(plain), width(divided));
    EXPECT_EQ(shape(Hyphens::Manual).size(), 1U);
}

TEST(TextShaper, LanguageWithoutDictionaryIsNamedOnce) {
    const InstalledFonts source;
    const auto library = FontLibrary::create(source);
    const auto shaper = TextShaper::create(*library, {}, nullptr);
    InheritedStyle style;
    style.hyphens = Hyphens::Auto;
    style.lang = "xx";
    (void)shaper->font(style);
    style.font_size_px = 20;
    (void)shaper->font(style);
    ASSERT_EQ(shaper->warnings().size(), 1U);
    EXPECT_NE(shaper->warnings()[0].find("\"xx\""), std::string::npos);
}

}  // namespace
}  // namespace galley::document
