#include <algorithm>

#include "document/layout/box_geometry.h"
#include "document/layout/content_layout.h"
#include "document/layout/inline_content.h"
#include "document/layout/line_builder.h"

namespace galley::document {

namespace {

struct PlacedLine {
    Fragment* before;  // last child ahead of the line
    InlinePosition start;
    LayoutUnit top;
    std::size_t floats;
};

class LineFlow {
 public:
    LineFlow(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
             const BreakToken* token)
        : context_(context),
          box_(box),
          fragment_(fragment),
          space_(space),
          token_(token),
          content_(inline_content(context, box)),
          font_(context.font(box.text_style())) {
        if (token != nullptr) position_ = token->line;
        next_float_ = position_.item;
        context.has_page_texts |= content_.has_page_texts;
    }
    ContentResult run();

 private:
    LineRange next_range();
    LayoutUnit float_in_line(std::uint32_t item, LayoutUnit used, LayoutUnit available);
    bool add_line(const LineRange& range);
    void find_band();
    ContentResult break_here();
    ContentResult finish() const;
    std::uint32_t lines_left(std::uint32_t enough);
    bool has_placeholders(const LineRange& range) const;
    void place_deferred();
    bool first_line() const { return token_ == nullptr && position_ == InlinePosition{}; }
    LayoutUnit indent() const {
        const Length& length = box_.text_style().text_indent;
        return first_line() && length.is_value() ? length.resolve(space_.width) : LayoutUnit();
    }

