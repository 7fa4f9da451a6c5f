// SVG attributes that are properties. https://www.w3.org/TR/SVG2/styling.html#PresentationAttributes
#include <algorithm>
#include <iterator>

#include "document/css/token.h"
#include "document/style/presentational.h"

namespace galley::document {

namespace {

constexpr std::size_t kValueBytesMax = 1024;

// Sorted. What is looked for elsewhere (transform, x, d …) or has no effect on paper is not here.
constexpr std::string_view kProperties[] = {"alignment-baseline",
                                            "baseline-shift",
                                            "clip-path",
                                            "clip-rule",
                                            "color",
                                            "direction",
                                            "display",
                                            "dominant-baseline",
                                            "fill",
                                            "fill-opacity",
                                            "fill-rule",
                                            "filter",
                                            "font-family",
                                            "font-size",
                                            "font-stretch",
                                            "font-style",
                                            "font-variant",
                                            "font-weight",
                                            "image-rendering",
                                            "letter-spacing",
                                            "marker-end",
                                            "marker-mid",
                                            "marker-start",
                                            "mask",
                                            "opacity",
                                            "overflow",
                                            "paint-order",
                                            "stop-color",
                                            "stop-opacity",
                                            "stroke",
                                            "stroke-dasharray",
                                            "stroke-dashoffset",
                                            "stroke-linecap",
                                            "stroke-linejoin",
                                            "stroke-miterlimit",
                                            "stroke-opacity",
                                            "stroke-width",
                                            "text-anchor",
                                            "text-decoration",
                                            "transform-origin",
                                            "vector-effect",
                                            "visibility",
                                            "word-spacing",
                                            "writing-mode"};
static_assert(std::ranges::is_sorted(kProperties));

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e';
    });
}

std::string_view trimmed_text(std::string_view text) {
    constexpr std::string_view kSpace = " \t\n\r\f";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// Nothing that could end the declaration.
bool is_one_value(std::string_view text) {
    return !text.empty() && text.size() <= kValueBytesMax && text.find_first_of(";{}!\\") == std::string_view::npos;
}

// Lengths that SVG lets stand without a unit and CSS does not.
bool wants_unit(std::string_view name) {
    return name == "font-size" || name == "letter-spacing" || name == "word-spacing" || name == "width" ||
           name == "height";
}

bool is_outermost(const Node& element) {
    return element.tag() == "svg" && (element.parent == nullptr || !element.parent->foreign);
}

void add_property(std::string& out, std::string_view name, std::string_view value) {
    if (!is_one_value(value)) return;
    out.append(name).append(":").append(value);
    if (wants_unit(name) && is_number(value)) out += "px";
    out += ';';
}

}  // namespace

std::string svg_presentation_css(const Node& element) {
    // The user agent's sheet means HTML's links, not these.
    std::string out = element.tag() == "a" ? "color:inherit;text-decoration:none;" : "";
    for (const Attribute& attribute : element.attributes()) {
        const std::string_view name = attribute.name;
        const std::string_view value = trimmed_text(attribute.value);
        if (name == "lang" || name == "xml:lang") {
            if (is_one_value(value) && value.find('"') == std::string_view::npos)
                out.append("lang:\"").append(value).append("\";");
        } else if (name == "width" || name == "height") {
            if (is_outermost(element) && value != "auto") add_property(out, name, value);
        } else if (std::ranges::binary_search(kProperties, name)) {
            add_property(out, name, value);
        }
    }
    return out;
}

}  // namespace galley::document
