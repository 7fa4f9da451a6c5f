#include "document/layout/line_builder.h"

#include <algorithm>

#include "document/layout/box_geometry.h"
#include "document/layout/line_leaves.h"

namespace galley::document {

namespace {

constexpr std::string_view kEllipsis = "\u2026";

// Vertical reach around a baseline, downwards positive.
struct Extent {
    LayoutUnit top = LayoutUnit::max(), bottom = -LayoutUnit::max();
    void add(LayoutUnit from, LayoutUnit to) {
        top = std::min(top, from);
        bottom = std::max(bottom, to);
    }
    bool empty() const { return top > bottom; }
};

struct OpenBox {
    const Box* box = nullptr;
    Fragment* fragment = nullptr;  // null: the line itself
    LayoutUnit baseline;           // below the line's baseline
    const FontFacts* font = nullptr;
    int group = 0;  // index of the extent it counts in
};

// Boxes aligned to the line's top or bottom move together once its height is known.
struct AlignedGroup {
    Extent extent;
    VerticalAlign align = VerticalAlign::Baseline;
};

struct Built {
    Fragment* fragment;
    Fragment* parent;
    int group;
    bool below = false;  // placeholders: stands below the line
};

class Builder {
 public:
    Builder(LayoutContext& context, const Box& container, const InlineContent& content, const LineRange& range,
            const LineFrame& frame)
        : context_(context),
          container_(container),
          content_(content),
          items_(content.items),
          range_(range),
          frame_(frame),
          line_(context.make_fragment(FragmentKind::Line, container)) {}
    Fragment& run();

 private:
    void start();
    void reopen(const Box* box);
    void add(std::uint32_t index);
    // Left and right: the edges drawn, whatever the direction.
    void open(const Box& box, bool left_edge);
    void close(bool right_edge);
    void add_text(std::uint32_t index);
    void add_part(std::uint32_t index);
    void add_cut(TextPart part, const InlineItem& item);
    LayoutUnit ellipsis_width() const;
    void push_word(const ShapedWord& word, LayoutUnit x, LayoutUnit width);
    void flush_text();
    void run_visual();
    void place_visual(const VisualLine& line, std::size_t index);
    bool line_is_rtl() const;
    GlyphRange glyphs_on_line(std::uint32_t index) const;
    LayoutUnit part_width(GlyphRange glyphs, const InlineItem& item) const;
    bool gap_follows(std::uint32_t index) const;
    void justify(LayoutUnit rest, TextJustify how);
    LayoutUnit tab_position(std::uint32_t index) const;
    void find_limit();
    void add_atomic(const Box& box);
    void add_leader(const Box& box);
    void add_placeholder(const Box& box);
    void add_hyphen();
    void note_strut(const FontFacts& font, LayoutUnit baseline, int group);
    LayoutUnit shift(const Box& box, LayoutUnit top, LayoutUnit bottom, const OpenBox& parent) const;
    int group_for(const Box& box, const OpenBox& parent);
    void attach(Fragment& fragment);
    void align_inline();
    void finish();
    LayoutUnit free_width() const { return frame_.width - frame_.indent - range_.width; }
    bool vanishes(std::uint32_t index) const;

