#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "document/css/properties.h"

namespace galley::document {
namespace {

std::string table_text() {
    std::string out =
        "# CSS properties\n\nMade from the engine's own table (`src/document/css/property_list.inc`); a test keeps it "
        "so.\n"
        "*supported*: acts on the document. *parsed*: checked, then without effect. *ignored*: dropped with a "
        "warning.\n\n"
        "| property | state | inherited | module |\n| --- | --- | --- | --- |\n";
    for (const PropertyInfo& info : property_table()) {
        const char* state = info.state == PropertyState::Supported ? "supported"
                            : info.state == PropertyState::Parsed  ? "parsed"
                                                                   : "ignored";
        out.append("| `").append(info.name).append("` | ").append(state).append(" | ");
        out.append(info.inherited == Inherited::Yes ? "yes" : "no").append(" | ").append(info.module).append(" |\n");
    }
    return out;
}

// GALLEY_UPDATE_DOCS=1 writes the file anew.
TEST(PropertyTable, DocsListEveryProperty) {
    const std::string path = GALLEY_SOURCE_DIR "/docs/css-support.md";
    if (std::getenv("GALLEY_UPDATE_DOCS") != nullptr) std::ofstream(path) << table_text();
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(text, table_text());
}

}  // namespace
}  // namespace galley::document
