// @page: which rules hold for a page, and the style of its page box and margin boxes.
// https://drafts.csswg.org/css-page-3/#page-model
#include <algorithm>

#include "document/style/styled_document.h"

namespace galley::document {

namespace {

bool selects(const PageSelector& selector, const PageContext& page) {
    if (!selector.name.empty() && selector.name != page.name) return false;
    if ((selector.first && !page.first) || (selector.blank && !page.blank)) return false;
    if ((selector.left && page.right) || (selector.right && !page.right)) return false;
    if (!selector.nth) return true;
    const auto [a, b] = *selector.nth;
    const std::int64_t rest = std::int64_t{page.number} - b;
    return a == 0 ? rest == 0 : rest % a == 0 && rest / a >= 0;
}

struct Defaults {
    TextAlign text_align;
    VerticalAlign vertical_align;
};

// CSS Page 3 §5.3 "default values", by MarginBox.
constexpr Defaults kDefaults[kMarginBoxCount] = {
    {TextAlign::Right, VerticalAlign::Middle},  {TextAlign::Left, VerticalAlign::Middle},
    {TextAlign::Center, VerticalAlign::Middle}, {TextAlign::Right, VerticalAlign::Middle},
    {TextAlign::Left, VerticalAlign::Middle},   {TextAlign::Center, VerticalAlign::Top},
    {TextAlign::Center, VerticalAlign::Middle}, {TextAlign::Center, VerticalAlign::Bottom},
    {TextAlign::Left, VerticalAlign::Middle},   {TextAlign::Right, VerticalAlign::Middle},
    {TextAlign::Center, VerticalAlign::Middle}, {TextAlign::Left, VerticalAlign::Middle},
    {TextAlign::Right, VerticalAlign::Middle},  {TextAlign::Center, VerticalAlign::Bottom},
    {TextAlign::Center, VerticalAlign::Middle}, {TextAlign::Center, VerticalAlign::Top}};

constexpr int kPageBox = -1;

}  // namespace

// Weakest first: by origin, then by specificity and order.
std::vector<const PageRule*> StyledDocumentImpl::page_rules(const PageContext& page) const {
    std::vector<const PageRule*> out;
    const auto weight = [](const PageRule* rule) { return std::pair(rule->origin, rule->selector.specificity); };
    const auto collect = [&](const StyleSheet& sheet) {  // insertion keeps the order of equals; page rules are few
        for (const PageRule& rule : sheet.pages)
            if (selects(rule.selector, page))
                out.insert(std::ranges::upper_bound(out, weight(&rule), {}, weight), &rule);
    };
    collect(user_agent_sheet());
    for (const StyleSheet& sheet : sheets_) collect(sheet);
    return out;
}

void StyledDocumentImpl::add_page_blocks(CascadeInput& input, const std::vector<const PageRule*>& rules,
                                         int box) const {
    for (const PageRule* rule : rules) {
        const DeclarationBlock* block =
            box == kPageBox ? rule->page : rule->margin_boxes[static_cast<std::size_t>(box)];
        if (block == nullptr) continue;
        input.blocks.push_back({block, rule->base_url, rule->origin});
    }
}

PageStyle StyledDocumentImpl::page_style(const PageContext& page) {
    const std::vector<const PageRule*> rules = page_rules(page);
    const auto [entry, fresh] = pages_.try_emplace(rules);
    if (!fresh) return entry->second;
    PageStyle& out = entry->second;
    CascadeInput input;
    input.parent = root_ != nullptr ? &root_->style : &initial_style();
    input.parent_custom = root_ != nullptr ? root_->custom.get() : nullptr;
    input.lengths = length_context();
    input.context = BoxContext::Page;
    add_page_blocks(input, rules, kPageBox);
    Computed computed = compute_style(input, made_);
    const Size a4{LayoutUnit::from_raw(50797), LayoutUnit::from_raw(71841)};
    out.size = computed.page_size.value_or(a4);
    computed.style.display = Display::Block;
    share_text(computed.style);
    out.page = &loose_styles_.emplace_back(std::move(computed.style));
    for (int box = 0; box < kMarginBoxCount; ++box) make_margin_box(box, rules, *out.page, out);
    return out;
}

void StyledDocumentImpl::make_margin_box(int box, const std::vector<const PageRule*>& rules, const ComputedStyle& page,
                                         PageStyle& out) {
    CascadeInput input;
    add_page_blocks(input, rules, box);
    if (input.blocks.empty()) return;
    const auto index = static_cast<std::size_t>(box);
    input.parent = &page;
    input.parent_custom = root_ != nullptr ? root_->custom.get() : nullptr;
    input.lengths = length_context();
    input.context = BoxContext::Page;
    input.keeps_text_align = true;
    input.default_text_align = kDefaults[index].text_align;
    input.default_vertical_align = kDefaults[index].vertical_align;
    Computed computed = compute_style(input, made_);
    if (!computed.style.content) return;
    computed.style.display = Display::Block;
    share_text(computed.style);
    out.margin_boxes[index] = &loose_styles_.emplace_back(std::move(computed.style));
}

}  // namespace galley::document
