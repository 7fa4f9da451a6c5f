#include "document/layout/page_layout.h"

#include <algorithm>

#include "document/layout/box_geometry.h"
#include "document/layout/break_rules.h"
#include "document/layout/positioned.h"

namespace galley::document {

namespace {

// The box on whose start a token goes on: its page name is the page's.
const Box* resumed_box(const BreakToken* token) {
    while (token->child != nullptr && token->child_token != nullptr) token = token->child_token;
    return token->child != nullptr ? token->child : token->box;
}

bool is_right(int number) {
    return (number & 1) != 0;
}

}  // namespace

// https://www.w3.org/TR/css-page-3/#page-model — margins in percent refer to the sheet's own side.
PageBox make_page_box(StyledDocument& styled, const PageContext& context) {
    PageBox box;
    box.context = context;
    box.style = styled.page_style(context);
    const Size sheet = box.style.size;
    if (const ComputedStyle* page = box.style.page) {
        const auto resolve = [](const Length& length, LayoutUnit base) {
            return length.is_value() ? length.resolve(base) : LayoutUnit();
        };
        box.margin = {resolve(page->margin.top, sheet.height), resolve(page->margin.right, sheet.width),
                      resolve(page->margin.bottom, sheet.height), resolve(page->margin.left, sheet.width)};
        box.border = {page->border.top.width, page->border.right.width, page->border.bottom.width,
                      page->border.left.width};
        box.padding = {resolve(page->padding.top, sheet.height), resolve(page->padding.right, sheet.width),
                       resolve(page->padding.bottom, sheet.height), resolve(page->padding.left, sheet.width)};
    }
    const LayoutUnit left = box.margin.left + box.border.left + box.padding.left;
    const LayoutUnit top = box.margin.top + box.border.top + box.padding.top;
    const LayoutUnit one = LayoutUnit::from_px(1);
    box.area = {left, top, std::max(one, sheet.width - left - box.margin.right - box.border.right - box.padding.right),
                std::max(one, sheet.height - top - box.margin.bottom - box.border.bottom - box.padding.bottom)};
    return box;
}

bool PageFlow::must_be_blank(int number) const {
    if (token_ == nullptr || !token_->forced) return false;
    const bool wants_right = token_->side == BreakBetween::Right || token_->side == BreakBetween::Recto;
    const bool wants_left = token_->side == BreakBetween::Left || token_->side == BreakBetween::Verso;
    return (wants_right && !is_right(number)) || (wants_left && is_right(number));
}

void PageFlow::lay_flow(LaidPage& page) {
    const Rect& area = page.box.area;
    context_.page_height = area.height;
    context_.has_positioned = false;
    const Box& root = *context_.tree.root;
    const Edges edges = resolve_edges(root, area.width);
    const BlockPlacement placement = place_block(context_, root, area.width, edges);
    Space space;
    space.width = placement.width;
    space.container_width = area.width;
    space.container_height = area.height;
    const LayoutUnit above = token_ == nullptr ? edges.margin.top : LayoutUnit();
    space.page = std::max(LayoutUnit::from_px(1), area.height - above);
    const LayoutResult result = layout_box(context_, root, space, token_);
    token_ = result.token;
    page.root = result.fragment;
    if (page.root == nullptr) return;
    page.root->offset = {area.x + placement.left, area.y + above};
    if (context_.has_positioned) resolve_positioned(context_, *page.root, page.root->offset, area);
}

bool PageFlow::next(LaidPage& page) {
    if (done_ || context_.tree.root == nullptr) return false;
    page = {};
    ++number_;
    PageContext context;
    context.number = number_;
    context.first = number_ == 1;
    context.right = is_right(number_);
    context.blank = must_be_blank(number_);
    if (context_.tree.uses_page_names)
        context.name = std::string(start_page_name(token_ != nullptr ? *resumed_box(token_) : *context_.tree.root));
    page.box = make_page_box(context_.styled, context);
    if (!context.blank) lay_flow(page);
    for (const Box* box : context_.tree.fixed) {
        Fragment* fragment = layout_positioned(context_, *box, page.box.area, {page.box.area.x, page.box.area.y});
        if (fragment == nullptr) continue;
        resolve_positioned(context_, *fragment, fragment->offset, page.box.area);
        page.fixed.push_back(fragment);
    }
    if (!context.blank && token_ == nullptr) done_ = true;
    return !context_.stopped;
}

}  // namespace galley::document
