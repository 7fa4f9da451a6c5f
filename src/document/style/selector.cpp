#include "document/style/selector.h"

#include <algorithm>
#include <map>

#include "document/html/tags.h"

namespace galley::document {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}

const Node* parent_element(const Node& node) {
    return node.parent != nullptr && node.parent->is_element() ? node.parent : nullptr;
}

const Node* previous_element(const Node& node) {
    const Node* sibling = node.previous_sibling;
    while (sibling != nullptr && !sibling->is_element()) sibling = sibling->previous_sibling;
    return sibling;
}

bool same_text(std::string_view a, std::string_view b, bool ignore_case) {
    if (!ignore_case) return a == b;
    return std::ranges::equal(a, b, [](char x, char y) { return css_lower(x) == css_lower(y); });
}

bool has_word(std::string_view list, std::string_view word, bool ignore_case) {
    for (std::size_t at = 0; at < list.size();) {
        std::size_t end = at;
        while (end < list.size() && !is_space(list[end])) ++end;
        if (end > at && same_text(list.substr(at, end - at), word, ignore_case)) return true;
        at = end + 1;
    }
    return false;
}

bool contains(std::string_view text, std::string_view part, bool ignore_case) {
    if (!ignore_case) return text.find(part) != std::string_view::npos;
    for (std::size_t at = 0; at + part.size() <= text.size(); ++at)
        if (same_text(text.substr(at, part.size()), part, true)) return true;
    return false;
}

bool matches_attribute(const SimpleSelector& simple, const Node& element) {
    const std::string_view* found = nullptr;
    for (const Attribute& attribute : element.attributes())
        if (same_text(attribute.name, simple.name, true)) found = &attribute.value;
    if (found == nullptr) return false;
    const std::string_view text = *found, value = simple.value;
    const bool fold = simple.ignore_case;
    switch (simple.test) {
        case AttributeTest::Exists:
            return true;
        case AttributeTest::Equals:
            return same_text(text, value, fold);
        case AttributeTest::Word:
            return !value.empty() && has_word(text, value, fold);
        case AttributeTest::Dash:
            return same_text(text, value, fold) || (text.size() > value.size() && text[value.size()] == '-' &&
                                                    same_text(text.substr(0, value.size()), value, fold));
        case AttributeTest::Prefix:
            return !value.empty() && same_text(text.substr(0, value.size()), value, fold);
        case AttributeTest::Suffix:
            return !value.empty() && text.size() >= value.size() &&
                   same_text(text.substr(text.size() - value.size()), value, fold);
        case AttributeTest::Contains:
            return !value.empty() && contains(text, value, fold);
    }
    return false;
}

// Is `position` one of a·n + b with n >= 0?
bool is_nth(std::uint32_t position, int a, int b) {
    const std::int64_t rest = std::int64_t{position} - b;
    return a == 0 ? rest == 0 : rest % a == 0 && rest / a >= 0;
}

bool matches_lang(const Node& element, std::string_view wanted) {
    for (const Node* node = &element; node != nullptr; node = node->parent) {
        const std::string_view* lang = node->attribute("lang");
        if (lang == nullptr) continue;
        return same_text(lang->substr(0, wanted.size()), wanted, true) &&
               (lang->size() == wanted.size() || (*lang)[wanted.size()] == '-');
    }
    return false;
}

bool is_empty(const Node& element) {
    for (const Node* child = element.first_child; child != nullptr; child = child->next_sibling)
        if (child->is_element() || (child->is_text() && !child->text().empty())) return false;
    return true;
}

bool is_only_of_type(const SiblingFacts::Place& place) {
    return place.of_type == 1 && place.of_type_from_end == 1;
}

bool matches_any(const std::vector<Selector>& selectors, const Node& element, SiblingFacts& facts) {
    return std::ranges::any_of(selectors, [&](const Selector& selector) { return matches(selector, element, facts); });
}

const Node* next_element(const Node& node) {
    const Node* sibling = node.next_sibling;
    while (sibling != nullptr && !sibling->is_element()) sibling = sibling->next_sibling;
    return sibling;
}

// :nth-child(an+b of S): counted afresh, as the siblings that count differ from selector to selector.
bool matches_nth_of(const SimpleSelector& simple, const Node& element, SiblingFacts& facts) {
    if (!matches_any(simple.arguments, element, facts)) return false;
    const auto step = simple.kind == SimpleKind::NthChild ? previous_element : next_element;
    std::uint32_t position = 1;
    for (const Node* sibling = step(element); sibling != nullptr && facts.take_step(); sibling = step(*sibling))
        if (matches_any(simple.arguments, *sibling, facts)) ++position;
    return is_nth(position, simple.a, simple.b);
}

