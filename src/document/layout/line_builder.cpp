#include "document/layout/line_builder.h"

#include <algorithm>

#include "document/layout/box_geometry.h"

namespace galley::document {

namespace {

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
    void open(const Box& box, bool continues);
    void close(bool ends);
    void add_text(std::uint32_t index);
    void flush_text();
    void reorder_parts();
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
    LayoutUnit x_, text_x_, space_extra_;
    bool seen_content_ = false;
};

LayoutUnit part_width(const TextPart& part, const InlineItem& item, LayoutUnit extra) {
    const bool whole = part.glyph_begin == 0 && part.glyph_end == item.word->glyphs.size();
    LayoutUnit width = whole ? item.width : glyph_width(item, part.glyph_begin, part.glyph_end);
    if (part.space) width += extra * static_cast<int>(part.glyph_end - part.glyph_begin);
    return width;
}

void Builder::note_strut(const FontFacts& font, LayoutUnit baseline, int group) {
    const LayoutUnit top = baseline - font.ascent - font.half_leading_above();
    groups_[static_cast<std::size_t>(group)].extent.add(top, top + font.line_height);
}

// https://www.w3.org/TR/CSS21/visudet.html#propdef-vertical-align — how far the box's baseline lies below its parent's.
LayoutUnit Builder::shift(const Box& box, LayoutUnit top, LayoutUnit bottom, const OpenBox& parent) const {
    const ComputedStyle& style = *box.style;
    const LayoutUnit em = LayoutUnit::from_px(parent.box->text_style().font_size_px);
    switch (style.vertical_align) {
        case VerticalAlign::Sub:
            return em.scaled(1, 5);
        case VerticalAlign::Super:
            return -em.scaled(1, 3);
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

void Builder::open(const Box& box, bool continues) {
    flush_text();
    const OpenBox parent = open_.back();
    const FontFacts& font = context_.font(box.text_style());
    const LayoutUnit top = -font.ascent - font.half_leading_above();
    const int group = group_for(box, parent);
    const LayoutUnit baseline =
        group == parent.group ? parent.baseline + shift(box, top, top + font.line_height, parent) : LayoutUnit();
    const Edges edges = resolve_edges(box, frame_.container_width);
    Fragment& fragment = context_.make_fragment(FragmentKind::Box, box);
    fragment.has_start = !continues && !box.continuation;
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

void Builder::close(bool ends) {
    flush_text();
    if (open_.size() <= 1) return;
    const OpenBox top = open_.back();
    open_.pop_back();
    Fragment& fragment = *top.fragment;
    fragment.has_end = ends && !top.box->continued;
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
    if (item.piece == PieceKind::SoftHyphen) return;
    if (text_box_ != item.box || parts_.empty()) {
        flush_text();
        text_box_ = item.box;
        text_x_ = x_;
    }
    if (item.piece == PieceKind::Tab) {
        flush_text();
        const LayoutUnit stop =
            context_.font(item.box->text_style()).space * std::max(1, item.box->text_style().tab_size);
        if (stop > LayoutUnit()) x_ += stop - LayoutUnit::from_raw((x_ - frame_.left).raw() % stop.raw());
        return;
    }
    TextPart part;
    part.word = item.word;
    part.glyph_begin = index == range_.begin.item ? range_.begin.glyph : 0;
    part.glyph_end = index == range_.end.item ? range_.end.glyph : static_cast<std::uint32_t>(item.word->glyphs.size());
    part.x = x_ - text_x_;
    part.space = item.piece == PieceKind::Space;
    part.level = item.bidi_level;
    part.right_to_left = (item.bidi_level & 1U) != 0;
    part.width = part_width(part, item, space_extra_);
    x_ += part.width;
    parts_.push_back(part);
}

void Builder::flush_text() {
    if (parts_.empty()) return;
    const FontFacts& font = context_.font(text_box_->text_style());
    Fragment& fragment = context_.make_fragment(FragmentKind::Text, *text_box_);
    fragment.offset = {text_x_, open_.back().baseline - font.ascent};
    fragment.size = {x_ - text_x_, font.ascent + font.descent};
    fragment.baseline = font.ascent;
    if (content_.right_to_left) reorder_parts();
    const std::span<TextPart> kept = context_.page_span<TextPart>(parts_.size());
    std::ranges::copy(parts_, kept.begin());
    const std::span<TextRun> run = context_.page_span<TextRun>(1);
    run[0] = {kept, &text_box_->text_style(), space_extra_, false};
    fragment.text = run.data();
    attach(fragment);
    parts_.clear();
    text_box_ = nullptr;
}

// UAX #9 rule L2 within one run of text.
// GAP: runs of several inline boxes on one line keep their logical order.
void Builder::reorder_parts() {
    std::uint8_t highest = 0, lowest_odd = 255;
    for (const TextPart& part : parts_) {
        highest = std::max(highest, part.level);
        if ((part.level & 1U) != 0) lowest_odd = std::min(lowest_odd, part.level);
    }
    for (int level = highest; level >= lowest_odd; --level)
        for (auto begin = parts_.begin(); begin != parts_.end();) {
            begin = std::find_if(begin, parts_.end(), [level](const TextPart& part) { return part.level >= level; });
            const auto end =
                std::find_if(begin, parts_.end(), [level](const TextPart& part) { return part.level < level; });
            std::reverse(begin, end);
            begin = end;
        }
    LayoutUnit x;
    for (TextPart& part : parts_) {
        part.x = x;
        x += part.width;
    }
}

void Builder::add_hyphen() {
    const Box& box = *items_[range_.content_end - 1].box;
    const InheritedStyle& style = box.text_style();
    const ShapedWord& word = context_.shaper.shape_word("\u2010", *context_.font(style).font, style);
    if (parts_.empty()) {
        text_box_ = &box;
        text_x_ = x_;
    }
    parts_.push_back(
        {&word, 0, static_cast<std::uint32_t>(word.glyphs.size()), x_ - text_x_, hyphen_width(context_, box)});
    x_ += parts_.back().width;
}

void Builder::add_atomic(const Box& box) {
    flush_text();
    seen_content_ = true;
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
            edges.margin.top + (on_line ? fragment.baseline : fragment.size.height + edges.margin.bottom);
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

// https://www.w3.org/TR/css-content-3/#leaders — the pattern is repeated flush to the leader's end.
void Builder::add_leader(const Box& box) {
    flush_text();
    const LayoutUnit width = std::max(LayoutUnit(), free_width() / std::max(1, range_.leaders));
    const InheritedStyle& style = box.text_style();
    const ShapedWord& word = context_.shaper.shape_word(box.text, *context_.font(style).font, style);
    InlineItem item;
    item.box = &box;
    item.word = &word;
    const auto glyphs = static_cast<std::uint32_t>(word.glyphs.size());
    const LayoutUnit step = glyph_width(item, 0, glyphs);
    const int count = step > LayoutUnit() ? std::min(4000, width.raw() / step.raw()) : 0;
    const LayoutUnit end = x_ + width;
    x_ = text_x_ = end - step * count;
    text_box_ = &box;
    for (int i = 0; i < count; ++i) parts_.push_back({&word, 0, glyphs, step * i, step});
    x_ = end;
    flush_text();
    seen_content_ = true;
}

void Builder::add_placeholder(const Box& box) {
    flush_text();
    Fragment& fragment = context_.make_fragment(FragmentKind::Placeholder, box);
    context_.has_positioned = true;
    const OpenBox& parent = open_.back();
    fragment.offset = {x_, parent.baseline - parent.font->ascent - parent.font->half_leading_above()};
    attach(fragment);
}

void Builder::add(std::uint32_t index) {
    using Kind = InlineItem::Kind;
    const InlineItem& item = items_[index];
    switch (item.kind) {
        case Kind::Text:
            return add_text(index);
        case Kind::Open:
            return open(*item.box, false);
        case Kind::Close:
            return close(true);
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
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) open(**at, true);
}

// https://www.w3.org/TR/css-text-3/#text-align-property
void Builder::align_inline() {
    const InheritedStyle& style = container_.text_style();
    const LayoutUnit rest = free_width();
    x_ = frame_.left + frame_.indent;
    if (range_.leaders > 0 || rest <= LayoutUnit()) return;
    const bool rtl = style.direction == Direction::Rtl;
    TextAlign align = style.text_align;
    if (align == TextAlign::Justify && (range_.last || range_.forced)) align = style.text_align_last;
    if (align == TextAlign::Justify && (range_.last || range_.forced) && style.text_align_last == TextAlign::Start)
        align = TextAlign::Start;
    if (align == TextAlign::Right || align == (rtl ? TextAlign::Start : TextAlign::End)) x_ += rest;
    if (align == TextAlign::Center) x_ += rest / 2;
    if (align != TextAlign::Justify) return;
    int spaces = 0;
    bool content = false;
    for (std::uint32_t i = range_.begin.item;
         i < std::min(range_.content_end, range_.end.item + (range_.end.glyph > 0 ? 1U : 0U)); ++i) {
        const InlineItem& item = items_[i];
        const bool space = item.kind == InlineItem::Kind::Text && item.piece == PieceKind::Space;
        if (space && content) spaces += static_cast<int>(item.word->glyphs.size());
        content |= (item.kind == InlineItem::Kind::Text && !space) || item.kind == InlineItem::Kind::Atomic;
    }
    if (spaces > 0) space_extra_ = rest / spaces;
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
    reopen(inside ? first.box : first.box->parent);
}

// Turns line coordinates into offsets from the parent fragment.
void Builder::finish() {
    Extent whole = groups_.front().extent;
    for (const AlignedGroup& group : groups_) {
        if (group.align == VerticalAlign::Baseline || group.extent.empty()) continue;
        const LayoutUnit height = group.extent.bottom - group.extent.top;
        if (height <= whole.bottom - whole.top) continue;
        if (group.align == VerticalAlign::Top)
            whole.bottom = whole.top + height;
        else
            whole.top = whole.bottom - height;
    }
    line_.size = {frame_.left + frame_.width, whole.bottom - whole.top};
    line_.baseline = -whole.top;
    for (Built& built : built_) {
        const AlignedGroup& group = groups_[static_cast<std::size_t>(built.group)];
        if (group.align == VerticalAlign::Top) built.fragment->offset.y += whole.top - group.extent.top;
        if (group.align == VerticalAlign::Bottom) built.fragment->offset.y += whole.bottom - group.extent.bottom;
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
    const std::uint32_t end = range_.end.item + (range_.end.glyph > 0 ? 1U : 0U);
    for (std::uint32_t index = range_.begin.item; index < end; ++index) add(index);
    if (range_.hyphen) add_hyphen();
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
