// src/document/html/dom_builder.h — the only writer of a Dom: makes nodes, shares names, joins text.
//
// Owner    borrows the Dom and the limits; everything it hands out lives in the Dom's arena.
// Threads  one.
//          Nodes of a run of rows lie in memory of their own until it is decided whether they stay.
// Limits   full() once nodes_max nodes exist: the parser must stop then.
#pragma once

#include <array>
#include <memory>
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
    std::string_view borrow_source(std::string_view text) { return dom_.source_ = text; }

    Node& document() { return document_; }
    const ParseLimits& limits() const { return limits_; }
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

    // A run of rows: what is made from here on may go again.
    void begin_run();
    std::span<Node* const> run() const { return run_; }
    void keep_run();
    // The rows behind `before` leave the tree; a FoldedRows node for `html` takes their place.
    void fold_run(Node& rows_parent, Node* before, std::string_view html);

    // Nothing that is made later may share what was made since begin_run() or redirect().
    void forget_run();
    // Makes nodes into `arena` (null: the Dom's own) and lists them in `made` (null: nowhere).
    void redirect(std::pmr::memory_resource* arena, std::vector<Node*>* made);

    // Numbers the nodes that are still in the tree in document order.
    void finish(Node* html, Node* head, Node* body);
    // The builder lives on with its Dom where rows were folded, else it goes.
    static void keep_with_dom(std::unique_ptr<DomBuilder> builder);

    bool quirks = false;  // of the document, for rows that are read again

 private:
    Node& allocate();
    const ElementFacts& facts_of(std::string_view tag, std::span<const Attribute> attributes);
    const ElementFacts& make_facts(std::string_view tag, std::span<const Attribute> attributes);
    std::string_view keep(std::string_view text);
    std::span<const Attribute> copy(std::span<const Attribute> attributes);
    std::span<const std::string_view> class_set(std::string_view value);
    void append_text(Node& node, std::string_view text);
    void grow_names();

    Dom& dom_;
    const ParseLimits limits_;
    std::pmr::memory_resource* arena_;    // of nodes and what belongs to one of them
    std::vector<Node*>* made_ = nullptr;  // gets each new node
    std::vector<Node*> run_;
    std::unique_ptr<std::pmr::monotonic_buffer_resource> run_arena_;
    std::size_t node_count_ = 0, folded_count_ = 0;
    Node& document_;
    std::array<const ElementFacts*, 256> shared_facts_{};  // made last, by a hash of what they say
    std::vector<std::string_view> names_;                  // open addressing, a power of two
    std::size_t name_count_ = 0;
    std::unordered_map<std::string_view, std::span<const std::string_view>> class_sets_;
    std::unordered_map<Node*, std::size_t> text_capacity_;  // of text nodes that had to be joined by copying
};

}  // namespace galley::document
