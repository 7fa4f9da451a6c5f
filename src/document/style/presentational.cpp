#include "document/style/presentational.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <charconv>

#include "document/css/token.h"

namespace galley::document {

namespace {

bool is_one_of(const Node& element, std::initializer_list<std::string_view> tags) {
    return std::ranges::find(tags, element.tag()) != tags.end();
}

// Of the first character with a direction: 1 left to right, -1 right to left, 0 when there is none.
int first_strong_direction(std::string_view text) {
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        const UCharDirection direction = u_charDirection(c);
        if (direction == U_LEFT_TO_RIGHT) return 1;
        if (direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC) return -1;
    }
    return 0;
}

bool is_cell(const Node& element) {
    return is_one_of(element, {"td", "th"});
}

// "50%", "120", "120px" → a CSS length; "" for anything else.
std::string dimension(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && ((text[length] >= '0' && text[length] <= '9') || text[length] == '.')) ++length;
    if (length == 0 || length > 12) return "";
    std::string out(text.substr(0, length));
    out += text.substr(length).starts_with('%') ? "%" : "px";
    return out;
}

// Only letters, digits and what colours and simple words need: nothing that could end a declaration.
bool is_safe_word(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '#' || c == '-' ||
               c == '_';
    });
}

void add(std::string& out, std::string_view property, std::string_view value) {
    if (!value.empty()) out.append(property).append(":").append(value).append(";");
}

void add_align(std::string& out, const Node& element, std::string_view value) {
    const std::string word = css_lowered(value);
    if (word != "left" && word != "right" && word != "center" && word != "justify" && word != "middle") return;
    if (is_one_of(element, {"table"})) {
        if (word == "left" || word == "right") return add(out, "float", word);
        if (word == "center") add(out, "margin-left:auto;margin-right", "auto");
    } else if (is_one_of(element, {"img", "object", "iframe", "embed"})) {
        if (word == "left" || word == "right") return add(out, "float", word);
        add(out, "vertical-align", word == "center" ? "middle" : word == "middle" ? "middle" : "");
    } else if (is_one_of(element, {"hr"})) {
        add(out, "margin-left", word == "left" ? "0" : "auto");
        add(out, "margin-right", word == "right" ? "0" : "auto");
    } else if (is_one_of(element, {"caption"})) {
        return;
    } else {
        add(out, "text-align", word == "middle" ? "center" : word);
    }
}

// https://html.spec.whatwg.org/multipage/rendering.html#rules-for-parsing-a-legacy-font-size — "4", "+1" and "-1" count
// from 3; 0: none.
int font_size_number(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\n\f\r"), text.size()));
    const char sign = text.starts_with('+') || text.starts_with('-') ? text.front() : '\0';
    if (sign != '\0') text.remove_prefix(1);
    constexpr int kMost = 99;
    int number = -1;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1))
        number = std::min(kMost, std::max(0, number) * 10 + (text.front() - '0'));
    if (number < 0) return 0;
    if (sign == '\0') return std::max(1, number);
    return std::clamp(sign == '+' ? 3 + number : 3 - number, 1, 7);
}

void add_font(std::string& out, const Node& element) {
    constexpr std::string_view kSizes[] = {"x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large"};
    if (const auto* color = element.attribute("color"); color != nullptr && is_safe_word(*color))
        add(out, "color", *color);
    if (const auto* size = element.attribute("size"); size != nullptr)
        if (const int number = font_size_number(*size); number != 0)
            add(out, "font-size", kSizes[std::clamp(number, 1, 7) - 1]);
    const auto* face = element.attribute("face");
    if (face != nullptr && face->find_first_of("\"\\;{}()\n") == std::string_view::npos) add(out, "font-family", *face);
}

void add_table_border(std::string& out, std::string_view value, bool cell) {
    const std::string width = value.empty() ? "1px" : dimension(value);
    if (width.empty() || width == "0px") return;
    add(out, "border", cell ? "1px inset" : width + " outset");
}

const Node* table_of(const Node& cell) {
    const Node* node = cell.parent;
    for (int i = 0; node != nullptr && i < 3; ++i, node = node->parent)
        if (node->is("table")) return node;
    return nullptr;
}

void add_cell(std::string& out, const Node& element) {
    const Node* table = table_of(element);
    if (table == nullptr) return;
    if (const auto* padding = table->attribute("cellpadding")) add(out, "padding", dimension(*padding));
    if (const auto* border = table->attribute("border")) add_table_border(out, *border, true);
}

void add_list(std::string& out, std::string_view type) {
    if (type == "1") return add(out, "list-style-type", "decimal");
    if (type == "a") return add(out, "list-style-type", "lower-alpha");
    if (type == "A") return add(out, "list-style-type", "upper-alpha");
    if (type == "i") return add(out, "list-style-type", "lower-roman");
    if (type == "I") return add(out, "list-style-type", "upper-roman");
    if (is_safe_word(type)) add(out, "list-style-type", css_lowered(type));
}

// https://html.spec.whatwg.org/multipage/dom.html#auto-directionality — the first strong character of the text within,
// without parts that say their own direction.
bool starts_right_to_left(const Node& element) {
    constexpr std::size_t kBytesMax = 100'000;
    std::size_t looked_at = 0;
    for (const Node* at = &element; at != nullptr && looked_at < kBytesMax;) {
        const bool apart = at != &element && (at->attribute("dir") != nullptr || at->is("bdi") || at->is("script") ||
                                              at->is("style") || at->is("textarea"));
        if (at->is_text()) {
            const int found = first_strong_direction(at->text());
            if (found != 0) return found < 0;
            looked_at += at->text().size();
        }
        if (at->first_child != nullptr && !apart) {
            at = at->first_child;
            continue;
        }
        while (at != &element && at->next_sibling == nullptr) at = at->parent;
        at = at == &element ? nullptr : at->next_sibling;
    }
    return false;
}

