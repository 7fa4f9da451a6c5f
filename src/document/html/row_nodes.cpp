#include "document/html/row_nodes.h"

#include "document/html/tokenizer.h"
#include "document/html/tree_builder.h"

namespace galley::document {

std::unique_ptr<RowNodes> RowNodes::read(const Dom& dom, const Node& folded) {
    std::unique_ptr<RowNodes> rows(new RowNodes(folded));
    DomBuilder& builder = *dom.builder_;
    Tokenizer tokenizer(folded.text(), builder, builder.limits());
    TreeBuilder tree(tokenizer, builder, builder.limits());
    builder.redirect(&rows->arena_, nullptr);
    // Stands in for the rows' parent, whose other children are not to see them.
    Node body = *folded.parent;
    body.first_child = body.last_child = nullptr;
    tree.build_rows(body);
    builder.forget_run();
    builder.redirect(nullptr, nullptr);
    rows->first_ = body.first_child;
    for (Node* node = rows->first_; node != nullptr; node = node->next_sibling) node->parent = folded.parent;
    rows->list();
    return rows;
}

void RowNodes::list() {
    for (Node* node = first_; node != nullptr;) {
        nodes_.push_back(node);
        if (node->first_child != nullptr) {
            node = node->first_child;
            continue;
        }
        while (node->next_sibling == nullptr && node->parent != folded_.parent) node = node->parent;
        node = node->next_sibling;
    }
}

void RowNodes::number(std::uint32_t first) {
    for (Node* node : nodes_) node->index = first++;
}

}  // namespace galley::document
