#include <algorithm>
#include <string>
#include <vector>

#include "document/html/dom.h"

namespace galley::document {

namespace {

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    out += '"';
}

void append_element(std::string& out, const Node& node) {
    out += '<';
    if (node.foreign) out += "svg:";
    out += node.tag();
    std::vector<Attribute> attributes(node.attributes().begin(), node.attributes().end());
    std::ranges::sort(attributes, {}, &Attribute::name);
    for (const Attribute& attribute : attributes) {
        out += ' ';
        out += attribute.name;
        out += '=';
        append_quoted(out, attribute.value);
    }
    out += '>';
}

void append_node(std::string& out, const Node& node) {
    switch (node.type) {
        case NodeType::Document:
            out += "#document";
            break;
        case NodeType::Doctype:
            out.append("<!DOCTYPE ").append(node.text()) += '>';
            break;
        case NodeType::Element:
            append_element(out, node);
            break;
        case NodeType::Text:
            append_quoted(out, node.text());
            break;
        case NodeType::Comment:
            out.append("<!--").append(node.text()).append("-->");
            break;
        case NodeType::FoldedRows:
            out += "#folded-rows";
            break;
    }
}

}  // namespace

std::string dump(const Dom& dom) {
    std::string out;
    std::vector<std::size_t> depth(dom.node_count());
    for (std::uint32_t i = 0; i < dom.node_count(); ++i) {
        const Node& node = dom.node(i);
        if (node.parent != nullptr) depth[i] = depth[node.parent->index] + 1;
        out.append(depth[i] * 2, ' ');
        append_node(out, node);
        out += '\n';
    }
    return out;
}

}  // namespace galley::document