void add_direction(std::string& out, const Node& element, std::string_view value) {
    if (value != "ltr" && value != "rtl" && value != "auto") return;
    const bool automatic = value == "auto";
    add(out, "direction", automatic ? (starts_right_to_left(element) ? "rtl" : "ltr") : value);
    if (automatic && is_one_of(element, {"pre", "textarea"}))
        add(out, "unicode-bidi", "plaintext");
    else if (!element.is("bdo"))
        add(out, "unicode-bidi", "isolate");
}

// Quotation marks of a language; those of English are the initial ones.
void add_quotes(std::string& out, std::string_view lang) {
    struct Marks {
        std::string_view languages;  // each between spaces
        std::string_view quotes;
    };
    constexpr Marks kMarks[] = {
        {" en-gb cy ", R"('\2018' '\2019' '\201c' '\201d')"},
        {" de cs sk is bg ", R"('\201e' '\201c' '\201a' '\2018')"},
        {" lt et ", R"('\201e' '\201c' '\201e' '\201c')"},
        {" fr es it pt-pt ", R"('\ab' '\bb' '\201c' '\201d')"},
        {" el ", R"('\ab' '\bb' '\2018' '\2019')"},
        {" ru be uk ", R"('\ab' '\bb' '\201e' '\201c')"},
        {" hu ro ", R"('\201e' '\201d' '\ab' '\bb')"},
        {" pl ", R"('\201e' '\201d' '\201a' '\2019')"},
        {" fi sv da ", R"('\201d' '\201d' '\2019' '\2019')"},
        {" de-ch fr-ch it-ch ", R"('\ab' '\bb' '\2039' '\203a')"},
        {" ja zh-hant ", R"('\300c' '\300d' '\300e' '\300f')"},
    };
    const std::string full = css_lowered(lang);
    for (const std::string& wanted : {" " + full + " ", " " + full.substr(0, full.find('-')) + " "})
        for (const Marks& marks : kMarks)
            if (marks.languages.find(wanted) != std::string_view::npos) return add(out, "quotes", marks.quotes);
    add(out, "quotes", "initial");
}

// https://html.spec.whatwg.org/multipage/rendering.html#the-hr-element-2 — the size includes the borders.
void add_rule_size(std::string& out, std::string_view value) {
    int size = 0;
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (problem != std::errc() || size < 1) return;
    if (size == 1)
        add(out, "border-bottom-width", "0");
    else
        add(out, "height", std::to_string(size - 2) + "px");
}

void add_attribute(std::string& out, const Node& element, const Attribute& attribute) {
    const std::string_view name = attribute.name, value = attribute.value;
    if (name == "lang" || name == "xml:lang") {
        if (!is_safe_word(value)) return;
        out.append("lang:\"").append(value).append("\";");
        add_quotes(out, value);
    } else if (name == "dir") {
        add_direction(out, element, css_lowered(value));
    } else if (name == "width" || name == "height") {
        const bool sized = is_cell(element) || is_one_of(element, {"table", "col", "colgroup", "img", "hr", "iframe",
                                                                   "object", "embed", "video", "canvas", "tr"});
        if (sized) add(out, name, dimension(value));
    } else if (name == "align") {
        add_align(out, element, value);
    } else if (name == "valign") {
        if (is_safe_word(value)) add(out, "vertical-align", value);
    } else if (name == "bgcolor") {
        if (is_safe_word(value)) add(out, "background-color", value);
    } else if (name == "text" && element.is("body")) {
        if (is_safe_word(value)) add(out, "color", value);
    } else if (name == "nowrap" && is_cell(element)) {
        add(out, "white-space", "nowrap");
    } else if (name == "border" && element.is("table")) {
        add_table_border(out, value, false);
    } else if (name == "border" && element.is("img")) {
        const std::string width = dimension(value);
        if (!width.empty()) add(out, "border", width + " solid");
    } else if (name == "cellspacing" && element.is("table")) {
        add(out, "border-spacing", dimension(value));
    } else if (name == "type" && is_one_of(element, {"ol", "ul", "li"})) {
        add_list(out, value);
    } else if (name == "size" && element.is("hr")) {
        add_rule_size(out, value);
    } else if ((name == "hspace" || name == "vspace") && element.is("img")) {
        const std::string length = dimension(value);
        add(out, name == "hspace" ? "margin-left" : "margin-top", length);
        add(out, name == "hspace" ? "margin-right" : "margin-bottom", length);
    } else if (name == "clear" && element.is("br")) {
        const std::string word = css_lowered(value);
        add(out, "clear", word == "all" ? "both" : is_safe_word(word) ? std::string_view(word) : "");
    }
}

}  // namespace

std::string presentational_css(const Node& element) {
    std::string out;
    if (element.foreign) return svg_presentation_css(element);
    if (is_cell(element)) add_cell(out, element);
    for (const Attribute& attribute : element.attributes()) {
        if (attribute.name == "class" || attribute.name == "style" || attribute.name == "id") continue;
        add_attribute(out, element, attribute);
    }
    if (element.is("font")) add_font(out, element);
    if (element.is("bdi") && element.attribute("dir") == nullptr) add_direction(out, element, "auto");
    return out;
}

}  // namespace galley::document
