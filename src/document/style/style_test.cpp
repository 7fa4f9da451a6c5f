#include <gtest/gtest.h>

#include <map>
#include <string>

#include "document/html/parser.h"
#include "document/style/dump.h"
#include "document/style/style_engine.h"

namespace galley::document {
namespace {

class MapLoader final : public ResourceLoader {
 public:
    std::map<std::string, std::string, std::less<>> files;
    Result<SharedBytes> load(std::string_view url) const override {
        const auto at = files.find(url);
        if (at == files.end()) return fail(ErrorCode::NotFound, "no such file");
        return SharedBytes(at->second);
    }
};

// A document and its styles, with look-ups by id.
struct Styled {
    std::unique_ptr<Dom> dom;
    std::unique_ptr<StyledDocument> styled;

    const Node& node(std::string_view id) const {
        for (std::uint32_t i = 0; i < dom->node_count(); ++i)
            if (dom->node(i).id() == id) return dom->node(i);
        ADD_FAILURE() << "no element #" << id;
        return dom->root();
    }
    const ComputedStyle& style(std::string_view id = "t") const { return *styled->style(node(id)); }
    // Without what the user agent's sheet and the id give.
    std::string dump_of(std::string_view id = "t") const {
        ComputedStyle copy = style(id);
        copy.anchor.clear();
        return dump(copy);
    }
    const ComputedStyle* pseudo(PseudoElement which, std::string_view id = "t") const {
        return styled->pseudo_style(node(id), which);
    }
};

Styled make(std::string_view body, std::string_view css, const ResourceLoader* loader = nullptr,
            std::vector<GivenSheet> given = {}, std::string media_type = "print") {
    Styled out;
    std::string html = "<!DOCTYPE html><style>";
    html.append(css).append("</style>").append(body);
    out.dom = std::move(*parse_html(html));
    StyleOptions options;
    options.base_url = "file:///doc/index.html";
    options.name = "page.html";
    options.loader = loader;
    options.given_sheets = std::move(given);
    options.media_type = std::move(media_type);
    out.styled = std::move(*style_document(*out.dom, options));
    return out;
}

// <i id=t> inside a plain span: nothing of it but the declarations.
std::string declared(std::string_view declarations) {
    std::string css = "#t{font-style:normal;";
    css.append(declarations).append("}");
    return make("<body><span><i id=t>x</i></span>", css).dump_of();
}

struct DeclarationCase {
    const char* css;
    const char* want;
};
void PrintTo(const DeclarationCase& test, std::ostream* out) {
    *out << test.css;
}
class StyleDeclaration : public testing::TestWithParam<DeclarationCase> {};
TEST_P(StyleDeclaration, Computes) {
    EXPECT_EQ(declared(GetParam().css), GetParam().want) << GetParam().css;
}

INSTANTIATE_TEST_SUITE_P(
    Box, StyleDeclaration,
    testing::Values(
        DeclarationCase{"margin:1px", "margin-top: 1px; margin-right: 1px; margin-bottom: 1px; margin-left: 1px"},
        DeclarationCase{"margin:1px auto",
                        "margin-top: 1px; margin-right: auto; margin-bottom: 1px; margin-left: auto"},
        DeclarationCase{"margin:1px 2% -3px 4em",
                        "margin-top: 1px; margin-right: 2%; margin-bottom: -3px; margin-left: 64px"},
        DeclarationCase{"margin:1px 2", ""}, DeclarationCase{"padding:-1px", ""},
        DeclarationCase{"padding:0 1px 2px", "padding-right: 1px; padding-bottom: 2px; padding-left: 1px"},
        DeclarationCase{"inset:0 1px", "top: 0px; right: 1px; bottom: 0px; left: 1px"},
        DeclarationCase{"width:calc(50% - 1em)", "width: calc(-16px + 50%)"}, DeclarationCase{"width:-1px", ""},
        DeclarationCase{"max-width:none;min-height:2px", "min-height: 2px"},
        DeclarationCase{"width:max-content", "width: max-content"}, DeclarationCase{"display:flex", "display: flex"},
        DeclarationCase{"display:inline flex", "display: inline-flex"},
        DeclarationCase{"display:inline flow-root", "display: inline-block"},
        DeclarationCase{"display:block;display:nonsense", "display: block"},
        DeclarationCase{"display:none", "display: none"}, DeclarationCase{"float:left", "display: block; float: left"},
        DeclarationCase{"position:absolute;float:left;display:table-cell", "display: block; position: absolute"},
        DeclarationCase{"position:fixed;display:inline-table", "display: table; position: fixed"},
        DeclarationCase{"position:running(head)", "position: running; running: \"head\""},
        DeclarationCase{"overflow:hidden;box-sizing:border-box", "box-sizing: border-box; overflow: hidden"}));

INSTANTIATE_TEST_SUITE_P(
    Borders, StyleDeclaration,
    testing::Values(
        DeclarationCase{"border:1px solid red",
                        "border-top: 1px solid #ff0000; border-right: 1px solid #ff0000; border-bottom: 1px solid "
                        "#ff0000; border-left: 1px solid #ff0000"},
        DeclarationCase{"border-top:dashed", "border-top: 3px dashed #000000"},
        DeclarationCase{"border-left:solid thin;color:#010203", "color: #010203; border-left: 1px solid #010203"},
        DeclarationCase{"border:5px red", ""},
        DeclarationCase{"border-bottom:.75pt solid #cbd5df", "border-bottom: 1px solid #cbd5df"},
        DeclarationCase{"border-style:solid none;border-width:1px 2px;border-color:red",
                        "border-top: 1px solid #ff0000; border-bottom: 1px solid #ff0000"},
        DeclarationCase{"border-radius:{a/b}c", ""}, DeclarationCase{"border-radius:1px /", ""},
        DeclarationCase{"border-radius:1px 2px / 50%",
                        "border-top-left-radius: 1px 50%; border-top-right-radius: 2px 50%; "
                        "border-bottom-right-radius: 1px 50%; border-bottom-left-radius: 2px 50%"},
        DeclarationCase{"outline:1px dotted", "outline: 1px dotted #000000"},
        DeclarationCase{"box-shadow:1px 2px 3px red,inset 0 0 #0008",
                        "box-shadow: 1px 2px 3px 0px #ff0000 0px 0px 0px 0px #00000088 inset"},
        DeclarationCase{"box-shadow:1px", ""}));

INSTANTIATE_TEST_SUITE_P(
    Backgrounds, StyleDeclaration,
    testing::Values(
        DeclarationCase{"background:#f4f7fa", "background-color: #f4f7fa"}, DeclarationCase{"background:none", ""},
        DeclarationCase{"background:url(a.png) no-repeat right 10px top / 50% auto red",
                        "background-color: #ff0000; background: url(file:///doc/a.png) calc(-10px + 100%) 0px / 50% "
                        "auto no-repeat no-repeat padding-box border-box"},
        DeclarationCase{"background:linear-gradient(to right, red 0%, blue)",
                        "background: linear-gradient(90deg, #ff0000 0px, #0000ff) 0px 0px / auto auto repeat repeat "
                        "padding-box border-box"},
        DeclarationCase{"background:linear-gradient(to left top,red,30%,10% blue)",
                        "background: linear-gradient(to top left, #ff0000, 30%, #0000ff 10%) 0px 0px / auto auto "
                        "repeat repeat padding-box border-box"},
        DeclarationCase{"background:radial-gradient(closest-side circle at 10px bottom,red,blue)",
                        "background: radial-gradient(circle closest-side at 10px 100%, #ff0000, #0000ff) 0px 0px / "
                        "auto auto repeat repeat padding-box border-box"},
        DeclarationCase{"background:repeating-radial-gradient(30% 2px,red 1px 2px,blue)",
                        "background: repeating-radial-gradient(ellipse 30% 2px at 50% 50%, #ff0000 1px, #ff0000 2px, "
                        "#0000ff) 0px 0px / auto auto repeat repeat padding-box border-box"},
        DeclarationCase{"background:radial-gradient(circle 1px 2px,red,blue)", ""},
        DeclarationCase{"background:radial-gradient(10%,red,blue)", ""},
        DeclarationCase{"background:radial-gradient(ellipse 1px,red,blue)", ""},
        DeclarationCase{"background:radial-gradient(circle at,red,blue)", ""},
        DeclarationCase{"background:linear-gradient(red,10%,20%,blue)", ""},
        DeclarationCase{"background:linear-gradient(10%,red,blue)", ""},
        DeclarationCase{"background:linear-gradient(red,blue,10%)", ""},
        DeclarationCase{"background:linear-gradient(to left right,red,blue)", ""},
        DeclarationCase{"background-image:url(a.png),url('b.png');background-repeat:repeat-x;background-size:cover",
                        "background: url(file:///doc/a.png) 0px 0px / cover repeat no-repeat padding-box border-box "
                        "url(file:///doc/b.png) 0px 0px / cover repeat no-repeat padding-box border-box"},
        DeclarationCase{"background:red,blue", ""},
        DeclarationCase{"background-position:center;background-image:url(/x.png)",
                        "background: url(file:///x.png) 50% 50% / auto auto repeat repeat padding-box border-box"}));

INSTANTIATE_TEST_SUITE_P(
    Text, StyleDeclaration,
    testing::Values(
        DeclarationCase{"font:italic small-caps bold 12px/1.5 'A B',Arial,Sans-Serif",
                        "font-family: \"A B\" \"Arial\" \"sans-serif\"; font-size: 12; font-weight: 700; font-style: "
                        "italic; font-variant-caps: small-caps; line-height: 1.5"},
        DeclarationCase{"font:bold 8pt Arial", "font-family: \"Arial\"; font-size: 10.67; font-weight: 700"},
        DeclarationCase{"font:12px", ""}, DeclarationCase{"font-size:2em", "font-size: 32"},
        DeclarationCase{"font-size:150%", "font-size: 24"}, DeclarationCase{"font-size:smaller", "font-size: 14.22"},
        DeclarationCase{"font-size:x-large", "font-size: 24"}, DeclarationCase{"font-size:-1px", ""},
        DeclarationCase{"font-weight:lighter", "font-weight: 100"},
        DeclarationCase{"font-size:20px;margin-left:1em;line-height:2em;height:1lh",
                        "font-size: 20; line-height: 40px; height: 40px; margin-left: 20px"},
        DeclarationCase{"line-height:120%;font-size:10px", "font-size: 10; line-height: 12px"},
        DeclarationCase{"font-variant-numeric:tabular-nums slashed-zero", "font-features: tnum 1 zero 1"},
        DeclarationCase{"font-feature-settings:'smcp','kern' off", "font-features: smcp 1 kern 0"},
        DeclarationCase{"letter-spacing:.4pt;text-transform:uppercase",
                        "letter-spacing: 0.53px; text-transform: uppercase"},
        DeclarationCase{"white-space:nowrap;text-align:right", "text-align: right; white-space: nowrap"},
        DeclarationCase{"text-decoration:underline dotted red", "text-decorations: underline dotted #ff0000"},
        DeclarationCase{"text-decoration:underline overline;color:blue",
                        "color: #0000ff; text-decorations: underline overline solid #0000ff"},
        DeclarationCase{"word-break:break-word", "overflow-wrap: anywhere"},
        DeclarationCase{"list-style:square inside", "list-style-type: \"square\"; list-style-position: inside"},
        DeclarationCase{"list-style:none", "list-style-type: \"none\""},
        DeclarationCase{"quotes:'<' '>'", "quotes: \"<\" \">\""}, DeclarationCase{"quotes:'<'", ""},
        DeclarationCase{"border-spacing:1px 2px", "border-spacing-x: 1px; border-spacing-y: 2px"},
        DeclarationCase{"vertical-align:-1pt", "vertical-align: length; vertical-align-length: -1.33px"},
        DeclarationCase{"orphans:3;widows:0", "orphans: 3"}));

INSTANTIATE_TEST_SUITE_P(
    Layout, StyleDeclaration,
    testing::Values(
        DeclarationCase{"flex:1", "flex-grow: 1; flex-basis: 0px"}, DeclarationCase{"flex:none", "flex-shrink: 0"},
        DeclarationCase{"flex:auto", "flex-grow: 1"},
        DeclarationCase{"flex:2 3 10%", "flex-grow: 2; flex-shrink: 3; flex-basis: 10%"},
        DeclarationCase{"flex:1 1 34mm", "flex-grow: 1; flex-basis: 128.5px"},
        DeclarationCase{"flex-flow:column wrap;gap:1px 2px",
                        "flex-direction: column; flex-wrap: wrap; row-gap: 1px; column-gap: 2px"},
        DeclarationCase{"justify-content:space-between;align-items:flex-start",
                        "justify-content: space-between; align-items: flex-start"},
        DeclarationCase{"page-break-before:always;page-break-inside:avoid", "break-before: page; break-inside: avoid"},
        DeclarationCase{"break-after:avoid;page:wide", "break-after: avoid; page: \"wide\""},
        DeclarationCase{"transform:rotate(90deg) translate(1px,50%)", "transform: matrix(0 1 -1 0 0 1)+0%,0%"},
        DeclarationCase{"transform:scale(2) translateX(1px)", "transform: matrix(2 0 0 2 2 0)"},
        DeclarationCase{"opacity:150%;z-index:-2", "z-index: -2"}, DeclarationCase{"opacity:.5", "opacity: 0.5"},
        DeclarationCase{"counter-reset:a 2 b;counter-increment:c", "counter-reset: a 2 b 0; counter-increment: c 1"},
        DeclarationCase{"string-set:chapter content() ': ' counter(a, upper-roman)",
                        "string-set: chapter content(text) \": \" counter(a, upper-roman)"},
        DeclarationCase{"bookmark-level:2", "bookmark-level: 2"}));

struct SelectorCase {
    const char* selector;
    const char* matched;  // ids of the elements that match, in order
};
void PrintTo(const SelectorCase& test, std::ostream* out) {
    *out << test.selector;
}
class StyleSelector : public testing::TestWithParam<SelectorCase> {};
TEST_P(StyleSelector, MatchesTheseElements) {
    const std::string css = std::string(GetParam().selector) + "{z-index:7}";
    const Styled doc = make(
        "<body id=o><div id=d class='x y' title='one two' data-k='En-gb'><p id=p1 class=x>1</p><p id=p2>2</p>"
        "<span id=s></span><p id=p3><b id=b lang=de-AT>3</b></p></div><ul id=u><li id=l1><li id=l2>a"
        "<li id=l3><a id=a href=x.pdf>b</a></ul>",
        css);
    std::string out;
    for (std::uint32_t i = 0; i < doc.dom->node_count(); ++i) {
        const Node& node = doc.dom->node(i);
        if (node.is_element() && !node.id().empty() && doc.styled->style(node)->z_index == 7)
            out += (out.empty() ? "" : " ") + std::string(node.id());
    }
    EXPECT_EQ(out, GetParam().matched) << GetParam().selector;
}
INSTANTIATE_TEST_SUITE_P(
    Cases, StyleSelector,
    testing::Values(
        SelectorCase{"p", "p1 p2 p3"}, SelectorCase{"P", "p1 p2 p3"}, SelectorCase{".x", "d p1"},
        SelectorCase{"#p2", "p2"}, SelectorCase{"p.x", "p1"}, SelectorCase{".x.y", "d"},
        SelectorCase{"div p", "p1 p2 p3"}, SelectorCase{"body > p", ""}, SelectorCase{"div > p", "p1 p2 p3"},
        SelectorCase{"p + p", "p2"}, SelectorCase{"p ~ p", "p2 p3"}, SelectorCase{"p + span + p > b", "b"},
        SelectorCase{"body div b", "b"}, SelectorCase{"#o > div > p b", "b"}, SelectorCase{"ul p", ""},
        SelectorCase{"p, li", "p1 p2 p3 l1 l2 l3"}, SelectorCase{"li:first-child", "l1"},
        SelectorCase{"li:last-child", "l3"}, SelectorCase{"li:nth-child(2)", "l2"},
        SelectorCase{"li:nth-child(odd)", "l1 l3"}, SelectorCase{"li:nth-child(even)", "l2"},
        SelectorCase{"li:nth-child(-n+2)", "l1 l2"}, SelectorCase{"li:nth-child( 2n + 1 )", "l1 l3"},
        SelectorCase{"li:nth-child(2n-1)", "l1 l3"}, SelectorCase{"li:nth-last-child(1)", "l3"},
        SelectorCase{"p:nth-of-type(3)", "p3"}, SelectorCase{"p:last-of-type", "p3"},
        SelectorCase{"span:only-of-type", "s"}, SelectorCase{"a:only-child", "a"}, SelectorCase{"span:empty", "s"},
        SelectorCase{"li:empty", "l1"}, SelectorCase{"p:not(.x)", "p2 p3"}, SelectorCase{"p:not(.x, #p3)", "p2"},
        SelectorCase{":is(ul, div) > :is(p, li):first-child", "p1 l1"}, SelectorCase{":where(p)", "p1 p2 p3"},
        SelectorCase{"[title]", "d"}, SelectorCase{"[title~=two]", "d"}, SelectorCase{"[title=one]", ""},
        SelectorCase{"[data-k|=En]", "d"}, SelectorCase{"[data-k='en-GB' i]", "d"}, SelectorCase{"[href$='.pdf']", "a"},
        SelectorCase{"[href^=x][href*=pd]", "a"}, SelectorCase{"a:link", "a"}, SelectorCase{"a:hover", ""},
        SelectorCase{":lang(de)", "b"}, SelectorCase{"p:root", ""}, SelectorCase{"*|p", "p1 p2 p3"},
        SelectorCase{"p:nosuch", ""}, SelectorCase{"p, :nosuch", ""}, SelectorCase{"p:has(b)", "p3"},
        SelectorCase{"> p", ""}, SelectorCase{"p >", ""}));

TEST(StyleCascade, SpecificityThenOrder) {
    EXPECT_EQ(make("<p id=t class=c>", "#t{order:1} p.c{order:2} .c{order:3} p{order:4}").style().order, 1);
    EXPECT_EQ(make("<p id=t class=c>", "p{order:1} p{order:2}").style().order, 2);
    EXPECT_EQ(make("<p id=t class=c>", ":where(#t){order:1} p{order:2}").style().order, 2);
    EXPECT_EQ(make("<p id=t class=c>", ":is(#t,q){order:1} p.c{order:2}").style().order, 1);
}

TEST(StyleCascade, StyleAttributeBeatsSheetsAndImportantBeatsIt) {
    EXPECT_EQ(make("<p id=t style='order:3'>", "#t{order:1}").style().order, 3);
    EXPECT_EQ(make("<p id=t style='order:3'>", "p{order:1 !important}").style().order, 1);
    EXPECT_EQ(make("<p id=t style='order:3!important'>", "p{order:1 !important}").style().order, 3);
}

TEST(StyleCascade, PresentationalAttributesAreWeakerThanSheets) {
    EXPECT_EQ(make("<table><td id=t align=right width=50% bgcolor=red>", "td{padding:0}").dump_of(),
              "text-align: right; border-spacing-x: 2px; border-spacing-y: 2px; display: table-cell; width: 50%; "
              "background-color: #ff0000; vertical-align: middle");
    EXPECT_EQ(make("<table><td id=t align=right>", "*{text-align:left}").style().text->text_align, TextAlign::Left);
}

TEST(StyleCascade, TableAttributesReachTheCells) {
    const Styled doc = make("<table border=2 cellpadding=3 cellspacing=4 id=x><td id=t>", "");
    EXPECT_EQ(dump(doc.style("x").border.top.width == LayoutUnit::from_px(2) ? Length::of({}) : Length::none()), "0px");
    EXPECT_EQ(doc.style("x").text->border_spacing_x, LayoutUnit::from_px(4));
    EXPECT_EQ(doc.style().padding.left, Length::of(LayoutUnit::from_px(3)));
    EXPECT_EQ(doc.style().border.left.width, LayoutUnit::from_px(1));
}

TEST(StyleCascade, WideKeywords) {
    const char* body = "<div style='color:red;margin-left:5px'><p id=t>";
    EXPECT_EQ(make(body, "p{color:initial}").style().text->color, Color::black());
    EXPECT_EQ(make(body, "p{color:blue;color:unset}").style().text->color, (Color{255, 0, 0, 255}));
    EXPECT_EQ(make(body, "p{margin:inherit}").style().margin.left, Length::of(LayoutUnit::from_px(5)));
    EXPECT_EQ(make(body, "p{margin-left:2px;margin-left:unset}").style().margin.left, Length::of({}));
    EXPECT_EQ(make("<div style='border:2px solid'><p id=t>", "p{border:inherit}").style().border.top.width,
              LayoutUnit::from_px(2));
}

TEST(StyleCascade, InheritedValuesAreComputedOnes) {
    const Styled doc =
        make("<div style='font-size:20px;line-height:150%;text-indent:2em'><p id=t style='font-size:10px'>", "");
    EXPECT_EQ(doc.style().text->line_height, 30);
    EXPECT_EQ(doc.style().text->text_indent, Length::of(LayoutUnit::from_px(40)));
}

TEST(StyleCascade, RemFollowsTheRootElement) {
    EXPECT_EQ(make("<p id=t>", "html{font-size:10px} p{font-size:30px;width:2rem}").style().width,
              Length::of(LayoutUnit::from_px(20)));
}

TEST(StyleCascade, CustomProperties) {
    const char* body = "<div><p id=t>";
    EXPECT_EQ(make(body, ":root{--a:3} p{order:var(--a)}").style().order, 3);
    EXPECT_EQ(make(body, "p{order:var(--a, 4)}").style().order, 4);
    EXPECT_EQ(make(body, ":root{--a:var(--b);--b:5} p{order:var(--a)}").style().order, 5);
    EXPECT_EQ(make(body, ":root{--a:1} div{--a:2} p{order:var(--a)}").style().order, 2);
    EXPECT_EQ(make(body, "p{--m:1px 2px;margin:var(--m)}").style().margin.left, Length::of(LayoutUnit::from_px(2)));
    EXPECT_EQ(make(body, "p{--A:1;order:var(--a, 9)}").style().order, 9);
    EXPECT_EQ(make(body, "p{order:3;order:var(--missing)}").style().order, 0) << "invalid at computed-value time";
    EXPECT_EQ(make(body, "p{--a:var(--b);--b:var(--a);order:3;order:var(--a)}").style().order, 0) << "a cycle";
    EXPECT_EQ(make(body, "p{--a:red;color:var(--a)}").style().text->color, (Color{255, 0, 0, 255}));
}

TEST(StyleCascade, CustomPropertiesCannotExplode) {
    std::string css = "p{--v0:x x x x x x x x x x;";
    for (int i = 1; i < 12; ++i) {
        css += "--v" + std::to_string(i) + ":";
        for (int j = 0; j < 10; ++j) css += " var(--v" + std::to_string(i - 1) + ")";
        css += ";";
    }
    EXPECT_EQ(make("<p id=t>", css + "order:var(--v11)}").style().order, 0);
}

TEST(StyleCascade, FlexItemsAndTheRootAreBlocks) {
    const Styled doc = make("<div style='display:flex'><span id=t>a</span></div>", "html{display:inline}");
    EXPECT_EQ(doc.style().display, Display::Block);
    EXPECT_EQ(doc.styled->style(*doc.dom->html())->display, Display::Block);
}

TEST(StyleCascade, DecorationsReachDescendantsButNotInlineBlocks) {
    const Styled doc = make("<u><b id=t>a</b><b id=x style='display:inline-block'>b</b></u>", "");
    EXPECT_EQ(doc.style().text->decorations.size(), 1U);
    EXPECT_TRUE(doc.style("x").text->decorations.empty());
}

TEST(StyleCascade, LangAndDirAttributesInherit) {
    const Styled doc = make("<div lang=de dir=rtl><p id=t>", "");
    EXPECT_EQ(doc.style().text->lang, "de");
    EXPECT_EQ(doc.style().text->direction, Direction::Rtl);
}

TEST(StyleSharing, EqualElementsShareOneStyle) {
    const Styled doc =
        make("<table><tr><td id=a>1<td>2<tr><td>3</table><p class=x>1<p class=x>2", "tr:nth-child(even){color:red}");
    const Node& first = *doc.node("a").next_sibling;
    const Node& second_row = *first.parent->next_sibling;
    EXPECT_NE(doc.styled->style(first), doc.styled->style(*second_row.first_child));
    const Node& p = *doc.dom->body()->last_child;
    EXPECT_EQ(doc.styled->style(p), doc.styled->style(*p.previous_sibling));
    EXPECT_EQ(doc.styled->style(first)->text, doc.style("a").text) << "an id alone shares all but the anchor";
}

TEST(StyleSharing, AttrMakesStylesDiffer) {
    const Styled doc = make("<a id=x href=1>a</a><a id=t href=2>b</a>", "a::after{content:attr(href)}");
    EXPECT_EQ(dump(*doc.pseudo(PseudoElement::After, "x")).substr(0, 200).find("\"1\"") == std::string::npos, false);
    EXPECT_NE(dump(*doc.pseudo(PseudoElement::After)).find("\"2\""), std::string::npos);
}

TEST(StylePseudo, OnlyWithContent) {
    EXPECT_EQ(make("<p id=t>", "p::before{color:red}").pseudo(PseudoElement::Before), nullptr);
    EXPECT_EQ(make("<p id=t>", "p::before{content:none}").pseudo(PseudoElement::Before), nullptr);
    const Styled doc = make("<p id=t>", "p:before{content:'x' counter(a) open-quote;color:red}");
    ASSERT_NE(doc.pseudo(PseudoElement::Before), nullptr);
    EXPECT_EQ(dump(*doc.pseudo(PseudoElement::Before)), "color: #ff0000; content: \"x\" counter(a) open-quote");
}

TEST(StylePseudo, LeadersAndTargets) {
    const Styled doc =
        make("<a id=t href='#c1'>",
             "a{color:black;text-decoration:none}a::after{content:leader('.') target-counter(attr(href), page)}");
    EXPECT_EQ(dump(*doc.pseudo(PseudoElement::After)), "content: leader(\".\") target-counter(\"#c1\", page)");
}

TEST(StylePseudo, ListItemsHaveMarkers) {
    EXPECT_NE(make("<ul><li id=t>", "").pseudo(PseudoElement::Marker), nullptr);
    EXPECT_EQ(make("<p id=t>", "").pseudo(PseudoElement::Marker), nullptr);
    const Styled doc = make("<ul><li id=t>", "li::marker{color:red}");
    EXPECT_EQ(doc.pseudo(PseudoElement::Marker)->text->color, (Color{255, 0, 0, 255}));
}

TEST(StyleUserAgent, Headings) {
    EXPECT_EQ(make("<h1 id=t>", "").dump_of(),
              "font-size: 32; font-weight: 700; display: block; margin-top: 21.44px; margin-bottom: 21.44px; "
              "break-after: avoid; break-inside: avoid; bookmark-level: 1");
}

TEST(StyleUserAgent, LinksTablesAndHiddenElements) {
    EXPECT_EQ(make("<a id=t href=x>", "").dump_of(), "color: #0000ee; text-decorations: underline solid #0000ee");
    EXPECT_EQ(make("<a id=t>", "").dump_of(), "");
    EXPECT_EQ(make("<table><th id=t>", "").dump_of(),
              "font-weight: 700; border-spacing-x: 2px; border-spacing-y: 2px; display: table-cell; "
              "padding-top: 1px; padding-right: 1px; padding-bottom: 1px; padding-left: 1px; vertical-align: middle");
    EXPECT_EQ(make("<script id=t></script>", "").style().display, Display::None);
    EXPECT_EQ(make("<p hidden id=t>", "").style().display, Display::None);
}

TEST(StylePages, MarginsSizeAndBoxes) {
    const Styled doc = make("",
                            "@page{size:A5 landscape;margin:1cm 2cm;@top-left{content:'a' counter(page)}"
                            "@bottom-center{content:none}}");
    const PageStyle page = doc.styled->page_style({});
    EXPECT_NEAR(page.size.width.px(), 210 * 96 / 25.4, 0.02);
    EXPECT_NEAR(page.size.height.px(), 148 * 96 / 25.4, 0.02);
    EXPECT_NEAR(page.page->margin.left.px.px(), 75.59, 0.02);
    const auto* box = page.margin_boxes[static_cast<int>(MarginBox::TopLeft)];
    ASSERT_NE(box, nullptr);
    EXPECT_EQ(dump(*box), "text-align: left; display: block; vertical-align: middle; content: \"a\" counter(page)");
    EXPECT_EQ(page.margin_boxes[static_cast<int>(MarginBox::BottomCenter)], nullptr);
    EXPECT_EQ(page.margin_boxes[static_cast<int>(MarginBox::TopRight)], nullptr);
}

TEST(StylePages, DefaultIsA4With75PxMargins) {
    const Styled doc = make("", "");
    const PageStyle page = doc.styled->page_style({});
    EXPECT_NEAR(page.size.width.px(), 793.70, 0.01);
    EXPECT_NEAR(page.size.height.px(), 1122.52, 0.01);
    EXPECT_EQ(page.page->margin.top, Length::of(LayoutUnit::from_px(75)));
}

PageContext page_at(int number, bool blank = false) {
    PageContext page;
    page.number = number;
    page.first = number == 1;
    page.blank = blank;
    page.right = number % 2 == 1;
    return page;
}

TEST(StylePages, SelectorsAndSpecificity) {
    const Styled doc = make("",
                            "@page wide{size:20cm 10cm}@page:first{margin:1px}@page:left{margin:2px}@page{margin:3px}"
                            "@page:blank{margin:4px}@page:nth(5){margin:5px}");
    const auto margin = [&doc](PageContext page) { return doc.styled->page_style(page).page->margin.top.px.px(); };
    EXPECT_EQ(margin(page_at(1)), 1);
    EXPECT_EQ(margin(page_at(2)), 2);
    EXPECT_EQ(margin(page_at(3)), 3);
    EXPECT_EQ(margin(page_at(4, true)), 4);
    EXPECT_EQ(margin(page_at(5)), 5);
    PageContext wide;
    wide.name = "wide";
    EXPECT_NEAR(doc.styled->page_style(wide).size.height.px(), 377.95, 0.02);
}

TEST(StylePages, MarginBoxesInheritFromThePageAndItFromTheRoot) {
    const Styled doc = make("", "html{color:red}@page{font-size:8px;@top-right{content:string(chapter, last)}}");
    const PageStyle page = doc.styled->page_style({});
    const auto* box = page.margin_boxes[static_cast<int>(MarginBox::TopRight)];
    EXPECT_EQ(dump(*box),
              "color: #ff0000; font-size: 8; text-align: right; display: block; vertical-align: middle; "
              "content: string(chapter, last)");
}

TEST(StyleSheets, MediaSupportsAndImport) {
    MapLoader loader;
    loader.files["file:///doc/css/a.css"] = "@import 'b.css';p{order:1;background:url(x.png)}";
    loader.files["file:///doc/css/b.css"] = "p{z-index:2}";
    const Styled doc = make("<link rel=stylesheet href=css/a.css><p id=t>",
                            "@media screen{p{order:9!important}}@media print{p{flex-grow:3}}"
                            "@supports (display:flex){p{flex-shrink:4}}@supports (foo:bar){p{order:8!important}}",
                            &loader);
    EXPECT_EQ(doc.style().order, 1);
    EXPECT_EQ(doc.style().z_index, 2);
    EXPECT_EQ(doc.style().flex_grow, 3);
    EXPECT_EQ(doc.style().flex_shrink, 4);
    EXPECT_EQ(doc.style().background_layers[0].image.url, "file:///doc/css/x.png");
    EXPECT_TRUE(doc.styled->warnings().empty());
}

TEST(StyleSheets, ImportCyclesEnd) {
    MapLoader loader;
    loader.files["file:///doc/a.css"] = "@import 'a.css';p{order:1}";
    EXPECT_EQ(make("<p id=t>", "@import url(a.css);", &loader).style().order, 1);
}

TEST(StyleSheets, MissingSheetsAndUnknownCssAreNamedOnce) {
    const Styled doc = make("<link rel=stylesheet href=x.css><p id=t>",
                            "p{colr:red;width:red} q{colr:blue} p:nosuch{} @nosuch;p{cursor:pointer}");
    EXPECT_EQ(
        doc.styled->warnings(),
        (std::vector<std::string>{
            "page.html:1:25: unknown property: colr (and at one more place)",
            "page.html:1:34: value not understood: width: red", "page.html:1:58: selector not understood: p:nosuch",
            "page.html:1:69: at-rule not supported: @nosuch", "page.html:1:79: property not supported: cursor",
            "page.html:1:128: style sheet not loaded: file:///doc/x.css: no resources are allowed"}));
}

TEST(StyleSheets, WarningsNameTheFileTheLineAndTheColumn) {
    MapLoader loader;
    loader.files["file:///doc/a.css"] = "p{\n  color:red;\n  /* ä */ colr:red }\n@import 'b.css';";
    loader.files["file:///doc/b.css"] = "\n\n@page{ widht:1px; @top-left{colour:red} }";
    const Styled doc = make(
        "<link rel=stylesheet href=a.css>\n<p id=t style='order:1;ordr:2'>\n<p style='content:&quot;&quot;;odr:3'>"
        "<svg><style><![CDATA[q{fil:red}]]></style></svg>",
        "q{}\nq{coulor:red}", &loader);
    EXPECT_EQ(doc.styled->warnings(),
              (std::vector<std::string>{
                  "page.html:2:3: unknown property: coulor", "file:///doc/a.css:3:11: unknown property: colr",
                  "file:///doc/b.css:3:8: unknown property: widht", "file:///doc/b.css:3:29: unknown property: colour",
                  "page.html: unknown property: fil", "page.html:3:24: unknown property: ordr",
                  "page.html: unknown property: odr"}));
}

TEST(StyleSheets, TheUsersSheetIsWeakerUnlessItIsImportant) {
    const Styled doc = make("<p id=t width=9>", "p{order:2}p{z-index:2!important}@page{size:100px 200px}", nullptr,
                            {{"p{order:1;z-index:1;flex-grow:1}#t{order:9}p{margin-top:1px!important}"
                              "@page{size:5px 5px;margin:7px}@page x{margin:8px}@layer a{p{flex-shrink:4}}",
                              "u.css", Origin::User},
                             {"p{margin-top:2px!important;flex-shrink:revert}", "a.css"}});
    EXPECT_EQ(doc.style().order, 2);
    EXPECT_EQ(doc.style().z_index, 2);
    EXPECT_EQ(doc.style().flex_grow, 1);
    EXPECT_EQ(doc.style().flex_shrink, 4) << "revert goes back to the user's";
    EXPECT_EQ(doc.dump_of().find("margin-top: 2px"), std::string::npos) << doc.dump_of();
    EXPECT_EQ(doc.styled->page_style({}).size.width.px(), 100);
    EXPECT_NE(dump(*doc.styled->page_style({}).page).find("margin-top: 7px"), std::string::npos);
}

TEST(StyleSheets, TheMediaTypeDecidesWhichRulesHold) {
    const std::string css = "@media screen{p{order:1}}@media print{p{order:2}}@media all{p{z-index:3}}";
    EXPECT_EQ(make("<p id=t>", css).style().order, 2);
    const Styled screen = make("<style media=screen>p{flex-grow:5}</style><p id=t>", css, nullptr, {}, "screen");
    EXPECT_EQ(screen.style().order, 1);
    EXPECT_EQ(screen.style().z_index, 3);
    EXPECT_EQ(screen.style().flex_grow, 5);
}

TEST(StyleSheets, FontFaces) {
    const Styled doc = make("",
                            "@font-face{font-family:'F G';font-weight:100 900;font-style:italic;"
                            "src:url(f.woff2) format('woff2'),local(H)}@font-face{font-family:X}");
    ASSERT_EQ(doc.styled->font_faces().size(), 1U);
    const FontFaceRule& face = doc.styled->font_faces()[0];
    EXPECT_EQ(face.family, "F G");
    EXPECT_EQ(face.weight_min, 100);
    EXPECT_EQ(face.weight_max, 900);
    EXPECT_EQ(face.style, FontStyle::Italic);
    EXPECT_EQ(face.urls, std::vector<std::string>{"file:///doc/f.woff2"});
    EXPECT_EQ(face.local_names, std::vector<std::string>{"H"});
}

TEST(StyleAnonymous, TakesInheritedValuesOnlyAndIsCached) {
    const Styled doc = make("<p id=t>", "p{color:red;margin:9px}");
    const ComputedStyle* box = doc.styled->anonymous_style(doc.style(), Display::TableCell);
    EXPECT_EQ(dump(*box), "color: #ff0000; display: table-cell");
    EXPECT_EQ(box, doc.styled->anonymous_style(doc.style(), Display::TableCell));
}

ErrorCode error_with(const StyleLimits& limits, std::string_view css) {
    std::string html = "<style>";
    html.append(css).append("</style>");
    for (int i = 0; i < 100; ++i) html += "<p id=p" + std::to_string(i) + " style='order:" + std::to_string(i) + "'>";
    const auto dom = parse_html(html);
    StyleOptions options;
    options.limits = limits;
    const auto styled = style_document(**dom, options);
    return styled ? ErrorCode::Internal : styled.error().code;
}

TEST(StyleLimitsHold, TooManyStepsOrStylesAreErrors) {
    EXPECT_EQ(error_with({}, "q ~ p{color:red}"), ErrorCode::Internal) << "no error at all";
    EXPECT_EQ(error_with({.match_steps_max = 1000}, "q ~ p{color:red}"), ErrorCode::LimitExceeded);
    EXPECT_EQ(error_with({.styles_max = 50}, ""), ErrorCode::LimitExceeded);
}

struct UrlCase {
    const char* base;
    const char* reference;
    const char* want;
};
class ResolveUrl : public testing::TestWithParam<UrlCase> {};
TEST_P(ResolveUrl, FollowsRfc3986) {
    EXPECT_EQ(resolve_url(GetParam().base, GetParam().reference), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Cases, ResolveUrl,
    testing::Values(UrlCase{"file:///a/b.html", "c.png", "file:///a/c.png"},
                    UrlCase{"file:///a/b.html", "../c.png?x#y", "file:///c.png?x#y"},
                    UrlCase{"https://h/a/b?q/r", "/c/./d/../e", "https://h/c/e"},
                    UrlCase{"https://h/a/b", "//g/x", "https://g/x"}, UrlCase{"https://h", "x", "https://h/x"},
                    UrlCase{"https://h/a/b?q#f", "#g", "https://h/a/b?q#g"},
                    UrlCase{"https://h/a/b?q", "?r", "https://h/a/b?r"}, UrlCase{"https://h/a", "data:,x", "data:,x"},
                    UrlCase{"", "a/b.png", "a/b.png"}, UrlCase{"dir/x.html", "../../b.png", "../b.png"},
                    UrlCase{"/a/b.html", "../../../c", "/c"}, UrlCase{"https://h/a/", "", "https://h/a/"}));

TEST(DataUrlText, IsDecoded) {
    EXPECT_EQ(decode_data_url("data:text/css,a%20b%zz")->bytes, "a b%zz");
    EXPECT_EQ(decode_data_url("data:Image/PNG;base64,AAEC")->bytes, std::string("\0\1\2", 3));
    EXPECT_EQ(decode_data_url("data:Image/PNG;base64,AAEC")->media_type, "image/png");
    EXPECT_FALSE(decode_data_url("data:;base64,*"));
    EXPECT_FALSE(decode_data_url("http://x"));
}

}  // namespace
}  // namespace galley::document