// Does the selector match anywhere below `root`?
bool matches_below(const Selector& selector, const Node& root, SiblingFacts& facts) {
    for (const Node* at = root.first_child; at != nullptr && !facts.exhausted(); at = next_below(*at, root))
        if (at->is_element() && matches(selector, *at, facts)) return true;
    return false;
}

// What may match stands below the anchor or, after + and ~, is a later sibling or stands below one.
bool matches_relative(const Selector& selector, const Node& anchor, SiblingFacts& facts) {
    const Combinator first = selector.compounds[selector.compounds.size() - 2].to_left;
    if (first == Combinator::Descendant || first == Combinator::Child) return matches_below(selector, anchor, facts);
    for (const Node* sibling = next_element(anchor); sibling != nullptr; sibling = next_element(*sibling))
        if (matches(selector, *sibling, facts) || matches_below(selector, *sibling, facts)) return true;
    return false;
}

bool matches_has(const SimpleSelector& simple, const Node& element, SiblingFacts& facts) {
    const Node* outer = facts.anchor;
    facts.anchor = &element;
    const bool found = std::ranges::any_of(
        simple.arguments, [&](const Selector& selector) { return matches_relative(selector, element, facts); });
    facts.anchor = outer;
    return found;
}

bool can_be_disabled(const Node& element) {
    return element.is("input") || element.is("button") || element.is("select") || element.is("textarea") ||
           element.is("option") || element.is("optgroup") || element.is("fieldset");
}

bool matches_simple(const SimpleSelector& simple, const Node& element, SiblingFacts& facts) {
    switch (simple.kind) {
        case SimpleKind::Universal:
            return true;
        case SimpleKind::Tag:
            return element.tag() == simple.name || (!element.foreign && same_text(element.tag(), simple.name, true));
        case SimpleKind::Id:
            return element.id() == simple.name;
        case SimpleKind::Class:
            return std::ranges::find(element.classes(), simple.name) != element.classes().end();
        case SimpleKind::Attribute:
            return matches_attribute(simple, element);
        case SimpleKind::Is:
            return matches_any(simple.arguments, element, facts);
        case SimpleKind::Not:
            return !matches_any(simple.arguments, element, facts);
        case SimpleKind::Has:
            return matches_has(simple, element, facts);
        case SimpleKind::Anchor:
            return &element == facts.anchor;
        case SimpleKind::NthChild:
            if (!simple.arguments.empty()) return matches_nth_of(simple, element, facts);
            return is_nth(facts.place(element).index, simple.a, simple.b);
        case SimpleKind::NthLastChild:
            if (!simple.arguments.empty()) return matches_nth_of(simple, element, facts);
            return is_nth(facts.place(element).from_end, simple.a, simple.b);
        case SimpleKind::NthOfType:
            return is_nth(facts.place(element).of_type, simple.a, simple.b);
        case SimpleKind::NthLastOfType:
            return is_nth(facts.place(element).of_type_from_end, simple.a, simple.b);
        case SimpleKind::OnlyChild:
            return facts.place(element).index == 1 && facts.place(element).from_end == 1;
        case SimpleKind::OnlyOfType:
            return is_only_of_type(facts.place(element));
        case SimpleKind::Empty:
            return is_empty(element);
        case SimpleKind::Root:
            return parent_element(element) == nullptr;
        case SimpleKind::Lang:
            return matches_lang(element, simple.value);
        case SimpleKind::Link:
            return element.attribute("href") != nullptr;
        case SimpleKind::Checked:
            return element.attribute(element.is("option") ? "selected" : "checked") != nullptr;
        case SimpleKind::Disabled:
            return can_be_disabled(element) && element.attribute("disabled") != nullptr;
        case SimpleKind::Enabled:
            return can_be_disabled(element) && element.attribute("disabled") == nullptr;
        case SimpleKind::Never:
            return false;
    }
    return false;
}

bool matches_compound(const Compound& compound, const Node& element, SiblingFacts& facts) {
    return std::ranges::all_of(compound.simples,
                               [&](const SimpleSelector& simple) { return matches_simple(simple, element, facts); });
}

// How a search that failed should go on: trying a sibling, an ancestor, or not at all. Knowing this keeps backtracking
// from growing with every combinator.
enum class Outcome : std::uint8_t { Matches, FailsHere, FailsAmongSiblings, FailsForGood };

