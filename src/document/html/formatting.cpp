// The list of active formatting elements and the adoption agency.
#include <algorithm>

#include "document/html/tree_builder.h"

namespace galley::document {

namespace {

constexpr std::size_t kFormattingMax = 64;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

bool same_attributes(const Node& a, const Node& b) {
    if (a.attributes().size() != b.attributes().size()) return false;
    return std::ranges::all_of(a.attributes(), [&b](const Attribute& attribute) {
        const std::string_view* other = b.attribute(attribute.name);
        return other != nullptr && *other == attribute.value;
    });
}

}  // namespace

std::size_t TreeBuilder::formatting_index(const Node* node) const {
    for (std::size_t i = formatting_.size(); i-- > 0;)
        if (formatting_[i].node == node) return i;
    return kNone;
}

std::size_t TreeBuilder::stack_index(const Node* node) const {
    for (std::size_t i = stack_.size(); i-- > 0;)
        if (stack_[i].node == node) return i;
    return kNone;
}

void TreeBuilder::drop_formatting(const Node* node) {
    const std::size_t at = formatting_index(node);
    if (at != kNone) formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(at));
}

// At most three equal elements after the last marker ("Noah's Ark clause").
void TreeBuilder::push_formatting(Node& node, Tag tag) {
    std::size_t equal = 0, earliest = 0;
    for (std::size_t i = formatting_.size(); i-- > 0 && formatting_[i].node != nullptr;) {
        if (formatting_[i].tag != tag || !same_attributes(*formatting_[i].node, node)) continue;
        ++equal;
        earliest = i;
    }
    if (equal >= 3) formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(earliest));
    if (formatting_.size() >= kFormattingMax) {
        const auto oldest = std::ranges::find_if(formatting_, [](const Formatting& f) { return f.node != nullptr; });
        if (oldest != formatting_.end()) formatting_.erase(oldest);
    }
    formatting_.push_back({&node, tag});
}

void TreeBuilder::clear_to_marker() {
    while (!formatting_.empty()) {
        const bool marker = formatting_.back().node == nullptr;
        formatting_.pop_back();
        if (marker) return;
    }
}

void TreeBuilder::reconstruct_formatting() {
    if (formatting_.empty()) return;
    const auto settled = [this](const Formatting& entry) {
        return entry.node == nullptr || stack_index(entry.node) != kNone;
    };
    std::size_t first = formatting_.size();
    while (first > 0 && !settled(formatting_[first - 1])) --first;
    for (std::size_t i = first; i < formatting_.size() && stack_.size() < limits_.depth_max; ++i) {
        const Node& old = *formatting_[i].node;
        Node& node = dom_.make_element(formatting_[i].tag, old.tag(), old.attributes());
        dom_.insert(insert_point(), node);
        push(node, formatting_[i].tag);
        formatting_[i].node = &node;
    }
}

// https://html.spec.whatwg.org/multipage/parsing.html#adoption-agency-algorithm
void TreeBuilder::adopt(const HtmlToken& token) {
    if (current_tag() == token.tag && formatting_index(current().node) == kNone) {
        pop();
        return;
    }
    for (int i = 0; i < 8; ++i) {
        if (!adopt_once(token.tag, token)) return;
    }
}

// One turn of the outer loop; false when the algorithm ends.
bool TreeBuilder::adopt_once(Tag tag, const HtmlToken& token) {
    // Step: the formatting element is the last one of this tag after the last marker.
    std::size_t entry = formatting_.size();
    while (entry > 0 && formatting_[entry - 1].node != nullptr && formatting_[entry - 1].tag != tag) --entry;
    if (entry == 0 || formatting_[entry - 1].node == nullptr) {
        end_any_other(token);
        return false;
    }
    Node* formatting = formatting_[entry - 1].node;
    const std::size_t at = stack_index(formatting);
    if (at == kNone) {
        drop_formatting(formatting);
        return false;
    }
    if (!in_scope(tag)) return false;
    // Step: the furthest block is the topmost special element below it.
    std::size_t furthest = at + 1;
    while (furthest < stack_.size() && !kSpecialTags.has(stack_[furthest].tag)) ++furthest;
    if (furthest == stack_.size()) {
        pop_until_index(at);
        drop_formatting(formatting);
        return false;
    }
    Node* ancestor = stack_[at - 1].node;
    Node* block = stack_[furthest].node;
    std::optional<std::size_t> bookmark;
    Node& last = adopt_chain(at, furthest, bookmark);
    // Step: put the chain under the common ancestor, and a copy of the formatting element inside the block.
    dom_.remove(last);
    dom_.insert(insert_point(ancestor), last);
    Node& copy = dom_.make_element(tag, formatting->tag(), formatting->attributes());
    dom_.move_children(*block, copy);
    dom_.insert({block, nullptr}, copy);
    const std::size_t old = formatting_index(formatting);
    const std::size_t where = bookmark && *bookmark <= formatting_.size() ? *bookmark : old;
    formatting_.insert(formatting_.begin() + static_cast<std::ptrdiff_t>(where), {&copy, tag});
    drop_formatting(formatting);
    stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(stack_index(formatting)));
    const std::size_t below = stack_index(block);
    stack_.insert(stack_.begin() + static_cast<std::ptrdiff_t>(below) + 1, {&copy, tag});
    return true;
}

// The inner loop: walks up from the furthest block to the formatting element, copying what is between.
Node& TreeBuilder::adopt_chain(std::size_t formatting_at, std::size_t furthest_at,
                               std::optional<std::size_t>& bookmark) {
    Node* furthest = stack_[furthest_at].node;
    Node* last = furthest;
    int turn = 0;
    for (std::size_t i = furthest_at; i-- > formatting_at + 1;) {
        Node* node = stack_[i].node;
        std::size_t entry = formatting_index(node);
        if (++turn > 3 && entry != kNone) {
            formatting_.erase(formatting_.begin() + static_cast<std::ptrdiff_t>(entry));
            entry = kNone;
        }
        if (entry == kNone) {
            if (stack_[i].tag == Tag::k_p) --open_p_;
            if (node->foreign) --open_foreign_;
            stack_.erase(stack_.begin() + static_cast<std::ptrdiff_t>(i));
            continue;
        }
        Node& copy = dom_.make_element(stack_[i].tag, node->tag(), node->attributes());
        formatting_[entry].node = &copy;
        stack_[i].node = &copy;
        if (last == furthest) bookmark = entry + 1;
        dom_.remove(*last);
        dom_.insert({&copy, nullptr}, *last);
        last = &copy;
    }
    return *last;
}

}  // namespace galley::document
