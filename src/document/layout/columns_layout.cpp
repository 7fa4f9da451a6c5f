#include "document/layout/columns_layout.h"

#include <algorithm>
#include <utility>

#include "document/layout/box_geometry.h"
#include "document/layout/break_rules.h"

namespace galley::document {

namespace {

constexpr int kBalancedDepthMax = 2;
constexpr int kColumnsMax = 1000;
constexpr int kFineStepsMax = 32;  // of balancing; then steps grow

struct Columns {
    int count = 1;
    LayoutUnit width, gap;
};

// https://www.w3.org/TR/css-multicol-1/#pseudo-algorithm
Columns used_columns(const Box& box, LayoutUnit available) {
    const RareStyle& rare = *box.style->rare;
    const Length& gap = box.style->column_gap;
    Columns columns;
    columns.gap = gap.is_value() ? std::max(LayoutUnit(), gap.resolve(available))
                                 : LayoutUnit::from_px(box.text_style().font_size_px);
    columns.count = rare.column_count > 0 ? rare.column_count : kColumnsMax;
    if (rare.column_width.is_value()) {
        const LayoutUnit step = std::max(LayoutUnit::from_px(1), rare.column_width.px) + columns.gap;
        columns.count = std::min(columns.count, (available + columns.gap).raw() / step.raw());
    }
    columns.count = std::clamp(columns.count, 1, kColumnsMax);
    columns.width = std::max(LayoutUnit(), (available - columns.gap * (columns.count - 1)) / columns.count);
    return columns;
}

bool spans_columns(const Box& box) {
    return box.in_flow() && !box.inline_level && box.style->rare && box.style->rare->column_spans;
}

// Content between two spanning boxes, or one of these by itself.
struct Group {
    const BreakToken* start = nullptr;
    const Box* until = nullptr;
    Columns columns;
};

// One attempt to lay a group in columns of some height.
struct Attempt {
    std::vector<Fragment*> columns;
    LayoutUnit height;
    LayoutUnit filled;                       // height without the margin below the last box
    LayoutUnit consumed;                     // by all columns, each with the margin of its last box
    LayoutUnit lacking = LayoutUnit::max();  // the least that some column lacked to take its next box, too
    BreakToken* rest = nullptr;
    std::vector<FloatRest> float_rests;
    bool refused = false;
    bool violating = false;  // some column ends where it should not
    bool ends_page() const { return rest != nullptr && rest->forced && is_forced(rest->side); }
    bool done() const { return !refused && rest == nullptr && float_rests.empty(); }
};

class ColumnFlow {
 public:
    ColumnFlow(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
               const BreakToken* token)
        : context_(context),
          box_(box),
          fragment_(fragment),
          space_(space),
          token_(token),
          columns_(used_columns(box, space.width)) {}
    ContentResult run();

 private:
    bool add_group(const Group& group);
    Attempt lay(const Group& group, LayoutUnit height);
    LayoutUnit lay_column(const Group& group, Attempt& attempt, const ContentSpace& inner);
    LayoutUnit consumed_by(const Fragment& column, LayoutUnit height) const;
    LayoutUnit next_height(const Group& group, const BreakToken& rest);
    Attempt balance(const Group& group, Attempt filled, LayoutUnit limit);
    LayoutUnit limit() const;
    LayoutUnit left_of(const Group& group, std::size_t column) const;
    const BreakToken* start_at(const Box& child);
    void accept(const Group& group, const Attempt& attempt);
    void add_rules(const Group& group, const Attempt& attempt);
    void end_page(const Group& group, const Attempt& attempt);

