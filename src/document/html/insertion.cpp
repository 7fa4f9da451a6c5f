// The stack of open elements: scopes, implied end tags, and where a new node goes.
#include <algorithm>

#include "document/html/tree_builder.h"

namespace galley::document {

namespace {

constexpr TagSet kDefaultScope{Tag::k_applet, Tag::k_caption, Tag::k_html,    Tag::k_table,
                               Tag::k_td,     Tag::k_th,      Tag::k_marquee, Tag::k_object};
constexpr TagSet kTableScope{Tag::k_html, Tag::k_table};
constexpr TagSet kFosterTargets{Tag::k_table, Tag::k_tbody, Tag::k_tfoot, Tag::k_thead, Tag::k_tr};

}  // namespace

void TreeBuilder::push(Node& node, Tag tag) {
    stack_.push_back({&node, tag});
    if (tag == Tag::k_p) ++open_p_;
    if (node.foreign) ++open_foreign_;
}

void TreeBuilder::pop() {
    if (current_tag() == Tag::k_p) --open_p_;
    if (current().node->foreign) --open_foreign_;
    stack_.pop_back();
}

void TreeBuilder::pop_until_index(std::size_t size) {
    while (stack_.size() > size) pop();
}

// Pops up to and including the topmost `tag`; the html element stays.
void TreeBuilder::pop_until(Tag tag) {
    while (stack_.size() > 1) {
        const Tag popped = current_tag();
        pop();
        if (popped == tag) return;
    }
}

// https://html.spec.whatwg.org/multipage/parsing.html#appropriate-place-for-inserting-a-node
InsertPoint TreeBuilder::insert_point(Node* override_target) {
    Node* target = override_target != nullptr ? override_target : current().node;
    if (foster_parenting_ && !target->foreign && kFosterTargets.has(static_cast<Tag>(target->tag_number)))
        return foster_point();
    return {target, nullptr};
}

InsertPoint TreeBuilder::foster_point() {
    for (std::size_t i = stack_.size(); i-- > 0;) {
        if (stack_[i].tag != Tag::k_table) continue;
        Node* table = stack_[i].node;
        if (table->parent != nullptr) return {table->parent, table};
        return {stack_[i - 1].node, nullptr};
    }
    return {stack_.front().node, nullptr};
}

Node& TreeBuilder::insert_element(HtmlToken& token) {
    Node& node = dom_.make_element(token.tag, token.name, token.attributes);
    dom_.insert(insert_point(), node);
    push(node, token.tag);
    return node;
}

Node& TreeBuilder::insert_element(Tag tag) {
    Node& node = dom_.make_element(tag, tag_name(tag), {});
    dom_.insert(insert_point(), node);
    push(node, tag);
    return node;
}

Node& TreeBuilder::insert_void(HtmlToken& token) {
    Node& node = insert_element(token);
    pop();
    return node;
}

void TreeBuilder::insert_comment(HtmlToken& token) {
    const InsertPoint at = stack_.empty() ? InsertPoint{&dom_.document(), nullptr} : insert_point();
    dom_.insert(at, dom_.make(NodeType::Comment, token.text));
}

void TreeBuilder::insert_characters(std::string_view text) {
    dom_.insert_text(insert_point(), text);
}

bool TreeBuilder::ends_scope(const Open& open, Scope scope) const {
    if (scope == Scope::Table) return kTableScope.has(open.tag);
    if (open.node->foreign) {
        const std::string_view name = open.node->tag();
        return name == "foreignObject" || name == "desc" || name == "title" || name == "annotation-xml" ||
               name == "mi" || name == "mo" || name == "mn" || name == "ms" || name == "mtext";
    }
    if (kDefaultScope.has(open.tag)) return true;
    if (scope == Scope::ListItem) return open.tag == Tag::k_ol || open.tag == Tag::k_ul;
    return scope == Scope::Button && open.tag == Tag::k_button;
}

bool TreeBuilder::in_scope(Tag tag, Scope scope) const {
    for (std::size_t i = stack_.size(); i-- > 0;) {
        if (stack_[i].tag == tag) return true;
        if (ends_scope(stack_[i], scope)) return false;
    }
    return false;
}

bool TreeBuilder::heading_in_scope() const {
    for (std::size_t i = stack_.size(); i-- > 0;) {
        if (is_heading(stack_[i].tag)) return true;
        if (ends_scope(stack_[i], Scope::Default)) return false;
    }
    return false;
}

bool TreeBuilder::on_stack(Tag tag) const {
    return std::ranges::any_of(stack_, [tag](const Open& open) { return open.tag == tag; });
}

void TreeBuilder::generate_implied_end_tags(Tag except) {
    while (kImpliedEndTags.has(current_tag()) && current_tag() != except) pop();
}

}  // namespace galley::document
