// src/document/html/dom.h — the parsed document: nodes in an arena, linked, numbered in document order.
//
// Shape    Dom owns everything; Node& and string_views live as long as the Dom. Node::index is dense (0 = the document
//          node) so that later phases keep side tables as plain vectors. Large documents (TableFolding) are without
//          most rows of their tables: a FoldedRows node stands for each run, and row_nodes.h reads its rows again.
// Threads  built by one thread, then read-only.
// Limits   ParseLimits in html/parser.h bound nodes, depth and attribute counts.
// Source   https://html.spec.whatwg.org/multipage/parsing.html
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace galley::document {

enum class NodeType : std::uint8_t { Document, Doctype, Element, Text, Comment, FoldedRows };

// Interned lower-case names: the same text has the same pointer within a Dom, so comparing is cheap after one look-up.
struct Attribute {
    std::string_view name;   // lower case
    std::string_view value;  // character references resolved
};

// What a start tag says; most elements share theirs with others that were written alike.
struct ElementFacts {
    std::string_view tag;  // lower-case local name; equal names share one pointer
    std::span<const Attribute> attributes;
    std::string_view id;                        // attribute "id" or empty
    std::span<const std::string_view> classes;  // of attribute "class"; equal attribute values share one array
};

// 64 bytes, a cache line: large documents are walked several times.
class Node {
 public:
    NodeType type = NodeType::Element;
    bool foreign = false;         // an element of an svg or math subtree (names keep SVG's case: linearGradient)
    std::uint8_t tag_number = 0;  // html/tags.h: a known HTML element's number, 0 = any other
    std::uint32_t index = 0;
    Node* parent = nullptr;
    Node* first_child = nullptr;
    Node* last_child = nullptr;
    Node* previous_sibling = nullptr;
    Node* next_sibling = nullptr;

    bool is_element() const { return type == NodeType::Element; }
    bool is_text() const { return type == NodeType::Text; }
    bool is(std::string_view name) const { return is_element() && facts_->tag == name; }
    // Elements only; empty for any other node.
    const ElementFacts& facts() const { return is_element() ? *facts_ : kNoFacts; }
    std::string_view tag() const { return facts().tag; }
    std::span<const Attribute> attributes() const { return facts().attributes; }
    std::string_view id() const { return facts().id; }
    std::span<const std::string_view> classes() const { return facts().classes; }
    // Text, Comment: content; Doctype: name; FoldedRows: their HTML. Empty for elements.
    std::string_view text() const {
        return is_element() ? std::string_view() : std::string_view(characters_, character_count_);
    }
    // The value, or nullptr when absent.
    const std::string_view* attribute(std::string_view name) const {
        for (const Attribute& attribute : attributes())
            if (attribute.name == name) return &attribute.value;
        return nullptr;
    }

 private:
    friend class DomBuilder;
    static const ElementFacts kNoFacts;

    void set_facts(const ElementFacts& facts) { facts_ = &facts; }
    void set_text(std::string_view text) {
        characters_ = text.data();
        character_count_ = static_cast<std::uint32_t>(text.size());
    }

    std::uint32_t character_count_ = 0;
    union {
        const ElementFacts* facts_ = &kNoFacts;  // Element
        const char* characters_;                 // any other
    };
};

inline constexpr ElementFacts Node::kNoFacts;
static_assert(sizeof(Node) == 64);

// The node after `at` in document order among those below `root`; null: it was the last.
inline const Node* next_below(const Node& at, const Node& root) {
    if (at.first_child != nullptr) return at.first_child;
    const Node* node = &at;
    while (node != &root && node->next_sibling == nullptr) node = node->parent;
    return node == &root ? nullptr : node->next_sibling;
}

class DomBuilder;

class Dom {
 public:
    Dom();
    ~Dom();
    Dom(const Dom&) = delete;
    Dom& operator=(const Dom&) = delete;

    const Node& root() const { return *nodes_.front(); }
    const Node* html() const { return html_; }
    const Node* head() const { return head_; }
    const Node* body() const { return body_; }
    std::size_t node_count() const { return nodes_.size(); }
    const Node& node(std::uint32_t index) const { return *nodes_[index]; }
    bool has_folded_rows() const { return !folded_.empty(); }
    // How many rows a FoldedRows node stands for.
    std::uint32_t folded_row_count(const Node& folded) const { return folded_.at(&folded); }
    // The text that was parsed, its line ends made "\n".
    std::string_view source() const { return source_; }
    // Where a text or an attribute's value stands in it; nothing where something had to be decoded.
    std::optional<std::size_t> offset_of(std::string_view part) const {
        const std::less_equal<const char*> before;
        const bool inside =
            before(source_.data(), part.data()) && before(part.data() + part.size(), source_.data() + source_.size());
        return inside ? std::optional(static_cast<std::size_t>(part.data() - source_.data())) : std::nullopt;
    }

 private:
    friend class DomBuilder;
    friend class RowNodes;
    std::string own_source_;   // empty where the text is borrowed
    std::string_view source_;  // text nodes and attribute values point into it where nothing had to be decoded
    std::pmr::monotonic_buffer_resource arena_{64 * 1024};
    std::vector<std::unique_ptr<std::pmr::memory_resource>> kept_arenas_;  // of runs of rows that stayed
    std::vector<Node*> nodes_;
    std::unordered_map<const Node*, std::uint32_t> folded_;
    std::unique_ptr<DomBuilder> builder_;  // shares names with the rows that are read again; null: none are folded
    Node* html_ = nullptr;
    Node* head_ = nullptr;
    Node* body_ = nullptr;
};

// One line per node, indented, attributes sorted by name: for tests.
std::string dump(const Dom& dom);

}  // namespace galley::document