    LayoutContext& context_;
    const Box& container_;
    const InlineContent& content_;
    std::span<const InlineItem> items_;
    const LineRange& range_;
    const LineFrame& frame_;
    Fragment& line_;
    // In the page arena: a line is built thousands of times, and every allocation counts.
    std::pmr::vector<OpenBox> open_{context_.page_arena};
    std::pmr::vector<AlignedGroup> groups_{context_.page_arena};
    std::pmr::vector<Built> built_{context_.page_arena};
    std::pmr::vector<TextPart> parts_{context_.page_arena};
    const Box* text_box_ = nullptr;
    LayoutUnit x_, text_x_, space_extra_, letter_extra_, gap_extra_;
    bool seen_content_ = false;
    LayoutUnit limit_ = LayoutUnit::max();  // text-overflow: where text must end, so that the ellipsis fits
    bool cut_ = false;                      // the ellipsis stands: the rest of the line is not shown
};

void Builder::note_strut(const FontFacts& font, LayoutUnit baseline, int group) {
    const LayoutUnit top = baseline - font.ascent - font.half_leading_above();
    groups_[static_cast<std::size_t>(group)].extent.add(top, top + font.line_height);
}

// https://www.w3.org/TR/CSS21/visudet.html#propdef-vertical-align — how far the box's baseline lies below its parent's.
LayoutUnit Builder::shift(const Box& box, LayoutUnit top, LayoutUnit bottom, const OpenBox& parent) const {
    const ComputedStyle& style = *box.style;
    const LayoutUnit half_em = LayoutUnit::from_px(box.text_style().font_size_px / 2);
    switch (style.vertical_align) {
        case VerticalAlign::Sub:
            return half_em;
        case VerticalAlign::Super:
            return -half_em;
        case VerticalAlign::Middle:
            return -(parent.font->x_height / 2) - (top + bottom) / 2;
        case VerticalAlign::TextTop:
            return -parent.font->ascent - top;
        case VerticalAlign::TextBottom:
            return parent.font->descent - bottom;
        case VerticalAlign::Length:
            return -style.vertical_align_length.resolve(context_.font(box.text_style()).line_height);
        default:
            return {};
    }
}

int Builder::group_for(const Box& box, const OpenBox& parent) {
    const VerticalAlign align = box.style->vertical_align;
    if (align != VerticalAlign::Top && align != VerticalAlign::Bottom) return parent.group;
    groups_.push_back({{}, align});
    return static_cast<int>(groups_.size()) - 1;
}

// Offsets stay relative to the line's left edge and baseline until finish().
void Builder::attach(Fragment& fragment) {
    Fragment* parent = open_.back().fragment != nullptr ? open_.back().fragment : &line_;
    parent->append(fragment);
    built_.push_back({&fragment, parent, open_.back().group});
}

void Builder::open(const Box& box, bool left_edge) {
    flush_text();
    const OpenBox parent = open_.back();
    const FontFacts& font = context_.font(box.text_style());
    const LayoutUnit top = -font.ascent - font.half_leading_above();
    const int group = group_for(box, parent);
    const LayoutUnit baseline =
        group == parent.group ? parent.baseline + shift(box, top, top + font.line_height, parent) : LayoutUnit();
    const Edges edges = resolve_edges(box, frame_.container_width);
    Fragment& fragment = context_.make_fragment(FragmentKind::Box, box);
    fragment.has_start = left_edge;
    fragment.border = edges.border;
    fragment.padding = edges.padding;
    if (!fragment.has_start) fragment.border.left = fragment.padding.left = {};
    if (fragment.has_start) x_ += edges.margin.left;
    fragment.offset = {x_, baseline - font.ascent - edges.top()};
    fragment.size.height = font.ascent + font.descent + edges.block_sum();
    attach(fragment);
    built_.back().group = group;
    x_ += fragment.border.left + fragment.padding.left;
    open_.push_back({&box, &fragment, baseline, &font, group});
    note_strut(font, baseline, group);
}

void Builder::close(bool right_edge) {
    flush_text();
    if (open_.size() <= 1) return;
    const OpenBox top = open_.back();
    open_.pop_back();
    Fragment& fragment = *top.fragment;
    fragment.has_end = right_edge;
    if (!fragment.has_end) fragment.border.right = fragment.padding.right = {};
    x_ += fragment.border.right + fragment.padding.right;
    fragment.size.width = x_ - fragment.offset.x;
    if (fragment.has_end) x_ += resolve_edges(*top.box, frame_.container_width).margin.right;
}

bool Builder::vanishes(std::uint32_t index) const {
    return items_[index].collapsible && (index >= range_.content_end || !seen_content_);
}

void Builder::add_text(std::uint32_t index) {
    const InlineItem& item = items_[index];
    if (item.piece == PieceKind::ForcedBreak || vanishes(index)) return;
    seen_content_ = true;
    if (item.piece == PieceKind::SoftHyphen || cut_) return;
    if (item.piece == PieceKind::Tab) {
        flush_text();
        const LayoutUnit stop = tab_stop(context_, item.box->text_style());
        if (stop > LayoutUnit()) x_ += stop - LayoutUnit::from_raw((x_ - frame_.left).raw() % stop.raw());
        return;
    }
    add_part(index);
}

// What the text itself has not: hyphens, ellipses, leaders.
void Builder::push_word(const ShapedWord& word, LayoutUnit x, LayoutUnit width) {
    TextPart& part = parts_.emplace_back();
    part.word = &word;
    part.glyph_end = static_cast<std::uint32_t>(word.glyphs.size());
    part.x = x;
    part.width = width;
}

// Of glyphs counted in reading order, justified.
LayoutUnit Builder::part_width(GlyphRange glyphs, const InlineItem& item) const {
    const bool whole = glyphs.begin == 0 && glyphs.end == item.glyph_count;
    LayoutUnit width = whole ? item.width : glyph_width(item, glyphs.begin, glyphs.end);
    if (item.piece == PieceKind::Space) width += space_extra_ * static_cast<int>(glyphs.end - glyphs.begin);
    if (letter_extra_ != LayoutUnit()) width += letter_extra_ * static_cast<int>(glyphs.end - glyphs.begin);
    return width;
}

// Between item `index` and the next text on the line, edges of boxes aside.
bool Builder::gap_follows(std::uint32_t index) const {
    const std::uint32_t end = std::min(range_.content_end, range_.end.item + (range_.end.glyph > 0 ? 1U : 0U));
    std::uint32_t next = index + 1;
    while (next < end && (items_[next].kind == InlineItem::Kind::Open || items_[next].kind == InlineItem::Kind::Close))
        ++next;
    return next < end && items_[next].kind == InlineItem::Kind::Text && spreads_between(items_[index], items_[next]);
}

GlyphRange Builder::glyphs_on_line(std::uint32_t index) const {
    return {index == range_.begin.item ? range_.begin.glyph : 0,
            index == range_.end.item ? range_.end.glyph : items_[index].glyph_count};
}

void Builder::add_part(std::uint32_t index) {
    const InlineItem& item = items_[index];
    if (text_box_ != item.box || parts_.empty()) {
        flush_text();
        text_box_ = item.box;
        text_x_ = x_;
    }
    const GlyphRange glyphs = glyphs_on_line(index);
    const GlyphRange visual = visual_glyphs(item, glyphs.begin, glyphs.end);
    TextPart part;
    part.word = item.word;
    __builtin_prefetch(item.word);  // paint and the writer look into it soon
    part.glyph_begin = visual.begin;
    part.glyph_end = visual.end;
    part.x = x_ - text_x_;
    part.space = item.piece == PieceKind::Space;
    part.level = item.bidi_level;
    part.right_to_left = (item.bidi_level & 1U) != 0;
    part.width = part_width(glyphs, item);
    if (gap_extra_ > LayoutUnit() && glyphs.end == item.glyph_count && gap_follows(index)) {
        part.gap = gap_extra_;
        part.width += gap_extra_;
    }
    if (x_ + part.width > limit_) return add_cut(part, item);
    x_ += part.width;
    parts_.push_back(part);
}

// https://www.w3.org/TR/css-overflow-3/#text-overflow — as much of the part as fits, then the ellipsis.
void Builder::add_cut(TextPart part, const InlineItem& item) {
    const InheritedStyle& style = container_.text_style();
    const ShapedWord& word = context_.shaper.shape_word(kEllipsis, *context_.font(style).font, style);
    std::uint32_t end = part.glyph_begin;
    part.width = {};
    for (; end < part.glyph_end; ++end) {
        const LayoutUnit next = glyph_width(item, end, end + 1);
        if (x_ + part.width + next > limit_) break;
        part.width += next;
    }
    part.glyph_end = end;
    x_ += part.width;
    if (part.glyph_begin < end) parts_.push_back(part);
    const LayoutUnit width = ellipsis_width();
    push_word(word, x_ - text_x_, width);
    x_ += width;
    cut_ = true;
}

LayoutUnit Builder::ellipsis_width() const {
    const InheritedStyle& style = container_.text_style();
    const ShapedWord& word = context_.shaper.shape_word(kEllipsis, *context_.font(style).font, style);
    return LayoutUnit::from_px(static_cast<double>(word.advance) * style.font_size_px /
                               std::max(1, word.face->metrics().units_per_em));
}

void Builder::flush_text() {
    if (parts_.empty()) return;
    const FontFacts& font = context_.font(text_box_->text_style());
    Fragment& fragment = context_.make_fragment(FragmentKind::Text, *text_box_);
    fragment.offset = {text_x_, open_.back().baseline - font.ascent};
    fragment.size = {x_ - text_x_, font.ascent + font.descent};
    fragment.baseline = font.ascent;
    const std::span<TextPart> kept = context_.page_span<TextPart>(parts_.size());
    std::ranges::copy(parts_, kept.begin());
    const std::span<TextRun> run = context_.page_span<TextRun>(1);
    run[0] = {kept, &text_box_->text_style(), space_extra_, letter_extra_, false};
    fragment.text = run.data();
    attach(fragment);
    if (content_.mixed_faces)
        note_strut(facts_of_faces(font, parts_, text_box_->text_style().font_size_px), open_.back().baseline,
                   open_.back().group);
    parts_.clear();
    text_box_ = nullptr;
}

void Builder::add_hyphen() {
    const Box& box = *items_[range_.content_end - 1].box;
    const ShapedWord& word = hyphen_word(context_, box);
    if (parts_.empty() || text_box_ != &box) {
        flush_text();
        text_box_ = &box;
        text_x_ = x_;
    }
    push_word(word, x_ - text_x_, hyphen_width(context_, box));
    parts_.back().hyphen = true;
    x_ += parts_.back().width;
}

void Builder::add_atomic(const Box& box) {
    flush_text();
    seen_content_ = true;
    if (cut_) return;
    const Edges edges = resolve_edges(box, frame_.container_width);
    Space space;
    space.container_width = frame_.container_width;
    space.width = used_width(context_, box, frame_.container_width, edges, AutoWidth::Fit);
    const LayoutResult result = layout_box(context_, box, space, nullptr);
    x_ += edges.margin.left;
    if (result.fragment != nullptr) {
        Fragment& fragment = *result.fragment;
        const bool on_line = fragment.has_baseline && box.style->overflow == Overflow::Visible;
        const LayoutUnit above =
            edges.margin.top + (on_line ? baseline_of_atomic(fragment) : fragment.size.height + edges.margin.bottom);
        const LayoutUnit outer = edges.margin.top + fragment.size.height + edges.margin.bottom;
        const OpenBox& parent = open_.back();
        const int group = group_for(box, parent);
        const LayoutUnit baseline =
            group == parent.group ? parent.baseline + shift(box, -above, outer - above, parent) : LayoutUnit();
        groups_[static_cast<std::size_t>(group)].extent.add(baseline - above, baseline - above + outer);
        fragment.offset += Point{x_, baseline - above + edges.margin.top};
        attach(fragment);
        built_.back().group = group;
    }
    x_ += space.width + edges.margin.right;
}

// https://www.w3.org/TR/css-content-3/#leaders — the pattern is repeated up to a step before the leader's end.
void Builder::add_leader(const Box& box) {
    flush_text();
    const LayoutUnit width = std::max(LayoutUnit(), free_width() / std::max(1, range_.leaders));
    const InheritedStyle& style = box.text_style();
    const ShapedWord& word = context_.shaper.shape_word(box.text(), *context_.font(style).font, style);
    InlineItem item;
    item.box = &box;
    item.word = &word;
    const auto glyphs = static_cast<std::uint32_t>(word.glyphs.size());
    const LayoutUnit step = glyph_width(item, 0, glyphs);
    const int count = step > LayoutUnit() ? std::min(4000, width.raw() / step.raw()) : 0;
    const LayoutUnit end = x_ + width;
    x_ = text_x_ = end - step * count;
    text_box_ = &box;
    for (int i = 0; i + 1 < count; ++i) push_word(word, step * i, step);
    x_ = end;
    flush_text();
    seen_content_ = true;
}

// https://www.w3.org/TR/css-position-3/#staticpos-rect — what was inline-level stands at the line's top, other boxes
// below the line or, when they come first, at its beginning. finish() knows where that is.
void Builder::add_placeholder(const Box& box) {
    flush_text();
    Fragment& fragment = context_.make_fragment(FragmentKind::Placeholder, box);
    context_.has_positioned = true;
    const bool rtl = container_.text_style().direction == Direction::Rtl;
    if (box.style->inline_before || rtl) fragment.offset.x = box.style->inline_before ? x_ : frame_.left + frame_.width;
    attach(fragment);
    built_.back().below = !box.style->inline_before && seen_content_;
}

void Builder::add(std::uint32_t index) {
    using Kind = InlineItem::Kind;
    const InlineItem& item = items_[index];
    switch (item.kind) {
        case Kind::Text:
            return add_text(index);
        case Kind::Open:
            return open(*item.box, !item.box->continuation);
        case Kind::Close:
            return close(open_.size() > 1 && !open_.back().box->continued);
        case Kind::Atomic:
            return add_atomic(*item.box);
        case Kind::Leader:
            return add_leader(*item.box);
        case Kind::Positioned:
            return add_placeholder(*item.box);
        case Kind::LineBreak:
        case Kind::Float:
            return;
    }
}

// Inline boxes that began on an earlier line go on here.
void Builder::reopen(const Box* box) {
    std::vector<const Box*> chain;
    for (; box != nullptr && box != &container_; box = box->parent) chain.push_back(box);
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) open(**at, false);
}

// https://www.w3.org/TR/css-text-3/#text-align-property
void Builder::align_inline() {
    const InheritedStyle& style = container_.text_style();
    const bool rtl = line_is_rtl();
    const LayoutUnit rest = free_width() - (rtl ? LayoutUnit() : range_.spaces_before_break);
    x_ = frame_.left + (rtl ? LayoutUnit() : frame_.indent);
    if (range_.leaders > 0) return;
    if (rest <= LayoutUnit()) {
        if (rtl) x_ += rest;  // what overflows does so at the line's end
        return;
    }
    TextAlign align = style.text_align;
    if (align == TextAlign::Justify && (range_.last || range_.forced)) align = style.text_align_last;
    if (align == TextAlign::Right || align == (rtl ? TextAlign::Start : TextAlign::End)) x_ += rest;
    if (align == TextAlign::Center) x_ += rest / 2;
    if (align == TextAlign::Justify && style.rare->text_justify != TextJustify::None)
        justify(rest, style.rare->text_justify);
    else if (align == TextAlign::Justify && rtl)
        x_ += rest;
}

// https://www.w3.org/TR/css-text-3/#justification-algorithm — spaces and, but for inter-word, gaps between ideographs.
void Builder::justify(LayoutUnit rest, TextJustify how) {
    int spaces = 0, gaps = 0, glyphs = 0;
    bool content = false;
    for (std::uint32_t i = range_.begin.item;
         i < std::min(range_.content_end, range_.end.item + (range_.end.glyph > 0 ? 1U : 0U)); ++i) {
        const InlineItem& item = items_[i];
        const bool space = item.kind == InlineItem::Kind::Text && item.piece == PieceKind::Space;
        if (space && content) spaces += static_cast<int>(item.word->glyphs.size());
        if (item.kind == InlineItem::Kind::Text && item.word != nullptr)
            glyphs += static_cast<int>(item.word->glyphs.size());
        if (item.break_after && item.piece == PieceKind::Word && item.kind == InlineItem::Kind::Text &&
            how == TextJustify::Auto && gap_follows(i))
            ++gaps;
        content |= (item.kind == InlineItem::Kind::Text && !space) || item.kind == InlineItem::Kind::Atomic;
    }
    if (how == TextJustify::InterCharacter) {
        if (glyphs > 1) letter_extra_ = rest / (glyphs - 1);
    } else if (spaces + gaps > 0) {
        space_extra_ = rest / (spaces + gaps);
        if (gaps > 0) gap_extra_ = space_extra_;
    }
}

void Builder::start() {
    open_.reserve(4);
    groups_.reserve(1);
    parts_.reserve(range_.end.item - range_.begin.item + 1);
    built_.reserve(4);
    groups_.emplace_back();
    const FontFacts& font = context_.font(container_.text_style());
    open_.push_back({&container_, nullptr, LayoutUnit(), &font, 0});
    note_strut(font, {}, 0);
    align_inline();
    if (range_.begin.item >= items_.size()) return;
    const InlineItem& first = items_[range_.begin.item];
    const bool inside = first.kind == InlineItem::Kind::Close;
    if (!content_.right_to_left) reopen(inside ? first.box : first.box->parent);
}

bool Builder::line_is_rtl() const {
    if (!content_.plaintext) return container_.text_style().direction == Direction::Rtl;
    return range_.begin.item < items_.size() && (items_[range_.begin.item].paragraph_level & 1U) != 0;
}

// GAP: lines with right-to-left text are clipped without an ellipsis.
void Builder::find_limit() {
    const Box* box = &container_;
    while (box->anonymous && box->parent != nullptr) box = box->parent;
    if (box->style->text_overflow != TextOverflow::Ellipsis || box->style->overflow == Overflow::Visible) return;
    if (range_.width > frame_.width - frame_.indent && !content_.right_to_left)
        limit_ = frame_.left + frame_.width - ellipsis_width();
}

void Builder::place_visual(const VisualLine& line, std::size_t index) {
    using Kind = InlineItem::Kind;
    const VisualLeaf& leaf = line.leaves()[index];
    if (leaf.item == kHyphenLeaf) return add_hyphen();
    const InlineItem& item = items_[leaf.item];
    if (item.kind == Kind::Close) return;
    if (item.kind != Kind::Text) return add(leaf.item);
    if (item.piece != PieceKind::Tab) return add_part(leaf.item);
    flush_text();
    const LayoutUnit stop = tab_stop(context_, item.box->text_style());
    const LayoutUnit used = line.base_level() == 0 ? x_ - frame_.left : tab_position(leaf.item);
    if (stop > LayoutUnit()) x_ += stop - LayoutUnit::from_raw(std::max(0, used.raw()) % stop.raw());
}

// How far the line has come before item `index`, in reading order.
LayoutUnit Builder::tab_position(std::uint32_t index) const {
    LayoutUnit width;
    for (std::uint32_t i = range_.begin.item; i < index; ++i) {
        const InlineItem& item = items_[i];
        if (item.kind == InlineItem::Kind::Open) width += opening_width(*item.box, frame_.container_width);
        if (item.kind == InlineItem::Kind::Close) width += closing_width(*item.box, frame_.container_width);
        if (item.kind == InlineItem::Kind::Atomic) width += atomic_width(context_, *item.box, frame_.container_width);
        if (item.kind == InlineItem::Kind::Text && item.piece == PieceKind::Tab) {
            const LayoutUnit stop = tab_stop(context_, item.box->text_style());
            if (stop > LayoutUnit()) width += stop - LayoutUnit::from_raw(std::max(0, width.raw()) % stop.raw());
        } else if (item.kind == InlineItem::Kind::Text && item.word != nullptr) {
            width += part_width(glyphs_on_line(i), item);
        }
    }
    return width;
}

// https://www.unicode.org/reports/tr9/#L2 — an inline box whose text is torn apart has several fragments.
void Builder::run_visual() {
    const VisualLine line = visual_line(container_, items_, range_, line_is_rtl() ? 1 : 0);
    seen_content_ = true;
    for (const VisualStep& step : line.steps()) switch (step.kind) {
            case VisualStep::Kind::Open:
                open(*step.box, step.edge);
                break;
            case VisualStep::Kind::Close:
                close(step.edge);
                break;
            case VisualStep::Kind::Leaf:
                place_visual(line, step.leaf);
                break;
        }
}

// Turns line coordinates into offsets from the parent fragment.
void Builder::finish() {
    Extent whole = groups_.front().extent;
    for (const AlignedGroup& group : groups_) {
        if (group.align == VerticalAlign::Baseline || group.extent.empty()) continue;
        const LayoutUnit height = group.extent.bottom - group.extent.top;
        if (height <= whole.bottom - whole.top) continue;
        whole.bottom = whole.top + height;  // CSS leaves open on which side; below, as in WeasyPrint
    }
    line_.size = {frame_.left + frame_.width, whole.bottom - whole.top};
    line_.baseline = -whole.top;
    for (Built& built : built_) {
        const AlignedGroup& group = groups_[static_cast<std::size_t>(built.group)];
        if (group.align == VerticalAlign::Top) built.fragment->offset.y += whole.top - group.extent.top;
        if (group.align == VerticalAlign::Bottom) built.fragment->offset.y += whole.bottom - group.extent.bottom;
        if (built.fragment->kind == FragmentKind::Placeholder)
            built.fragment->offset.y = built.below ? whole.bottom : whole.top;
    }
    for (auto built = built_.rbegin(); built != built_.rend(); ++built) {
        if (built->parent == &line_)
            built->fragment->offset.y += line_.baseline;
        else
            built->fragment->offset = {built->fragment->offset.x - built->parent->offset.x,
                                       built->fragment->offset.y - built->parent->offset.y};
    }
    for (const Built& built : built_) {
        const Box& box = *built.fragment->box;
        if (built.fragment->kind != FragmentKind::Box || box.kind != BoxKind::Inline ||
            box.style->position != Position::Relative)
            continue;
        built.fragment->offset += relative_offset(box, frame_.container_width, std::nullopt);
    }
}

Fragment& Builder::run() {
    start();
    find_limit();
    if (content_.right_to_left) {
        run_visual();
    } else {
        const std::uint32_t end = range_.end.item + (range_.end.glyph > 0 ? 1U : 0U);
        for (std::uint32_t index = range_.begin.item; index < end; ++index) add(index);
        if (range_.hyphen) add_hyphen();
    }
    flush_text();
    while (open_.size() > 1) close(false);
    finish();
    return line_;
}

}  // namespace

Fragment& build_line(LayoutContext& context, const Box& container, const InlineContent& content, const LineRange& range,
                     const LineFrame& frame) {
    return Builder(context, container, content, range, frame).run();
}

}  // namespace galley::document
