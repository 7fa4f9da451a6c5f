#include "document/box/folded_rows.h"

#include <algorithm>
#include <unordered_set>

namespace galley::document {

namespace {

bool is_plain(const ComputedStyle& style) {
    using Kind = ContentItem::Kind;
    const bool plain_content = !style.content || std::ranges::all_of(*style.content, [](const ContentItem& item) {
        return item.kind == Kind::Text || item.kind == Kind::Image;
    });
    return plain_content && style.counter_reset.empty() && style.counter_increment.empty() &&
           style.counter_set.empty() && style.string_set.empty() && style.bookmark_level == 0 && style.page.empty() &&
           style.display != Display::ListItem &&
           (style.position == Position::Static || style.position == Position::Relative);
}

}  // namespace

bool keep_to_themselves(const RowNodes& rows, const StyledDocument& styled) {
    std::unordered_set<const ComputedStyle*> seen;
    return std::ranges::all_of(rows.nodes(), [&](const Node* node) {
        if (!node->is_element()) return true;
        const ComputedStyle* style = styled.style(*node);
        if (!seen.insert(style).second) return true;
        const auto plain = [&](PseudoElement pseudo) {
            const ComputedStyle* own = styled.pseudo_style(*node, pseudo);
            return own == nullptr || is_plain(*own);
        };
        return is_plain(*style) && plain(PseudoElement::Before) && plain(PseudoElement::After) &&
               plain(PseudoElement::Marker) && plain(PseudoElement::FirstLetter);
    });
}

bool holds_folded_rows(const Node& element) {
    for (const Node* at = element.first_child; at != nullptr; at = next_below(*at, element))
        if (at->type == NodeType::FoldedRows) return true;
    return false;
}

}  // namespace galley::document
