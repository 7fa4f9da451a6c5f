#include "document/layout/page_layout.h"

#include <algorithm>
#include <ranges>
#include <vector>

#include "document/box/box_builder.h"
#include "document/layout/box_geometry.h"
#include "document/layout/break_rules.h"
#include "document/layout/page_sources.h"
#include "document/layout/positioned.h"

namespace galley::document {

namespace {

// The page's name is that of the box on whose start the flow goes on; where only floats do, the name stays.
std::string_view page_name_at(const BreakToken* token) {
    while (token->child != nullptr && token->child_token != nullptr) token = token->child_token;
    if (token->finished) return end_page_name(*token->box);
    return start_page_name(token->child != nullptr ? *token->child : *token->box);
}

const BreakToken* without_force(LayoutContext& context, const BreakToken* token) {
    if (token == nullptr) return nullptr;
    const BreakToken* first = nullptr;
    const BreakToken** place = &first;
    for (; token != nullptr; token = token->child_token) {
        BreakToken& copy = context.make_token(*token->box);
        copy = *token;
        copy.forced = false;
        *place = &copy;
        place = &copy.child_token;
    }
    return first;
}

// Where the content of an ordinary block begins in the page's area: there fixed boxes in it stand that are not told
// where to. A container of another kind is passed over.
LayoutUnit content_start(LayoutContext& context, const Box* container, LayoutUnit page_width) {
    std::vector<const Box*> blocks;
    for (; container != nullptr; container = container->parent) {
        if (container->kind == BoxKind::Inline) continue;
        if (container->kind != BoxKind::Block || container->floating || container->positioned) blocks.clear();
        if (container->kind == BoxKind::Block && !container->floating && !container->positioned)
            blocks.push_back(container);
    }
    LayoutUnit start, width = page_width;
    for (const Box* block : std::views::reverse(blocks)) {
        const Edges edges = resolve_edges(*block, width);
        const BlockPlacement placement = place_block(context, *block, width, edges);
        start += placement.left + edges.border.left + edges.padding.left;
        width = std::max(LayoutUnit(), placement.width - edges.inline_sum());
    }
    return start;
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

namespace {

bool must_be_blank(const BreakToken* token, int number) {
    if (token == nullptr || !token->forced) return false;
    const bool wants_right = token->side == BreakBetween::Right || token->side == BreakBetween::Recto;
    const bool wants_left = token->side == BreakBetween::Left || token->side == BreakBetween::Verso;
    return (wants_right && !is_right(number)) || (wants_left && is_right(number));
}

}  // namespace

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
    const LayoutUnit above = page.start == nullptr ? edges.margin.top : LayoutUnit();
    space.page = std::max(LayoutUnit::from_px(1), area.height - above);
    const LayoutResult result = layout_box(context_, root, space, page.start);
    page.end = result.token;
    page.root = result.fragment;
    if (page.root == nullptr) return;
    page.root->offset = {area.x + placement.left, area.y + above};
    if (context_.has_positioned) resolve_positioned(context_, *page.root, page.root->offset, area);
}

// https://www.w3.org/TR/css-page-3/#page-based-counters — the page counter grows by itself unless the page's style
// names it.
void PageFlow::count(const ComputedStyle& page) {
    bool named = false;
    for (const CounterChange& change : page.counter_reset) {
        counters_[change.name] = change.value;
        named |= change.name == "page";
    }
    for (const CounterChange& change : page.counter_set) {
        counters_[change.name] = change.value;
        named |= change.name == "page";
    }
    for (const CounterChange& change : page.counter_increment) {
        counters_[change.name] += change.value;
        named |= change.name == "page";
    }
    if (!named) ++counters_["page"];
}

void PageFlow::lay_fixed(LaidPage& page) {
    for (const auto& [box, container] : context_.tree.fixed) {
        if (!context_.tree.page_contents.empty()) {
            PageSources sources(page.counters, page_count_, context_.styled.counter_styles());
            refresh_page_contents(context_.tree, *box, sources);
        }
        Fragment* fragment = layout_positioned(
            context_, *box, page.box.area,
            {page.box.area.x + content_start(context_, container, page.box.area.width), page.box.area.y}, false);
        if (fragment == nullptr) continue;
        resolve_positioned(context_, *fragment, fragment->offset, page.box.area);
        page.fixed.push_back(fragment);
    }
}

// `known`: the counters of the page, when it is laid out again.
LaidPage PageFlow::lay(const BreakToken* start, int number, const PageCounters* known) {
    LaidPage page;
    page.start = page.end = start;
    PageContext context;
    context.number = number;
    context.first = number == 1;
    context.right = is_right(number);
    context.blank = must_be_blank(start, number);
    if (context_.tree.uses_page_names && !context.blank)
        context.name = std::string(start != nullptr ? page_name_at(start) : start_page_name(*context_.tree.root));
    page.box = make_page_box(context_.styled, context);
    if (known == nullptr && page.box.style.page != nullptr) count(*page.box.style.page);
    page.counters = known != nullptr ? *known : counters_;
    context_.has_page_texts = false;
    context_.first_page = number == 1;
    context_.margins_stay = !context.name.empty();  // as in WeasyPrint; CSS makes no difference
    if (!context.blank) lay_flow(page);
    lay_fixed(page);
    page.has_page_texts = context_.has_page_texts;
    return page;
}

bool PageFlow::next(LaidPage& page) {
    if (done_ || context_.tree.root == nullptr) return false;
    page = lay(token_, ++number_, nullptr);
    // A blank page has answered the forced break: what follows loses its margin as at other pages' starts. CSS would
    // keep it; users of WeasyPrint know it so.
    token_ = page.box.context.blank ? without_force(context_, page.end) : page.end;
    done_ = !page.box.context.blank && token_ == nullptr;
    return !context_.stopped;
}

}  // namespace galley::document