// Does the selector from compound `at` on match with `element` as that compound's subject? Recursion is bounded by
// the parser's kCompoundsMax.
Outcome match_from(const Selector& selector, std::size_t at, const Node& element, SiblingFacts& facts) {
    const Compound& compound = selector.compounds[at];
    if (!facts.take_step()) return Outcome::FailsForGood;
    if (!matches_compound(compound, element, facts)) return Outcome::FailsHere;
    if (at + 1 == selector.compounds.size()) return Outcome::Matches;
    switch (compound.to_left) {
        case Combinator::Child: {
            const Node* parent = parent_element(element);
            if (parent == nullptr) return Outcome::FailsForGood;
            const Outcome outcome = match_from(selector, at + 1, *parent, facts);
            return outcome == Outcome::FailsHere ? Outcome::FailsAmongSiblings : outcome;
        }
        case Combinator::Adjacent: {
            const Node* sibling = previous_element(element);
            if (sibling == nullptr) return Outcome::FailsAmongSiblings;
            return match_from(selector, at + 1, *sibling, facts);
        }
        case Combinator::Sibling:
            for (const Node* sibling = previous_element(element); sibling != nullptr;
                 sibling = previous_element(*sibling)) {
                const Outcome outcome = match_from(selector, at + 1, *sibling, facts);
                if (outcome != Outcome::FailsHere) return outcome;
            }
            return Outcome::FailsAmongSiblings;
        default:
            for (const Node* parent = parent_element(element); parent != nullptr; parent = parent_element(*parent)) {
                const Outcome outcome = match_from(selector, at + 1, *parent, facts);
                if (outcome == Outcome::Matches || outcome == Outcome::FailsForGood) return outcome;
            }
            return Outcome::FailsForGood;
    }
}

}  // namespace

bool matches(const Selector& selector, const Node& element, SiblingFacts& facts) {
    return match_from(selector, 0, element, facts) == Outcome::Matches;
}

const SiblingFacts::Place& SiblingFacts::place(const Node& element) {
    if (places_.empty()) places_.resize(dom_.node_count());
    Place& place = places_[element.index];
    if (place.index == 0 && element.parent != nullptr) count(*element.parent);
    return place;
}

void SiblingFacts::count(const Node& parent) {
    std::map<std::string_view, std::uint32_t> of_type;
    std::uint32_t index = 0;
    const auto counts = [](const Node& node) { return node.is_element() || node.type == NodeType::FoldedRows; };
    const auto type_of = [](const Node& node) { return node.is_element() ? node.tag() : tag_name(Tag::k_tr); };
    for (const Node* child = parent.first_child; child != nullptr; child = child->next_sibling) {
        if (!counts(*child)) continue;
        Place& place = places_[child->index];
        place.index = ++index;
        place.of_type = ++of_type[type_of(*child)];
        if (child->is_element()) continue;
        const std::uint32_t more = dom_.folded_row_count(*child) - 1;
        index += more;
        of_type[type_of(*child)] += more;
    }
    for (const Node* child = parent.first_child; child != nullptr; child = child->next_sibling) {
        if (!counts(*child)) continue;
        Place& place = places_[child->index];
        place.from_end = index - place.index + 1;
        place.of_type_from_end = of_type[type_of(*child)] - place.of_type + 1;
    }
}

void SiblingFacts::add_rows(const RowNodes& rows) {
    Place next = place(rows.folded());
    for (const Node* node : rows.nodes()) {
        if (node->index >= places_.size()) places_.resize(node->index + 1);
        Place& place = places_[node->index];
        place = {};
        if (!node->is_element() || node->parent != rows.folded().parent) continue;
        place = next;
        ++next.index;
        ++next.of_type;
        --next.from_end;
        --next.of_type_from_end;
    }
}

namespace {

bool may_be_row(const Compound& compound) {
    return std::ranges::none_of(compound.simples, [](const SimpleSelector& simple) {
        return simple.kind == SimpleKind::Tag && css_lowered(simple.name) != tag_name(Tag::k_tr);
    });
}

}  // namespace

bool Selector::looks_beside_rows() const {
    for (std::size_t i = 0; i < compounds.size(); ++i) {
        const bool beside = compounds[i].to_left == Combinator::Adjacent || compounds[i].to_left == Combinator::Sibling;
        if (beside && i + 1 < compounds.size() && may_be_row(compounds[i + 1])) return true;
        for (const SimpleSelector& simple : compounds[i].simples) {
            const bool counts = simple.kind == SimpleKind::NthChild || simple.kind == SimpleKind::NthLastChild;
            if (simple.kind == SimpleKind::Has || (counts && !simple.arguments.empty())) return true;
            if (std::ranges::any_of(simple.arguments, &Selector::looks_beside_rows)) return true;
        }
    }
    return false;
}

}  // namespace galley::document