    LayoutContext& context_;
    const Box& box_;
    Fragment& fragment_;
    const ContentSpace& space_;
    const BreakToken* token_;
    const InlineContent& content_;
    const FontFacts& font_;
    InlinePosition position_;
    std::uint32_t next_float_ = 0;
    std::pmr::vector<PlacedLine> lines_{context_.page_arena};
    std::pmr::vector<const Box*> deferred_{context_.page_arena};  // floats that wait for the end of their line
    LayoutUnit y_, left_, width_;
    bool float_refused_ = false;
};

void LineFlow::find_band() {
    left_ = {};
    width_ = space_.width;
    if (space_.floats == nullptr || space_.floats->empty()) return;
    const LayoutUnit edge = space_.in_context.x;
    const FloatContext::Band band =
        space_.floats->band(space_.in_context.y + y_, font_.line_height, edge, edge + space_.width);
    left_ = band.left - edge;
    width_ = std::max(LayoutUnit(), band.right - band.left);
}

LayoutUnit LineFlow::float_in_line(std::uint32_t item, LayoutUnit used, LayoutUnit available) {
    if (item < next_float_ || float_refused_) return {};
    const Box& box = *content_.items[item].box;
    const LayoutUnit outer = atomic_width(context_, box, space_.width);
    if (used > LayoutUnit() && outer > available - used) {
        next_float_ = item + 1;
        deferred_.push_back(&box);
        return {};
    }
    const LayoutUnit before = width_;
    Fragment* placed = place_float(context_, box, space_, {y_, !space_.at_top || fragment_.first_child != nullptr});
    if (placed == nullptr) {
        float_refused_ = true;
        return {};
    }
    next_float_ = item + 1;
    fragment_.append(*placed);
    find_band();
    return before - width_;
}

// A line that only overflows because of floats moves below them.
LineRange LineFlow::next_range() {
    for (;;) {
        find_band();
        const PlaceFloat place = [this](std::uint32_t item, LayoutUnit used, LayoutUnit available) {
            return float_in_line(item, used, available);
        };
        const LineRange range = break_line(context_, content_, position_, width_ - indent(), space_.width, place);
        if (range.width <= width_ || width_ >= space_.width || space_.floats == nullptr) return range;
        const LayoutUnit edge = space_.floats->next_edge(space_.in_context.y + y_);
        if (edge == LayoutUnit::max()) return range;
        y_ = edge - space_.in_context.y;
    }
}

bool LineFlow::has_placeholders(const LineRange& range) const {
    for (std::uint32_t i = range.begin.item; i < range.end.item; ++i)
        if (content_.items[i].kind == InlineItem::Kind::Positioned) return true;
    return false;
}

void LineFlow::place_deferred() {
    for (const Box* box : deferred_)
        if (Fragment* placed = place_float(context_, *box, space_, {y_})) fragment_.append(*placed);
    deferred_.clear();
}

// False: the line does not fit on the page.
bool LineFlow::add_line(const LineRange& range) {
    Fragment* before = fragment_.last_child;
    if (!range.content && !has_placeholders(range)) return true;
    Fragment& line = build_line(context_, box_, content_, range, {left_, width_, indent(), space_.width});
    if (!range.content) line.size.height = {};
    const bool fits = space_.page == LayoutUnit::max() || y_ + line.size.height <= space_.page;
    if (!fits && range.content && !(space_.at_top && lines_.empty())) return false;
    line.offset = space_.in_fragment + Point{{}, y_};
    if (range.content)
        lines_.push_back({before, range.begin, y_, space_.floats != nullptr ? space_.floats->mark() : 0});
    fragment_.append(line);
    if (range.content) note_baseline(fragment_, line);
    y_ += line.size.height;
    return true;
}

std::uint32_t LineFlow::lines_left(std::uint32_t enough) {
    const PlaceFloat ignore = [](std::uint32_t, LayoutUnit, LayoutUnit) { return LayoutUnit(); };
    InlinePosition at = position_;
    std::uint32_t count = 0;
    while (at.item < content_.items.size() && count < enough) {
        const LineRange range = break_line(context_, content_, at, space_.width, space_.width, ignore);
        if (range.content) ++count;
        at = range.next;
    }
    return count;
}

// https://www.w3.org/TR/css-break-3/#widows-orphans — the line at position_ begins the next page, or an earlier one.
ContentResult LineFlow::break_here() {
    const InheritedStyle& style = box_.text_style();
    const auto widows = static_cast<std::uint32_t>(std::clamp(style.widows, 1, 1000));
    const auto orphans = token_ != nullptr ? 1U : static_cast<std::uint32_t>(std::clamp(style.orphans, 1, 1000));
    const auto placed = static_cast<std::uint32_t>(lines_.size());
    ContentResult result;
    if (placed == 0) {
        result.refused = true;
        return result;
    }
    const std::uint32_t left = lines_left(widows);
    std::uint32_t keep = placed - std::min(placed, widows - std::min(left, widows));
    if (keep < orphans) {
        result.appeal = Appeal::Violating;
        keep = space_.at_top && keep >= 1 ? keep : placed;
    }
    LayoutUnit end = y_;
    if (keep < placed) {
        const PlacedLine& cut = lines_[keep];
        position_ = cut.start;
        end = cut.top;
        fragment_.truncate(cut.before);
        if (space_.floats != nullptr) space_.floats->release(cut.floats);
    }
    result.token = &context_.make_token(box_);
    result.token->line = position_;
    result.height = end;
    return result;
}

ContentResult LineFlow::run() {
    const auto count = static_cast<std::uint32_t>(content_.items.size());
    while (position_.item < count && !context_.stopped) {
        const LineRange range = next_range();
        if (float_refused_ || !add_line(range)) return break_here();
        place_deferred();
        position_ = range.next;
    }
    ContentResult result;
    result.height = y_;
    return result;
}

}  // namespace

void note_baseline(Fragment& parent, const Fragment& child) {
    const bool line = child.kind == FragmentKind::Line;
    if (!line && !child.has_baseline) return;
    if (!parent.has_baseline) parent.first_baseline = child.offset.y + (line ? child.baseline : child.first_baseline);
    parent.baseline = child.offset.y + child.baseline;
    parent.has_baseline = true;
}

ContentResult layout_lines(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
                           const BreakToken* token) {
    return LineFlow(context, box, fragment, space, token).run();
}

}  // namespace galley::document
