#include "document/svg/elements.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "document/css/properties.h"

namespace galley::document {
namespace {

std::string_view word_of(SvgElementKind kind) {
    switch (kind) {
        case SvgElementKind::Unsupported:
            return "left out, named in the warnings";
        case SvgElementKind::Quiet:
            return "nothing to draw";
        case SvgElementKind::Referenced:
            return "drawn where it is referred to";
        case SvgElementKind::Part:
            return "part of its parent";
        default:
            return "drawn";
    }
}

std::string table_text() {
    std::string out =
        "# SVG\n\nDrawings become PDF paths and text, never pixels: inline `<svg>`, and SVG files and `data:` URLs in "
        "`<img>`, `background-image`,\n`list-style-image`, `content: url()` and `<image>`. Made from the engine's own "
        "tables (`src/document/svg/elements.cpp`,\n`src/document/css/property_list.inc`); a test keeps it so.\n\n"
        "## Elements\n\n| element | state | note |\n| --- | --- | --- |\n";
    for (const SvgElementInfo& info : svg_elements())
        out.append("| `")
            .append(info.name)
            .append("` | ")
            .append(word_of(info.kind))
            .append(" | ")
            .append(info.note)
            .append(" |\n");
    out +=
        "\n## Properties\n\nAs attributes and in style sheets; beside them `color`, `display`, `visibility`, "
        "`opacity`, `overflow`, `transform`,\n`transform-origin` and all of fonts and letter spacing.\n\n"
        "| property | state |\n| --- | --- |\n";
    for (const PropertyInfo& info : property_table())
        if (info.module.starts_with("svg"))
            out.append("| `")
                .append(info.name)
                .append("` | ")
                .append(info.state == PropertyState::Supported ? "supported" : "without effect")
                .append(" |\n");
    return out;
}

// GALLEY_UPDATE_DOCS=1 writes the file anew.
TEST(SvgElements, DocsListEveryElement) {
    const std::string path = GALLEY_SOURCE_DIR "/docs/svg-support.md";
    if (std::getenv("GALLEY_UPDATE_DOCS") != nullptr) std::ofstream(path) << table_text();
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(text, table_text());
}

TEST(SvgElements, AreFoundByTheirExactName) {
    ASSERT_NE(find_svg_element("linearGradient"), nullptr);
    EXPECT_EQ(find_svg_element("lineargradient"), nullptr);
    EXPECT_EQ(find_svg_element("sodipodi:namedview"), nullptr);
}

}  // namespace
}  // namespace galley::document
