// Rules of text: direction, division, spreading. Positions in px on a page of 400 × 200.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "document_testing.h"

namespace galley::document::testing {

namespace {

std::string document(const std::string& css, const std::string& body) {
    return "<meta charset=utf-8><style>@page{size:400px 200px;margin:0}html{font:10px/20px 'DejaVu Sans'}"
           "body,p,ul,table,td{margin:0;padding:0}" +
           css + "</style>" + body;
}

struct Placed {
    double x = -1, y = -1;
};

Placed place_of(const DisplayPage& page, const std::string& text) {
    const DrawText* found = find_text(page, text);
    return found == nullptr ? Placed{} : Placed{found->origin.x.px(), found->origin.y.px()};
}

DisplayPage page_of(const std::string& css, const std::string& body) {
    const auto pages = pages_of(document(css, body));
    return pages.empty() ? DisplayPage{} : pages.front();
}

double right_of(const DrawText& text) {
    double x = text.origin.x.px();
    for (const TextPart& part : text.parts) x += part.width.px();
    return x;
}

// The texts of a page from left to right, of one line.
std::string from_left(const DisplayPage& page) {
    std::vector<std::pair<double, std::string>> found;
    for (const DisplayItem& item : page.items)
        if (const auto* text = std::get_if<DrawText>(&item); text != nullptr && characters_of(*text) != " ")
            found.emplace_back(text->origin.x.px(), characters_of(*text));
    std::ranges::sort(found);
    std::string out;
    for (const auto& [x, text] : found) out += (out.empty() ? "" : "|") + text;
    return out;
}

TEST(Families, ListWithoutAGenericOneTakesWhatFontconfigPutsInItsPlace) {
    const auto face_of = [](const std::string& family) {
        const DisplayPage page = page_of("p{font-family:" + family + "}", "<p>text</p>");
        const DrawText* text = find_text(page, "text");
        return text != nullptr ? text->face : nullptr;
    };
    ASSERT_NE(face_of("Arial"), nullptr);
    EXPECT_EQ(face_of("Helvetica"), face_of("Arial"));
    EXPECT_EQ(face_of("Nonesuch,Helvetica"), face_of("Arial"));
    EXPECT_EQ(face_of("Helvetica,sans-serif"), face_of("sans-serif"));
    EXPECT_EQ(face_of("Georgia"), face_of("serif"));
    EXPECT_EQ(face_of("Nonesuch"), face_of("sans-serif"));
}

TEST(Bidi, WordsOfARightToLeftParagraphRunOverInlineBoxes) {
    EXPECT_EQ(from_left(page_of("", "<p dir=rtl>\u05d0\u05d1 <b>\u05d2\u05d3</b> \u05d4\u05d5")),
              "\u05d4\u05d5|\u05d2\u05d3|\u05d0\u05d1");
}

TEST(Bidi, LeftToRightParagraphReordersAcrossBoxes) {
    EXPECT_EQ(from_left(page_of("", "<p>a \u05d0\u05d1 <i>\u05d2\u05d3</i> b")), "a |\u05d2\u05d3|\u05d0\u05d1| b");
}

TEST(Bidi, NumbersKeepTheirOrderWithinRightToLeftText) {
    EXPECT_EQ(from_left(page_of("", "<p dir=rtl>\u05d0\u05d1 123 \u05d2\u05d3")), "\u05d2\u05d3|123|\u05d0\u05d1");
}

TEST(Bidi, ObjectsStandAsNeutralCharacters) {
    const DisplayPage page = page_of("b{display:inline-block;width:10px;height:5px;background:#f00}",
                                     "<p dir=rtl>\u05d0\u05d1<b></b>\u05d2\u05d3");
    const std::vector<Rect> boxes = rects_of(page, {255, 0, 0, 255});
    ASSERT_EQ(boxes.size(), 1U);
    EXPECT_GT(place_of(page, "\u05d0\u05d1").x, boxes[0].x.px());
    EXPECT_LT(place_of(page, "\u05d2\u05d3").x, boxes[0].x.px());
}

TEST(Bidi, OverrideTurnsLatinLettersRound) {
    const DisplayPage page = page_of("", "<p><bdo dir=rtl>abc</bdo>");
    const DrawText* text = find_text(page, "abc");
    ASSERT_NE(text, nullptr);
    EXPECT_TRUE(text->right_to_left);
    ASSERT_EQ(text->parts.size(), 1U);
    ASSERT_EQ(text->parts[0].word->glyphs.size(), 3U);
    EXPECT_EQ(text->parts[0].word->glyphs.front().cluster, 2U);
}

TEST(Bidi, IsolationKeepsWhatFollowsInPlace) {
    EXPECT_EQ(from_left(page_of("", "<p>\u05d0\u05d1: 3 x")), "3|\u05d0\u05d1:| x");
    EXPECT_EQ(from_left(page_of("", "<p><bdi>\u05d0\u05d1</bdi>: 3 x")), "\u05d0\u05d1|: 3 x");
}

TEST(Bidi, AutomaticDirectionIsThatOfTheFirstStrongCharacter) {
    const DisplayPage page = page_of("", "<p dir=auto>1 \u05d0\u05d1<p dir=auto>1 ab");
    const DrawText* hebrew = find_text(page, "\u05d0\u05d1");
    ASSERT_NE(hebrew, nullptr);
    EXPECT_GT(hebrew->origin.x.px(), 300);
    EXPECT_EQ(place_of(page, "ab").x, 0);
}

TEST(Bidi, PlaintextParagraphsFollowTheirOwnDirection) {
    const DisplayPage page =
        page_of("pre{margin:0;font-family:inherit;unicode-bidi:plaintext}", "<pre>ab\n\u05d0\u05d1\ncd</pre>");
    EXPECT_EQ(place_of(page, "ab").x, 0);
    EXPECT_GT(place_of(page, "\u05d0\u05d1").x, 300);
    EXPECT_EQ(place_of(page, "cd").x, 0);
}

TEST(Bidi, EmbeddingsGoOnBehindALineBreak) {
    const DisplayPage page = page_of("span{direction:rtl;unicode-bidi:bidi-override}", "<p><span>ab<br>cd</span>");
    const DrawText* second = find_text(page, "cd");
    ASSERT_NE(second, nullptr);
    EXPECT_TRUE(second->right_to_left);
}

TEST(Bidi, StartAndEndFollowTheDirection) {
    const DisplayPage page = page_of("", "<div dir=rtl><p>\u05d0\u05d1<p style='text-align:end'>\u05d2\u05d3</div>");
    EXPECT_NEAR(right_of(*find_text(page, "\u05d0\u05d1")), 400, 0.1);
    EXPECT_EQ(place_of(page, "\u05d2\u05d3").x, 0);
}

TEST(Bidi, JustifiedLinesFillBothEdges) {
    const DisplayPage page =
        page_of("p{width:60px;text-align:justify}",
                "<p dir=rtl>\u05d0\u05d1\u05d2 \u05d3\u05d4\u05d5 \u05d6\u05d7\u05d8\u05d9\u05db\u05dc\u05de\u05e0");
    EXPECT_NEAR(right_of(*find_text(page, "\u05d0\u05d1\u05d2")), 60, 0.1);
    EXPECT_NEAR(place_of(page, "\u05d3\u05d4\u05d5").x, 0, 0.1);
}

TEST(Bidi, ABoxTornApartHasEachEdgeOnce) {
    // The span's Hebrew part stands right of the plain Hebrew that follows it; its Latin part left of both.
    const DisplayPage page =
        page_of("span{border:solid #f00;border-width:0 2px}", "<p>x <span>ab \u05d0\u05d1</span> \u05d2\u05d3 y");
    EXPECT_EQ(from_left(page), "x |ab |\u05d2\u05d3|\u05d0\u05d1| y");
    const std::vector<Rect> edges = rects_of(page, {255, 0, 0, 255});
    ASSERT_EQ(edges.size(), 2U);
    EXPECT_LT(edges[0].x.px(), place_of(page, "ab ").x);
    EXPECT_GT(edges[1].x.px(), place_of(page, "\u05d0\u05d1").x);
}

TEST(Bidi, FirstColumnOfARightToLeftTableIsOnTheRight) {
    const DisplayPage page = page_of("table{width:400px;border-spacing:0}td{width:50%}",
                                     "<table dir=rtl><tr><td>\u05d0<td>\u05d1<tr><td colspan=2>\u05d2</table>");
    EXPECT_GT(place_of(page, "\u05d0").x, 200);
    EXPECT_LT(place_of(page, "\u05d1").x, 200);
    EXPECT_GT(place_of(page, "\u05d2").x, 200);
}

TEST(Bidi, MarkerStandsRightOfARightToLeftItem) {
    const DisplayPage page = page_of("ol{margin:0;padding:0 40px}", "<ol dir=rtl><li>\u05d0\u05d1</ol>");
    EXPECT_NEAR(right_of(*find_text(page, "\u05d0\u05d1")), 360, 0.1);
    EXPECT_GT(place_of(page, "1").x, 360);
}

TEST(Bidi, LongWordsAreSplitFromTheirBeginning) {
    const DisplayPage page = page_of("p{width:40px;overflow-wrap:anywhere}",
                                     "<p dir=rtl>\u05d0\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8\u05d9");
    const std::vector<std::string> texts = texts_of(page);
    ASSERT_GE(texts.size(), 2U);
    EXPECT_TRUE(texts.front().starts_with("\u05d0"));
    EXPECT_TRUE(texts.back().ends_with("\u05d9"));
}

TEST(Hyphens, AutoDividesByTheLanguageAndShowsAHyphen) {
    const std::string text = ">hyphenation hyphenation";
    const DisplayPage divided = page_of("p{width:50px;hyphens:auto}", "<p lang=en" + text);
    EXPECT_NE(find_text(divided, "hyphen\u00ad"), nullptr);
    EXPECT_EQ(find_text(page_of("p{width:50px;hyphens:auto}", "<p" + text), "\u00ad"), nullptr);
    EXPECT_EQ(find_text(page_of("p{width:50px;hyphens:manual}", "<p lang=en" + text), "\u00ad"), nullptr);
}

TEST(Hyphens, NoneIgnoresSoftHyphensToo) {
    const std::string body = "<p>hyphen\u00adation";
    EXPECT_NE(find_text(page_of("p{width:50px}", body), "\u00ad"), nullptr);
    EXPECT_EQ(find_text(page_of("p{width:50px;hyphens:none}", body), "\u00ad"), nullptr);
}

TEST(Hyphens, TheCharacterCanBeChosen) {
    const DisplayPage page = page_of("p{width:50px;hyphenate-character:'='}", "<p>hyphen\u00adation");
    const DrawText* found = find_text(page, "\u00ad");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->parts.back().word->text, "=");
}

TEST(Overflow, EllipsisStandsWhereTextIsCut) {
    const std::string css = "p{width:60px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis}";
    const DisplayPage page = page_of(css, "<p>much too long a text");
    const DrawText* cut = find_text(page, "\u2026");
    ASSERT_NE(cut, nullptr);
    EXPECT_LE(right_of(*cut), 60);
    EXPECT_EQ(find_text(page, "text"), nullptr);
    EXPECT_EQ(find_text(page_of(css, "<p>short"), "\u2026"), nullptr);
}

TEST(WhiteSpace, BreakSpacesWrapLikeLetters) {
    const DisplayPage page = page_of("p{width:40px;white-space:break-spaces}", "<p>ab                    cd");
    EXPECT_GT(place_of(page, "cd").y, place_of(page, "ab").y + 30);
    const DisplayPage hanging = page_of("p{width:40px;white-space:pre-wrap}", "<p>ab                    cd");
    EXPECT_EQ(place_of(hanging, "cd").y, place_of(hanging, "ab").y + 20);
}

TEST(WhiteSpace, TabStopsMayBeLengths) {
    const DisplayPage page = page_of("pre{margin:0;font-family:inherit;tab-size:50px}", "<pre>a\tb\tc</pre>");
    EXPECT_NEAR(place_of(page, "b").x, 50, 0.1);
    EXPECT_NEAR(place_of(page, "c").x, 100, 0.1);
}

TEST(Justify, IdeographsAreSpread) {
    const std::string body = "<p lang=zh>\u6c49\u5b57\u6392\u7248\u9700\u8981\u4e24\u7aef\u5bf9\u9f50";
    const DisplayPage page = page_of("p{width:57px;text-align:justify}", body);
    const DrawText* first = find_text(page, "\u6c49");
    ASSERT_NE(first, nullptr);
    EXPECT_NEAR(right_of(*first), 57, 0.2);
    const DisplayPage unspread = page_of("p{width:57px;text-align:justify;text-justify:none}", body);
    const DrawText* apart = find_text(unspread, "\u6c49");
    ASSERT_NE(apart, nullptr);
    EXPECT_LT(right_of(*apart), 55);
}

TEST(LetterSpacing, IsNotRoundedLetterByLetter) {
    const auto width = [](const std::string& spacing) {
        return rects_of(pages_of(document("i{display:inline-block;background:#f00;letter-spacing:" + spacing + "}",
                                          "<i>" + std::string(40, 'x') + "</i>"))
                            .at(0),
                        Color{255, 0, 0, 255})
            .at(0)
            .width.px();
    };
    EXPECT_NEAR(width("0.133px") - width("0"), 39 * 0.133, 0.2);
    EXPECT_NEAR(width("0.133px"), width("0.1333px"), 0.1);
}

TEST(Justify, InterCharacterSpreadsLetters) {
    const DisplayPage page =
        page_of("p{width:100px;text-align:justify;text-justify:inter-character}", "<p>spread out here indeed");
    const DrawText* line = find_text(page, "spread");
    ASSERT_NE(line, nullptr);
    EXPECT_GT(line->letter_spacing_px, 0);
}

TEST(LineBreaking, StrictnessKeepsSmallKanaFromTheLinesBeginning) {
    // Two characters fit; the third, a small kana, may begin a line only where breaking is loose or normal.
    const std::string body = "<p lang=ja>\u3042\u3044\u3041\u3046";
    const auto second_line = [&](const std::string& rule) {
        const DisplayPage page = page_of("p{width:25px;line-break:" + rule + "}", body);
        const std::vector<std::string> texts = texts_of(page);
        return texts.size() > 1 ? texts[1] : "";
    };
    EXPECT_TRUE(second_line("normal").starts_with("\u3041"));
    EXPECT_TRUE(second_line("strict").starts_with("\u3044"));
}

TEST(LineBreaking, KeepAllHoldsIdeographsTogether) {
    const std::string body = "<p lang=ko>\u6c49\u5b57 \u6392\u7248";
    const std::string font = "p{font-family:'Droid Sans Fallback'}";
    EXPECT_EQ(place_of(page_of(font + "p{width:15px}", body), "\u5b57").y,
              20 + place_of(page_of(font, body), "\u6c49").y);
    const DisplayPage kept = page_of(font + "p{width:15px;word-break:keep-all}", body);
    EXPECT_NE(find_text(kept, "\u6c49\u5b57"), nullptr);
}

// The strut is Liberation Sans' (0.905 and 0.212 em), the letters are Droid Sans Fallback's (1.043 and 0.267 em).
TEST(Faces, ALineOfAnotherFaceReachesOverBothItsOwnAndTheStrut) {
    const auto second_line = [](const std::string& css) {
        const std::string body = "<p>\u6c49<br>\u5b57</p>";
        const DisplayPage page = page_of(css, body);
        return place_of(page, "\u5b57").y - place_of(page, "\u6c49").y;
    };
    EXPECT_EQ(second_line("p{font-family:'Droid Sans Fallback'}"), 20);
    const double grown = second_line("p{font-family:'Liberation Sans'}");
    EXPECT_GT(grown, 20.2);
    EXPECT_LT(grown, 20.6);
}

TEST(Faces, SpacesAreDrawnByTheFaceBeforeThem) {
    const DisplayPage page = page_of("p{font-family:'Liberation Sans'}", "<p>a \u6c49 b");
    EXPECT_NE(find_text(page, "a "), nullptr);
    EXPECT_NE(find_text(page, "\u6c49 "), nullptr);
}

TEST(Faces, AGenericFamilyIsThatOfTheLanguage) {
    const DisplayPage page = page_of("p{font:10px/normal sans-serif}", "<p lang=ja>\u6c49<br>\u5b57</p>");
    EXPECT_NEAR(place_of(page, "\u5b57").y - place_of(page, "\u6c49").y, 13.1, 0.2);
}

TEST(LineBreaking, ThaiBreaksByDictionary) {
    const DisplayPage page =
        page_of("p{width:40px}", "<p lang=th>\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a");
    EXPECT_NE(find_text(page, "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35"), nullptr);
    EXPECT_NE(place_of(page, "\u0e04\u0e23\u0e31\u0e1a").y, place_of(page, "\u0e2a").y);
}

TEST(Decoration, OffsetAndWave) {
    const DisplayPage plain = page_of("u{text-decoration-color:#f00}", "<p><u>ab</u>");
    const DisplayPage lower = page_of("u{text-decoration-color:#f00;text-underline-offset:5px}", "<p><u>ab</u>");
    ASSERT_EQ(rects_of(plain, {255, 0, 0, 255}).size(), 1U);
    ASSERT_EQ(rects_of(lower, {255, 0, 0, 255}).size(), 1U);
    EXPECT_GT(rects_of(lower, {255, 0, 0, 255})[0].y, rects_of(plain, {255, 0, 0, 255})[0].y);
    const DisplayPage wavy = page_of("u{text-decoration:underline wavy #f00}", "<p><u>ab</u>");
    EXPECT_TRUE(std::ranges::any_of(wavy.items, [](const DisplayItem& item) {
        const auto* polygon = std::get_if<FillPolygon>(&item);
        return polygon != nullptr && polygon->color == Color{255, 0, 0, 255} && polygon->points.size() > 8;
    }));
}

TEST(Shadow, IsDrawnBelowAndNotReadTwice) {
    const DisplayPage page = page_of("p{text-shadow:2px 3px #f00}", "<p>ab");
    std::vector<const DrawText*> texts;
    for (const DisplayItem& item : page.items)
        if (const auto* text = std::get_if<DrawText>(&item)) texts.push_back(text);
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_TRUE(texts[0]->shadow);
    EXPECT_EQ(texts[0]->origin.x.px(), 2);
    EXPECT_EQ((texts[0]->origin.y - texts[1]->origin.y).px(), 3);
}

// What pdftotext reads of the document.
std::string read_text(const std::string& css, const std::string& body) {
    const Result<Rendered> rendered = render(document(css, body));
    if (!rendered) return "";
    const std::string path = ::testing::TempDir() + "galley_text_rules.pdf";
    write_file(path, rendered->pdf);
    const std::string command = "pdftotext -enc UTF-8 '" + path + "' - 2>&1";
    std::FILE* const pipe = popen(command.c_str(), "r");
    std::string out;
    for (int c = 0; pipe != nullptr && (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
    if (pipe != nullptr) (void)pclose(pipe);
    (void)std::remove(path.c_str());
    return out;
}

struct ReadCase {
    const char* name;
    const char* body;
    const char* want;
};
class Extraction : public ::testing::TestWithParam<ReadCase> {};
TEST_P(Extraction, CopiedTextHas) {
    EXPECT_THAT(read_text("p{width:300px}", GetParam().body), ::testing::HasSubstr(GetParam().want));
}
INSTANTIATE_TEST_SUITE_P(
    Scripts, Extraction,
    ::testing::Values(ReadCase{"Ligatures", "<p>office affluent", "office affluent"},
                      ReadCase{"Greek", "<p>\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac",
                               "\u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac"},
                      ReadCase{"Cyrillic", "<p>\u0420\u0443\u0441\u0441\u043a\u0438\u0439",
                               "\u0420\u0443\u0441\u0441\u043a\u0438\u0439"},
                      ReadCase{"Hebrew", "<p dir=rtl>\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"},
                      ReadCase{"HebrewWithLatinAndNumbers", "<p dir=rtl>\u05e9\u05dc\u05d5\u05dd PDF 123", "PDF"},
                      ReadCase{"Arabic", "<p dir=rtl>\u0645\u0631\u062d\u0628\u0627", "\u0645\u0631\u062d\u0628\u0627"},
                      ReadCase{"Devanagari", "<p lang=hi>\u0928\u092e\u0938\u094d\u0924\u0947",
                               "\u0928\u092e\u0938\u094d\u0924\u0947"},
                      ReadCase{"Thai", "<p lang=th>\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
                               "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35"},
                      ReadCase{"Ideographs", "<p lang=zh>\u6c49\u5b57", "\u6c49\u5b57"},
                      ReadCase{"Emoji", "<p>x \U0001F600 y", "\U0001F600"},
                      ReadCase{"EmojiWithSkinTone", "<p>x \U0001F44D\U0001F3FD y", "\U0001F44D\U0001F3FD"},
                      ReadCase{"SoftHyphen", "<p style=width:40px>hyphen\u00adation", "hyphen\u2010\nation"},
                      ReadCase{"ShadowOnce", "<p style='text-shadow:1px 1px 3px #aaa'>once</p>", "once\n"}),
    [](const auto& info) { return info.param.name; });

}  // namespace

}  // namespace galley::document::testing
