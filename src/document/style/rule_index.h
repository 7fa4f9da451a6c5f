// src/document/style/rule_index.h — which rules may match an element: by id, class and tag, remembered per combination.
//
// Shape    add_sheet() in cascade order, then candidates(element) → the rules whose rightmost compound can match,
//          in the order in which they are applied (weakest first): the user agent's, indexed once for all documents,
//          the user's, then the document's own.
// Owner    borrows sheets and the Dom (its shared names are the keys).
// Threads  one.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "document/html/dom.h"
#include "document/style/stylesheet.h"

namespace galley::document {

struct IndexedRule {
    const StyleRule* rule = nullptr;
    Origin origin = Origin::Author;
    std::uint32_t rank = 0;   // order of appearance
    std::uint32_t layer = 0;  // rank of its cascade layer, weakest first
    bool plain = false;       // matches whatever has its tag, classes and id
};

// The rules for one combination of tag, classes and id.
struct CandidateList {
    std::uint32_t id = 0;
    std::vector<const IndexedRule*> rules;
    std::vector<std::uint32_t> conditional;               // indices of rules that still have to be matched
    bool uses_attr = false, inherits_explicitly = false;  // any rule's block does
};

// Rules of one origin, by what their rightmost compound asks for.
class RuleBuckets {
 public:
    explicit RuleBuckets(Origin origin) : origin_(origin) {}
    void add_sheet(const StyleSheet& sheet);
    void finish(const LayerTree* layers);  // after the last sheet; null: none is in a layer
    // Appends the rules whose names the element has, weakest first.
    void collect(const Node& element, std::vector<const IndexedRule*>& out) const;
    bool asks_for_id(std::string_view id) const { return by_id_.contains(id); }

 private:
    using Bucket = std::vector<std::uint32_t>;

    const Origin origin_;
    std::vector<IndexedRule> rules_;
    std::unordered_map<std::string_view, Bucket> by_id_, by_class_, by_tag_;
    Bucket universal_;
};

class RuleIndex {
 public:
    void add_sheet(const StyleSheet& sheet) { (sheet.origin == Origin::User ? user_ : author_).add_sheet(sheet); }
    void finish(const LayerTree& user_layers, const LayerTree& author_layers) {  // after the last sheet
        user_.finish(&user_layers);
        author_.finish(&author_layers);
    }
    const CandidateList& candidates(const Node& element);

 private:
    struct Key {
        const char* tag;
        const void* classes;
        std::string_view id;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };
    CandidateList build(const Node& element) const;

    RuleBuckets user_{Origin::User}, author_{Origin::Author};
    std::unordered_map<Key, CandidateList, KeyHash> lists_;
};

}  // namespace galley::document