    LayoutContext& context_;
    const Box& box_;
    Fragment& fragment_;
    const ContentSpace& space_;
    const BreakToken* token_;
    Columns columns_;
    bool strict_ = false;  // while columns are balanced that need not end where they should not
    LayoutUnit y_;
    std::vector<GridLine> rules_;
    ContentResult result_;
};

LayoutUnit ColumnFlow::limit() const {
    LayoutUnit limit = page_left(space_.page, y_);
    if (space_.height) limit = std::min(limit, std::max(LayoutUnit(), *space_.height - y_));
    return limit;
}

LayoutUnit ColumnFlow::left_of(const Group& group, std::size_t column) const {
    const auto count = static_cast<std::size_t>(group.columns.count);
    const bool rtl = box_.text_style().direction == Direction::Rtl;
    const auto place = static_cast<int>(rtl ? count - 1 - column : column);
    return (group.columns.width + group.columns.gap) * place;
}

// The column's height; attempt.rest and float_rests say what goes on in the next one.
LayoutUnit ColumnFlow::lay_column(const Group& group, Attempt& attempt, const ContentSpace& inner) {
    Fragment& column = context_.make_fragment(FragmentKind::Box, box_);
    for (const FloatRest& rest : attempt.float_rests) {
        ContentSpace space = inner;
        space.width = rest.width;
        space.in_context.x += rest.left;
        space.in_fragment.x += rest.left;
        if (Fragment* placed = place_float(context_, *rest.box, space, {{}, false, rest.token})) column.append(*placed);
    }
    ContentResult content;
    const bool begins = attempt.columns.empty();
    if (begins || attempt.rest != nullptr) {
        const BreakToken* from = begins ? group.start : attempt.rest;
        if (from == nullptr || !from->finished)
            content = box_.children_inline ? layout_lines(context_, box_, column, inner, from)
                                           : layout_blocks(context_, box_, column, inner, from);
    }
    attempt.refused = content.refused;
    attempt.rest = content.token;
    attempt.violating |= content.token != nullptr && content.appeal == Appeal::Violating;
    attempt.float_rests = inner.floats->rests();
    attempt.columns.push_back(&column);
    LayoutUnit height = content.height;
    if (!inner.floats->empty()) height = std::max(height, inner.floats->bottom());
    attempt.filled = std::max(attempt.filled, height);
    const bool fills = content.token != nullptr && content.token->child_token != nullptr && !content.token->forced &&
                       inner.page != LayoutUnit::max();
    if (fills) height = std::max(height, inner.page);  // a box that goes on reaches down to its column's end
    const LayoutUnit consumed = fills ? height : consumed_by(column, content.height);
    attempt.consumed += consumed;
    if (context_.balancing > 0 && content.token != nullptr && !attempt.violating) {
        const LayoutUnit lacking = next_height(group, *content.token) - (inner.page - consumed);
        if (lacking > LayoutUnit::from_px(1)) attempt.lacking = std::min(attempt.lacking, lacking);
    }
    return content.token == nullptr ? std::max(height, content.height + content.end_strut.sum()) : height;
}

Attempt ColumnFlow::lay(const Group& group, LayoutUnit height) {
    Attempt attempt;
    if (group.start != nullptr) attempt.float_rests.assign(group.start->floats.begin(), group.start->floats.end());
    for (int i = 0; i < group.columns.count && !context_.stopped; ++i) {
        FloatContext floats;
        ContentSpace inner;
        inner.width = group.columns.width;
        inner.page = height;
        inner.at_top = i > 0 || (space_.at_top && y_ == LayoutUnit());
        inner.floats = &floats;
        inner.in_fragment = space_.in_fragment + Point{left_of(group, static_cast<std::size_t>(i)), y_};
        inner.until = group.until;
        // Nothing ends the last column of a height that is given where there are no pages.
        if (i + 1 == group.columns.count && space_.page == LayoutUnit::max()) inner.page = LayoutUnit::max();
        const bool margins_stayed = std::exchange(context_.margins_stay, context_.margins_stay || context_.first_page);
        const bool was_in_columns = std::exchange(context_.in_columns, true);
        const LayoutUnit used = lay_column(group, attempt, inner);
        context_.in_columns = was_in_columns;
        context_.margins_stay = margins_stayed;
        attempt.height = std::max(attempt.height, used);
        if (attempt.refused || attempt.done() || (strict_ && attempt.violating) ||
            (attempt.ends_page() && space_.page != LayoutUnit::max()))
            break;
    }
    return attempt;
}

// Balancing counts the margin below a column's last box, as WeasyPrint does.
LayoutUnit ColumnFlow::consumed_by(const Fragment& column, LayoutUnit height) const {
    const Fragment* last = column.last_child;
    if (last == nullptr || last->kind != FragmentKind::Box || last->box == nullptr || !last->has_end) return height;
    return last->box->in_flow() ? height + resolve_edges(*last->box, columns_.width).margin.bottom : height;
}

// Of the least with which the next column could begin: a line, a box that is not broken.
LayoutUnit ColumnFlow::next_height(const Group& group, const BreakToken& rest) {
    FloatContext floats;
    ContentSpace inner;
    inner.width = group.columns.width;
    inner.page = LayoutUnit::from_raw(1);
    inner.at_top = true;
    inner.floats = &floats;
    inner.until = group.until;
    Fragment& column = context_.make_fragment(FragmentKind::Box, box_);
    const ContentResult content = box_.children_inline ? layout_lines(context_, box_, column, inner, &rest)
                                                       : layout_blocks(context_, box_, column, inner, &rest);
    const Fragment* first = column.first_child;
    return first != nullptr ? consumed_by(column, content.height) - first->offset.y : LayoutUnit();
}

// CSS leaves the way open; this is WeasyPrint's: from the average height on, by the least that a next box has lacked.
Attempt ColumnFlow::balance(const Group& group, Attempt filled, LayoutUnit limit) {
    if (group.columns.count == 1 || context_.balancing >= kBalancedDepthMax) return filled;
    ++context_.balancing;
    strict_ = !filled.violating;
    LayoutUnit height = filled.consumed / group.columns.count;
    LayoutUnit lacking = LayoutUnit::max();
    for (int step = 0; height < std::min(limit, filled.filled) && !context_.stopped; ++step) {
        Attempt attempt = lay(group, height);
        if (attempt.done() && attempt.filled <= height && !(strict_ && attempt.violating)) {
            filled = std::move(attempt);
            break;
        }
        lacking = std::min(lacking, attempt.lacking);
        LayoutUnit more = lacking == LayoutUnit::max() ? LayoutUnit::from_px(1) : lacking;
        if (step >= kFineStepsMax) more = std::max(more, height / 8);
        height += more;
    }
    strict_ = false;
    --context_.balancing;
    return filled;
}

void ColumnFlow::add_rules(const Group& group, const Attempt& attempt) {
    const Border& rule = box_.style->rare->column_rule;
    if (rule.width <= LayoutUnit() || rule.style == BorderStyle::None) return;
    for (std::size_t i = 1; i < attempt.columns.size(); ++i) {
        if (attempt.columns[i]->first_child == nullptr) continue;
        const LayoutUnit left = std::max(left_of(group, i), left_of(group, i - 1));
        const Point from = space_.in_fragment + Point{left - group.columns.gap / 2, y_};
        rules_.push_back({from, from + Point{{}, attempt.height}, rule});
    }
}

void ColumnFlow::accept(const Group& group, const Attempt& attempt) {
    for (Fragment* column : attempt.columns) {
        if (!fragment_.has_baseline && column->has_baseline) {
            fragment_.has_baseline = true;
            fragment_.first_baseline = column->first_baseline;
        }
        if (column->has_baseline) fragment_.baseline = std::max(fragment_.baseline, column->baseline);
        for (Fragment* child = column->first_child; child != nullptr;) {
            Fragment* const next = child->next;
            fragment_.append(*child);
            child = next;
        }
    }
    add_rules(group, attempt);
    y_ += attempt.height;
}

void ColumnFlow::end_page(const Group& group, const Attempt& attempt) {
    BreakToken* token = attempt.rest;
    if (attempt.refused) {
        token = &context_.make_token(box_);
        *token = *group.start;
    }
    if (token == nullptr) {
        token = &context_.make_token(box_);
        token->child = group.until;
        token->finished = group.until == nullptr;
    }
    if (!attempt.float_rests.empty()) {
        const std::span<FloatRest> kept = context_.box_span<FloatRest>(attempt.float_rests.size());
        std::ranges::copy(attempt.float_rests, kept.begin());
        token->floats = kept;
    }
    result_.token = token;
}

// False: the page ends.
bool ColumnFlow::add_group(const Group& group) {
    const LayoutUnit height = limit();
    const bool unbounded = height == LayoutUnit::max();
    Attempt attempt;
    if (unbounded) {  // as high as all of it in one column, which is then balanced
        Group one = group;
        one.columns.count = 1;
        attempt = lay(one, height);
        if (group.columns.count > 1) attempt = lay(group, attempt.height);
    } else {
        attempt = lay(group, height);
    }
    if (attempt.refused && y_ == LayoutUnit()) {
        result_.refused = true;
        return false;
    }
    const bool fills = box_.style->rare->columns_fill && space_.height;
    if (attempt.done() && !fills) attempt = balance(group, std::move(attempt), height);
    if (!attempt.refused) accept(group, attempt);
    if (!attempt.done()) end_page(group, attempt);
    return attempt.done();
}

const BreakToken* ColumnFlow::start_at(const Box& child) {
    BreakToken& token = context_.make_token(box_);
    token.child = &child;
    token.forced = true;  // its margin stays
    return &token;
}

ContentResult ColumnFlow::run() {
    const Box* child = token_ != nullptr && token_->child != nullptr ? token_->child : box_.first_child;
    const BreakToken* start = token_;
    if (token_ != nullptr && token_->finished) child = nullptr;
    do {
        Group group{start, nullptr, columns_};
        if (child != nullptr && !box_.children_inline) {
            const bool spanning = spans_columns(*child);
            if (spanning) group.columns = {1, space_.width, {}};
            group.until = child->next;
            while (!spanning && group.until != nullptr && !spans_columns(*group.until)) group.until = group.until->next;
        }
        if (!add_group(group)) break;
        child = group.until;
        if (child != nullptr) start = start_at(*child);
    } while (child != nullptr && !context_.stopped);
    result_.height = y_;
    if (!rules_.empty()) {
        const std::span<GridLine> kept = context_.page_span<GridLine>(rules_.size());
        std::ranges::copy(rules_, kept.begin());
        const std::span<TablePaint> paint = context_.page_span<TablePaint>(1);
        paint[0].lines = kept;
        fragment_.table = paint.data();
    }
    return result_;
}

}  // namespace

ContentResult layout_columns(LayoutContext& context, const Box& box, Fragment& fragment, const ContentSpace& space,
                             const BreakToken* token) {
    return ColumnFlow(context, box, fragment, space, token).run();
}

}  // namespace galley::document
