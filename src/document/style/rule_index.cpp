#include "document/style/rule_index.h"

#include <algorithm>

namespace galley::document {

namespace {

const SimpleSelector* find_simple(const Compound& compound, SimpleKind kind) {
    for (const SimpleSelector& simple : compound.simples)
        if (simple.kind == kind) return &simple;
    return nullptr;
}

// Do the compound's tag, classes and id allow the element? (Its other parts are not looked at.)
bool names_match(const Compound& compound, const Node& element) {
    return std::ranges::all_of(compound.simples, [&element](const SimpleSelector& simple) {
        if (simple.kind == SimpleKind::Tag) return css_lowered(element.tag()) == css_lowered(simple.name);
        if (simple.kind == SimpleKind::Id) return element.id() == simple.name;
        if (simple.kind == SimpleKind::Class)
            return std::ranges::find(element.classes(), simple.name) != element.classes().end();
        return true;
    });
}

}  // namespace

std::size_t RuleIndex::KeyHash::operator()(const Key& key) const {
    auto hash = reinterpret_cast<std::uintptr_t>(key.tag) * 0x9E3779B97F4A7C15ULL;
    hash ^= reinterpret_cast<std::uintptr_t>(key.classes) * 0xC2B2AE3D27D4EB4FULL;
    hash ^= key.id.empty() ? 0 : std::hash<std::string_view>{}(key.id);
    return hash ^ (hash >> 32);
}

void RuleBuckets::add_sheet(const StyleSheet& sheet) {
    for (const StyleRule& rule : sheet.rules)
        rules_.push_back({&rule, origin_, static_cast<std::uint32_t>(rules_.size()), 0, rule.selector.is_plain()});
}

void RuleBuckets::finish(const LayerTree* layers) {
    if (layers != nullptr && layers->used()) {
        const std::vector<std::uint32_t> ranks = layers->ranks();
        for (IndexedRule& rule : rules_) rule.layer = ranks[rule.rule->layer];
    }
    std::ranges::sort(rules_, [](const IndexedRule& a, const IndexedRule& b) {
        if (a.layer != b.layer) return a.layer < b.layer;
        const std::uint32_t left = a.rule->selector.specificity, right = b.rule->selector.specificity;
        return left != right ? left < right : a.rank < b.rank;
    });
    for (std::uint32_t i = 0; i < rules_.size(); ++i) {
        const Compound& subject = rules_[i].rule->selector.compounds.front();
        if (const auto* id = find_simple(subject, SimpleKind::Id)) {
            by_id_[id->name].push_back(i);
        } else if (const auto* name = find_simple(subject, SimpleKind::Class)) {
            by_class_[name->name].push_back(i);
        } else if (const auto* tag = find_simple(subject, SimpleKind::Tag)) {
            // A name with capitals may mean an HTML element as well as one of SVG.
            (css_lowered(tag->name) == tag->name ? by_tag_[tag->name] : universal_).push_back(i);
        } else {
            universal_.push_back(i);
        }
    }
}

void RuleBuckets::collect(const Node& element, std::vector<const IndexedRule*>& out) const {
    Bucket found = universal_;
    const auto add = [&found](const auto& map, std::string_view name) {
        const auto bucket = map.find(name);
        if (bucket != map.end()) found.insert(found.end(), bucket->second.begin(), bucket->second.end());
    };
    if (!element.id().empty()) add(by_id_, element.id());
    for (const std::string_view name : element.classes()) add(by_class_, name);
    add(by_tag_, element.tag());
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const std::uint32_t i : found)
        if (names_match(rules_[i].rule->selector.compounds.front(), element)) out.push_back(&rules_[i]);
}

namespace {

const RuleBuckets& user_agent_rules() {
    static const RuleBuckets* const rules = [] {
        auto* made = new RuleBuckets(Origin::UserAgent);
        made->add_sheet(user_agent_sheet());
        made->finish(nullptr);
        return made;
    }();
    return *rules;
}

}  // namespace

const CandidateList& RuleIndex::candidates(const Node& element) {
    const std::string_view id = element.id();
    const bool id_counts =
        !id.empty() && (author_.asks_for_id(id) || user_.asks_for_id(id) || user_agent_rules().asks_for_id(id));
    const Key key{element.tag().data(), element.classes().data(), id_counts ? id : std::string_view()};
    const auto [entry, fresh] = lists_.try_emplace(key);
    if (fresh) {
        entry->second = build(element);
        entry->second.id = static_cast<std::uint32_t>(lists_.size());
    }
    return entry->second;
}

CandidateList RuleIndex::build(const Node& element) const {
    CandidateList list;
    user_agent_rules().collect(element, list.rules);
    user_.collect(element, list.rules);
    author_.collect(element, list.rules);
    for (std::uint32_t i = 0; i < list.rules.size(); ++i) {
        const IndexedRule& rule = *list.rules[i];
        if (!rule.plain) list.conditional.push_back(i);
        list.uses_attr |= rule.rule->block->uses_attr;
        list.inherits_explicitly |= rule.rule->block->inherits_explicitly;
    }
    return list;
}

}  // namespace galley::document
