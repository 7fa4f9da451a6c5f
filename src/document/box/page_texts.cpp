#include "document/box/page_texts.h"

#include "document/box/counter_text.h"

namespace galley::document {

namespace {

constexpr int kPageCountPlaceholder = 10;

bool has_own_width(const ComputedStyle& style) {
    const auto by_content = [](const Length& length) {
        return length.kind == Length::Kind::MinContent || length.kind == Length::Kind::MaxContent ||
               length.kind == Length::Kind::FitContent;
    };
    return !by_content(style.width) && !by_content(style.min_width) && !by_content(style.max_width);
}

}  // namespace

bool depends_on_pages(const ContentItem& item) {
    using Kind = ContentItem::Kind;
    if (item.kind == Kind::Counter || item.kind == Kind::Counters) return item.name == "pages";
    if (item.kind != Kind::TargetCounter && item.kind != Kind::TargetCounters) return false;
    return item.name == "page" || item.name == "pages";
}

int page_count(const PageFacts* facts) {
    return facts != nullptr ? facts->page_count : kPageCountPlaceholder;
}

std::string target_page(std::string_view target, std::string_view name, std::string_view style, const PageFacts* facts,
                        const CounterStyles& styles) {
    if (facts == nullptr) return "00";
    if (name == "pages") return counter_text(facts->page_count, style, styles);
    if (target.starts_with('#')) target.remove_prefix(1);
    const auto found = facts->anchor_page.find(target);
    return found == facts->anchor_page.end() ? "" : counter_text(found->second, style, styles);
}

bool stays_in_lines(const Box& text) {
    for (const Box* box = text.parent; box != nullptr; box = box->parent) {
        const bool plain = box->kind == BoxKind::Inline || (box->kind == BoxKind::Block && !box->inline_level);
        const bool item = box->parent != nullptr && box->parent->kind == BoxKind::Flex;
        if (!plain || item || !box->in_flow() || box->style->position == Position::Running) return false;
        if (box->kind == BoxKind::Block && !has_own_width(*box->style)) return false;
    }
    return true;
}

std::string page_text(const ContentItem& item, const PageFacts* facts, const CounterStyles& styles) {
    using Kind = ContentItem::Kind;
    if (item.kind == Kind::Counter || item.kind == Kind::Counters)
        return counter_text(page_count(facts), item.counter_style, styles);
    return target_page(item.target, item.name, item.counter_style, facts, styles);
}

}  // namespace galley::document
