// fuzz/html.cpp — any bytes are an HTML document: the parser must give a whole tree within its limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "document/html/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace galley::document;
    const ParseLimits limits{.nodes_max = 20'000, .depth_max = 64, .attributes_max = 16};
    const auto dom = parse_html({reinterpret_cast<const char*>(data), size}, limits);
    if (!dom) return 0;
    const Dom& tree = **dom;
    if (tree.html() == nullptr || tree.head() == nullptr || tree.body() == nullptr) std::abort();
    for (std::uint32_t i = 0; i < tree.node_count(); ++i) {
        const Node& node = tree.node(i);
        if (node.index != i) std::abort();
        if (node.parent != nullptr && node.parent->index >= i) std::abort();
        if (node.next_sibling != nullptr && node.next_sibling->previous_sibling != &node) std::abort();
    }
    if (dump(tree).empty()) std::abort();
    return 0;
}
