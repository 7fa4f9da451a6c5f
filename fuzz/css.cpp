// fuzz/css.cpp — any bytes are a style sheet: a small document must be styled by it, pages too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "document/html/parser.h"
#include "document/style/dump.h"
#include "document/style/style_engine.h"

namespace {

constexpr std::string_view kDocument =
    "<!DOCTYPE html><html lang=en><head><title>t</title></head><body class='a b'><h1 id=top>Title</h1>"
    "<p class=a>one <b>two</b> <a href='#top' title=x>three</a></p><ul><li>1<li class=b>2<li>3</ul>"
    "<table border=1 cellpadding=2><tr><td colspan=2>x<td align=right>y</table><div "
    "style='width:50%'><span>z</span></div>";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace galley::document;
    static const auto dom = parse_html(kDocument);
    StyleOptions options;
    options.base_url = "file:///doc/index.html";
    options.given_sheets.push_back({std::string(reinterpret_cast<const char*>(data), size)});
    const auto styled = style_document(**dom, options);
    if (!styled) return 0;
    for (std::uint32_t i = 0; i < (*dom)->node_count(); ++i) {
        const Node& node = (*dom)->node(i);
        if (!node.is_element()) continue;
        const ComputedStyle* style = (*styled)->style(node);
        if (style == nullptr || !style->text || dump(*style).size() > 50'000'000) std::abort();
        for (const PseudoElement pseudo : {PseudoElement::Before, PseudoElement::After, PseudoElement::Marker})
            (*styled)->pseudo_style(node, pseudo);
    }
    for (int number = 1; number <= 3; ++number)
        (*styled)->page_style(
            {.number = number, .first = number == 1, .blank = false, .right = number % 2 == 1, .name = ""});
    return 0;
}
