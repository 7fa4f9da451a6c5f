// Runs of table rows are left out of the tree where reading them again gives the same nodes: nothing outside of them
// changed while they were read, and they hold plain text only.
#include <algorithm>

#include "document/html/tree_builder.h"

namespace galley::document {

namespace {

// Elements without effect beyond their row: on the parser, on counters, on what others refer to.
constexpr TagSet kPlain{Tag::k_tr,     Tag::k_td,   Tag::k_th,  Tag::k_span,   Tag::k_div,    Tag::k_p,     Tag::k_b,
                        Tag::k_i,      Tag::k_u,    Tag::k_s,   Tag::k_em,     Tag::k_strong, Tag::k_small, Tag::k_big,
                        Tag::k_code,   Tag::k_tt,   Tag::k_var, Tag::k_font,   Tag::k_a,      Tag::k_br,    Tag::k_img,
                        Tag::k_strike, Tag::k_nobr, Tag::k_wbr, Tag::k_center, Tag::k_pre,    Tag::k_hr};

bool is_plain(const Node& node) {
    if (!node.is_element()) return true;
    const bool known = kPlain.has(static_cast<Tag>(node.tag_number)) || node.tag_number == 0;
    return known && !node.foreign && std::ranges::none_of(node.attributes(), [](const Attribute& attribute) {
               return attribute.name == "id" || attribute.name == "rowspan";
           });
}

}  // namespace

bool TreeBuilder::may_fold() const {
    if (current_tag() != Tag::k_tbody || !formatting_.empty() || overflow_ != 0 || open_foreign_ != 0) return false;
    for (std::size_t i = 1; i < stack_.size(); ++i)
        if (stack_[i].node->parent != stack_[i - 1].node) return false;
    // The first row stays: it tells the boxes around it how they begin.
    for (const Node* child = stack_.back().node->first_child; child != nullptr; child = child->next_sibling)
        if (child->is_element()) return true;
    return false;
}

bool TreeBuilder::run_is_plain() const {
    return !run_spoiled_ && may_fold() && dom_.run().size() <= kFoldedNodesMax &&
           std::ranges::all_of(dom_.run(), [](const Node* node) { return is_plain(*node); });
}

void TreeBuilder::end_run(std::size_t end) {
    if (run_is_plain())
        dom_.fold_run(*run_body_, run_before_, tokenizer_.source().substr(run_begin_, end - run_begin_));
    else
        dom_.keep_run();
    run_body_ = nullptr;
}

// A row starts in the current table body.
void TreeBuilder::row_begins() {
    if (run_body_ != nullptr) {
        if (run_body_ != current().node) {
            run_spoiled_ = true;
            return;
        }
        if (dom_.run().size() < run_nodes_) return;
        end_run(tokenizer_.token_begin());
    }
    if (!may_fold()) return;
    run_body_ = current().node;
    run_before_ = run_body_->last_child;
    run_begin_ = tokenizer_.token_begin();
    run_spoiled_ = false;
    dom_.begin_run();
}

void TreeBuilder::body_ends() {
    if (run_body_ != nullptr && run_body_ == current().node) end_run(tokenizer_.token_begin());
}

void TreeBuilder::build_rows(Node& body) {
    std::vector<Node*> chain;
    for (Node* node = body.parent; node != nullptr && node->is_element(); node = node->parent) chain.push_back(node);
    for (auto node = chain.rbegin(); node != chain.rend(); ++node) push(**node, static_cast<Tag>((*node)->tag_number));
    push(body, static_cast<Tag>(body.tag_number));
    mode_ = Mode::InTableBody;
    quirks_ = dom_.quirks;
    HtmlToken token;
    while (tokenizer_.next(token)) process(token);
}

}  // namespace galley::document
