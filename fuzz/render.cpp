// fuzz/render.cpp — the whole document engine on arbitrary HTML: no crash, no endless loop, and the same bytes whether
// or not the rows of its tables are folded.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "document/document.h"
#include "document/text/testing/installed_fonts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const galley::document::InstalledFonts fonts;
    static galley::document::Engine engine(fonts);
    galley::document::RenderOptions options;
    options.limits.pages_max = 50;
    options.limits.nodes_max = 20'000;
    options.limits.html_bytes_max = 200'000;
    options.deflate_level = 1;
    const std::string_view html(reinterpret_cast<const char*>(data), size);
    const auto first = engine.render_pdf(html, options);
    options.folding = {.html_bytes_min = 0, .run_nodes = 8};
    const auto second = engine.render_pdf(html, options);
    if (first.has_value() != second.has_value() || (first && first->pdf != second->pdf)) std::abort();
    return 0;
}
