// src/document/html/dom_builder.h — the only writer of a Dom: makes nodes, shares names, joins text.
//
// Owner    borrows the Dom and the limits; everything it hands out lives in the Dom's arena.
// Threads  one.
// Limits   full() once nodes_max nodes exist: the parser must stop then.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "document/html/dom.h"
#include "document/html/parser.h"
#include "document/html/tags.h"

namespace galley::document {

// Where a node goes: into parent, before `before` (null = at the end).
struct InsertPoint {
    Node* parent = nullptr;
    Node* before = nullptr;
};

class DomBuilder {
 public:
    DomBuilder(Dom& dom, const ParseLimits& limits);

    // Keeps the text for the Dom's life and returns it.
    std::string_view set_source(std::string text);

    Node& document() { return document_; }
    bool full() const { return node_count_ >= limits_.nodes_max; }

    // Copies the attributes where it has to keep them.
    Node& make_element(Tag tag, std::string_view name, std::span<const Attribute> attributes);
    Node& make_foreign(std::string_view name, std::span<const Attribute> attributes);
    Node& make(NodeType type, std::string_view text);

    void insert(InsertPoint at, Node& node);
    void remove(Node& node);
    void move_children(Node& from, Node& to);
    // Joins `text` to the text node before the insert point, or makes one.
    void insert_text(InsertPoint at, std::string_view text);
    // Adds the attributes that the element lacks.
    void add_missing_attributes(Node& element, std::span<const Attribute> attributes);

    std::string_view intern(std::string_view name);
    std::string_view copy(std::string_view text);

    // Numbers the nodes that are still in the tree in document order.
    void finish(Node* html, Node* head, Node* body);

 private:
    Node& allocate();
    const ElementFacts& facts_of(std::string_view tag, std::span<const Attribute> attributes);
    const ElementFacts& make_facts(std::string_view tag, std::span<const Attribute> attributes);
    std::span<const Attribute> copy(std::span<const Attribute> attributes);
    std::span<const std::string_view> class_set(std::string_view value);
    void append_text(Node& node, std::string_view text);
    void grow_names();

    Dom& dom_;
    const ParseLimits& limits_;
    Node& document_;
    std::size_t node_count_ = 0;
    std::array<const ElementFacts*, 256> shared_facts_{};  // made last, by a hash of what they say
    std::vector<std::string_view> names_;                  // open addressing, a power of two
    std::size_t name_count_ = 0;
    std::unordered_map<std::string_view, std::span<const std::string_view>> class_sets_;
    std::unordered_map<Node*, std::size_t> text_capacity_;  // of text nodes that had to be joined by copying
};

}  // namespace galley::document
