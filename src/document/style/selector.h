// src/document/style/selector.h — selectors: parsing, specificity, matching.
//
// Shape    parse_selectors(prelude) → list of Selector; matches(selector, element, facts).
// Errors   an invalid selector makes the whole list empty, as the standard says.
// Owner    names point into the sheet's source.
// Threads  any; SiblingFacts by one thread.
// Limits   kCompoundsMax compounds per selector, kNestingMax levels of :not() and :is(). Once SiblingFacts is
//          exhausted() nothing matches any more: the caller must look.
// Source   Selectors 4 (level 3, :is, :where, :has, :not with lists, "of S", attribute flags). GAP: ||.
//          States that paper has not (:hover, :focus …) never match; :link matches what has an href, :checked,
//          :disabled and :enabled go by the attributes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "document/css/token.h"
#include "document/html/dom.h"
#include "document/html/row_nodes.h"
#include "document/style/style_engine.h"

namespace galley::document {

struct Selector;

enum class SimpleKind : std::uint8_t {
    Universal,
    Tag,
    Id,
    Class,
    Attribute,
    Is,      // :is, :where
    Has,     // arguments: selectors whose leftmost compound is an Anchor
    Anchor,  // the element whose :has() is asked about
    Not,
    NthChild,
    NthLastChild,
    NthOfType,
    NthLastOfType,
    OnlyChild,
    OnlyOfType,
    Empty,
    Root,
    Lang,
    Link,
    Checked,
    Disabled,
    Enabled,
    Never
};
enum class AttributeTest : std::uint8_t { Exists, Equals, Word, Dash, Prefix, Suffix, Contains };
enum class Combinator : std::uint8_t { None, Descendant, Child, Adjacent, Sibling };

struct SimpleSelector {
    SimpleKind kind = SimpleKind::Universal;
    AttributeTest test = AttributeTest::Exists;
    bool ignore_case = false;
    std::string_view name;            // tag, id, class, attribute
    std::string_view value;           // attribute value, language
    int a = 0, b = 0;                 // an+b
    std::vector<Selector> arguments;  // of :is(), :not(), :has(); of S in :nth-child(an+b of S)
};

struct Compound {
    std::vector<SimpleSelector> simples;
    Combinator to_left = Combinator::None;  // between this compound and the next of the list, which stands left of it
};

struct Selector {
    std::vector<Compound> compounds;  // rightmost first
    std::optional<PseudoElement> pseudo;
    std::uint32_t specificity = 0;  // id, class, type counts in ten bits each

    // One compound of tag, class and id alone: matching those is all.
    bool is_plain() const;
    // Whether it may look from a row of a table at others: then all of them have to be in the tree.
    bool looks_beside_rows() const;
};

std::vector<Selector> parse_selectors(CssTokens prelude);

// Places among siblings, found out once per parent.
class SiblingFacts {
 public:
    SiblingFacts(const Dom& dom, std::uint64_t steps_max) : dom_(dom), steps_left_(steps_max) {}
    struct Place {
        std::uint32_t index = 0, of_type = 0;  // 1-based
        std::uint32_t from_end = 0, of_type_from_end = 0;
    };
    const Place& place(const Node& element);
    // Rows that are read again: their places are those that they have among all rows of their table body.
    void add_rows(const RowNodes& rows);
    // Counts one look at an element for a combinator; false once there were too many.
    bool take_step() {
        if (steps_left_ > 0) --steps_left_;
        return steps_left_ > 0;
    }
    bool exhausted() const { return steps_left_ == 0; }
    std::uint64_t steps_left() const { return steps_left_; }
    void set_steps_left(std::uint64_t steps) { steps_left_ = steps; }
    const Node* anchor = nullptr;  // of the :has() that is being matched

 private:
    void count(const Node& parent);
    const Dom& dom_;
    std::vector<Place> places_;  // by Node::index; of FoldedRows nodes that of their first row
    std::uint64_t steps_left_;
};

bool matches(const Selector& selector, const Node& element, SiblingFacts& facts);

}  // namespace galley::document
