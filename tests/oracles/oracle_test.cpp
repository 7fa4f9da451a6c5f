// The engine's HTML trees against parse5's and its computed styles against Chromium's, as record.py wrote them down.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "document/html/parser.h"
#include "document/style/style_engine.h"

namespace galley::document {

std::string dump(const Dom& dom);

namespace {

struct Part {
    std::string name, text;
};

// Parts of a file, each after a line "#### name"; the line break before the next is not of the text.
std::vector<Part> read_parts(const std::string& file) {
    std::ifstream in(std::string(GALLEY_SOURCE_DIR) + "/tests/oracles/" + file, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::vector<Part> parts;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t line = all.find('\n', at);
        std::size_t end = all.find("\n#### ", line);
        end = end == std::string::npos ? all.size() - 1 : end;
        parts.push_back({all.substr(at + 5, line - at - 5), all.substr(line + 1, end > line ? end - line - 1 : 0)});
        at = end + 1;
    }
    return parts;
}

std::string name_of(const ::testing::TestParamInfo<std::size_t>& info, const std::vector<Part>& parts) {
    std::string out;
    bool up = true;
    for (const char c : parts[info.param].name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter) out += up && c >= 'a' ? static_cast<char>(c - 32) : c;
        up = !letter;
    }
    return out;
}

// Known differences: case -> why. A case that agrees must not stand here.
const std::map<std::string, std::string> kHtmlDifferences = {
    {"template", "what a template holds is never shown: its contents are parsed as any element's"}};
const std::map<std::string, std::string> kCascadeDifferences = {
    {"larger and smaller", "steps in the table of named sizes, as in WeasyPrint; Chromium takes a factor"},
    {"font size keywords", "the table of CSS Fonts 4 §2.5.1, as in WeasyPrint; Chromium has its own"},
    {"flex shorthand", "the basis of `flex: 2` is 0; Chromium writes 0%"}};

const std::vector<Part>& html_cases() {
    static const std::vector<Part> parts = read_parts("html_cases.txt");
    return parts;
}

class HtmlTree : public ::testing::TestWithParam<std::size_t> {};
TEST_P(HtmlTree, IsThatOfParse5) {
    static const std::vector<Part> wanted = read_parts("html_expected.txt");
    const Part& one = html_cases()[GetParam()];
    ASSERT_EQ(wanted[GetParam()].name, one.name);
    const auto dom = parse_html(one.text);
    ASSERT_TRUE(dom);
    std::string got = dump(**dom);
    if (got.ends_with('\n')) got.pop_back();
    if (kHtmlDifferences.contains(one.name))
        EXPECT_NE(got, wanted[GetParam()].text) << "no longer a difference";
    else
        EXPECT_EQ(got, wanted[GetParam()].text) << one.text;
}
INSTANTIATE_TEST_SUITE_P(Cases, HtmlTree, ::testing::Range(std::size_t{0}, html_cases().size()),
                         [](const auto& info) { return name_of(info, html_cases()); });

std::string written(Color color) {
    if (color.a == 255) return fmt::format("rgb({}, {}, {})", color.r, color.g, color.b);
    std::string alpha = fmt::format("{:.2f}", color.a / 255.0);
    if (std::abs(std::stod(alpha) * 255 - color.a) > 0.5) alpha = fmt::format("{:.3f}", color.a / 255.0);
    while (alpha.back() == '0') alpha.pop_back();
    if (alpha.back() == '.') alpha.pop_back();
    return fmt::format("rgba({}, {}, {}, {})", color.r, color.g, color.b, alpha);
}
std::string written(double number) {
    return fmt::format("{:g}", number);
}
std::string written_px(double px) {
    return fmt::format("{:g}px", std::round(px * 100) / 100);
}
std::string written(const Length& length) {
    if (length.is_auto()) return "auto";
    if (!length.is_value()) return "none";
    return length.percent != 0 ? fmt::format("{:g}%", length.percent) : written_px(length.px.px());
}

std::string display_name(Display display) {
    switch (display) {
        case Display::Inline:
            return "inline";
        case Display::Flex:
            return "flex";
        case Display::ListItem:
            return "list-item";
        case Display::InlineFlex:
            return "inline-flex";
        default:
            return "block";
    }
}

std::string border_value(const Border& border, std::string_view what) {
    if (what == "width") return written_px(border.width.px());
    if (what == "color") return written(border.color);
    return border.style == BorderStyle::Dashed ? "dashed" : border.style == BorderStyle::Solid ? "solid" : "none";
}

template <typename T>
const T& side_of(const Sides<T>& sides, std::string_view property) {
    if (property.find("-top") != std::string_view::npos) return sides.top;
    if (property.find("-right") != std::string_view::npos) return sides.right;
    return property.find("-bottom") != std::string_view::npos ? sides.bottom : sides.left;
}

std::string line_height(const InheritedStyle& text) {
    using Kind = InheritedStyle::LineHeightKind;
    if (text.line_height_kind == Kind::Normal) return "normal";
    return written_px(text.line_height_kind == Kind::Factor ? text.line_height * text.font_size_px : text.line_height);
}

// As getComputedStyle() writes it.
std::string value_of(const ComputedStyle& style, std::string_view property) {
    constexpr const char* kAligns[] = {"start", "end", "left", "right", "center", "justify"};
    constexpr const char* kPositions[] = {"static", "relative", "absolute", "fixed"};
    const InheritedStyle& text = *style.text;
    if (property.starts_with("margin-")) return written(side_of(style.margin, property));
    if (property.starts_with("padding-")) return written(side_of(style.padding, property));
    if (property.starts_with("border-"))
        return border_value(side_of(style.border, property), property.substr(property.rfind('-') + 1));
    const std::map<std::string_view, std::string> values = {
        {"color", written(text.color)},
        {"font-size", written_px(text.font_size_px)},
        {"font-weight", std::to_string(text.font_weight)},
        {"display", display_name(style.display)},
        {"line-height", line_height(text)},
        {"text-align", kAligns[static_cast<int>(text.text_align)]},
        {"list-style-type", text.list_style_type},
        {"list-style-position", text.list_style_position == ListStylePosition::Inside ? "inside" : "outside"},
        {"flex-grow", written(style.flex_grow)},
        {"flex-shrink", written(style.flex_shrink)},
        {"flex-basis", written(style.flex_basis)},
        {"opacity", written(style.opacity)},
        {"z-index", style.z_index ? std::to_string(*style.z_index) : "auto"},
        {"position", kPositions[static_cast<int>(style.position) % 4]},
        {"max-width", written(style.max_width)},
        {"min-width", written(style.min_width)},
    };
    const auto found = values.find(property);
    return found == values.end() ? "?" : found->second;
}

const Node* with_id(const Dom& dom, std::string_view id) {
    for (std::uint32_t i = 0; i < dom.node_count(); ++i)
        if (dom.node(i).is_element() && dom.node(i).id() == id) return &dom.node(i);
    return nullptr;
}

const std::vector<Part>& cascade_cases() {
    static const std::vector<Part> parts = read_parts("cascade_cases.txt");
    return parts;
}

// The lines "id property: value" with the engine's values.
std::string answers(const std::string& html, const std::string& questions) {
    const auto dom = parse_html(html);
    if (!dom) return "no tree";
    const auto styled = style_document(**dom, {});
    if (!styled) return "no style";
    std::string out;
    for (std::size_t at = 0; at < questions.size();) {
        const std::size_t space = questions.find(' ', at), colon = questions.find(':', at);
        const std::string id = questions.substr(at, space - at),
                          property = questions.substr(space + 1, colon - space - 1);
        const Node* node = with_id(**dom, id);
        if (!out.empty()) out += '\n';
        out += id + " " + property + ": " +
               (node != nullptr ? value_of(*(*styled)->style(*node), property) : "no element");
        const std::size_t end = questions.find('\n', at);
        at = end == std::string::npos ? questions.size() : end + 1;
    }
    return out;
}

class Cascade : public ::testing::TestWithParam<std::size_t> {};
TEST_P(Cascade, ComputesWhatChromiumDoes) {
    static const std::vector<Part> wanted = read_parts("cascade_expected.txt");
    const Part& one = cascade_cases()[GetParam()];
    ASSERT_EQ(wanted[GetParam()].name, one.name);
    const std::string got = answers(one.text, wanted[GetParam()].text);
    if (kCascadeDifferences.contains(one.name))
        EXPECT_NE(got, wanted[GetParam()].text) << "no longer a difference";
    else
        EXPECT_EQ(got, wanted[GetParam()].text) << one.text;
}
INSTANTIATE_TEST_SUITE_P(Cases, Cascade, ::testing::Range(std::size_t{0}, cascade_cases().size()),
                         [](const auto& info) { return name_of(info, cascade_cases()); });

}  // namespace
}  // namespace galley::document
