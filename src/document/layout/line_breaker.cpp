#include "document/layout/line_breaker.h"

#include <algorithm>

#include "document/layout/box_geometry.h"

namespace galley::document {

namespace {

struct Opportunity {
    InlinePosition next;
    LayoutUnit width;  // without hanging spaces
    std::uint32_t content_end = 0;
    int leaders = 0;
    bool hyphen = false;
};

// Boxes whose percentages make up the whole line may come out a little wider, as each is rounded by itself.
constexpr LayoutUnit kAtomicSlack = LayoutUnit::from_raw(2);

class Breaker {
 public:
    Breaker(LayoutContext& context, const InlineContent& content, InlinePosition start, LayoutUnit available,
            LayoutUnit container, const PlaceFloat& place_float)
        : context_(context),
          items_(content.items),
          available_(available),
          container_(container),
          place_float_(place_float) {
        line_.begin = start;
        line_.content_end = start.item;
    }
    LineRange run();

 private:
    bool step(std::uint32_t index);  // true: the line ended
    bool add_text(std::uint32_t index);
    bool add_content(std::uint32_t index, LayoutUnit width);
    bool add_space(std::uint32_t index);
    bool add_breaking_spaces(std::uint32_t index, LayoutUnit width);
    bool overflow(std::uint32_t index);
    bool split_word(std::uint32_t index);
    bool note_opportunity(std::uint32_t index, bool hyphen);
    bool end_forced(std::uint32_t index);
    void end_at(const Opportunity& at);
    bool begins_line() const { return !line_.content; }
    std::uint32_t after_closes(std::uint32_t index) const;
    LayoutUnit closes_width(std::uint32_t from, std::uint32_t to) const;
    bool add_edge(std::uint32_t index, LayoutUnit width);
    LayoutUnit hyphen(std::uint32_t index);
    std::uint32_t glyph_begin(std::uint32_t index) const { return index == line_.begin.item ? line_.begin.glyph : 0; }

    LayoutContext& context_;
    std::span<const InlineItem> items_;
    LayoutUnit available_, container_;
    const PlaceFloat& place_float_;
    LineRange line_;
    LayoutUnit width_, hanging_;
    std::optional<Opportunity> last_;
    const Box* hyphen_box_ = nullptr;  // of which hyphen_ is the hyphen's width
    LayoutUnit hyphen_;
};

LayoutUnit Breaker::hyphen(std::uint32_t index) {
    const Box* const box = items_[index].box;
    if (box != hyphen_box_) hyphen_ = hyphen_width(context_, *box);
    hyphen_box_ = box;
    return hyphen_;
}

std::uint32_t Breaker::after_closes(std::uint32_t index) const {
    while (index < items_.size() && items_[index].kind == InlineItem::Kind::Close) ++index;
    return index;
}

// Right edges of the boxes that end at `from`, which stay on the line with what they close.
LayoutUnit Breaker::closes_width(std::uint32_t from, std::uint32_t to) const {
    LayoutUnit width;
    for (std::uint32_t index = from; index < to; ++index) width += closing_width(*items_[index].box, container_);
    return width;
}

void Breaker::end_at(const Opportunity& at) {
    line_.end = line_.next = at.next;
    line_.width = at.width;
    line_.content_end = at.content_end;
    line_.leaders = at.leaders;
    line_.hyphen = at.hyphen;
    if (at.hyphen && at.next.item > 0) line_.width += hyphen(at.content_end - 1);
}

bool Breaker::end_forced(std::uint32_t index) {
    line_.content = true;
    line_.content_end = std::max(line_.content_end, index);
    end_at({{after_closes(index + 1), 0}, width_ - hanging_, line_.content_end, line_.leaders, false});
    line_.forced = true;
    return true;
}

// A break is allowed after item `index`. True when the line is too long already and must end here.
bool Breaker::note_opportunity(std::uint32_t index, bool hyphen) {
    if (hyphen && width_ + this->hyphen(index) > available_ && last_) return false;
    const std::uint32_t content_end = hyphen ? index + 1 : line_.content_end;
    const std::uint32_t next = after_closes(index + 1);
    const LayoutUnit width = width_ - hanging_ + closes_width(index + 1, next);
    const bool fits = width <= available_;
    if (fits || !last_) last_ = Opportunity{{next, 0}, width, content_end, line_.leaders, hyphen};
    if (fits) return false;
    end_at(*last_);
    return true;
}

bool Breaker::split_word(std::uint32_t index) {
    const InlineItem& item = items_[index];
    if (item.kind != InlineItem::Kind::Text || item.word == nullptr) return false;
    const InheritedStyle& style = item.box->text_style();
    const bool all = breaks_anywhere(style);
    if (!allows_wrap(style.white_space) || (!all && style.overflow_wrap == OverflowWrap::Normal)) return false;
    if (!all && last_) return false;
    const std::span<const Glyph> glyphs = item.word->glyphs;
    const std::uint32_t begin = glyph_begin(index), count = static_cast<std::uint32_t>(glyphs.size());
    const bool rtl = (item.bidi_level & 1U) != 0;
    const auto cluster = [&](std::uint32_t glyph) { return glyphs[rtl ? count - 1 - glyph : glyph].cluster; };
    std::uint32_t fits = begin;
    LayoutUnit used;
    for (std::uint32_t glyph = begin; glyph < count; ++glyph) {
        used += glyph_width(item, glyph, glyph + 1);
        if (width_ + used > available_) break;
        const bool boundary = glyph + 1 == count || cluster(glyph + 1) != cluster(glyph);
        if (boundary) fits = glyph + 1;
    }
    if (fits == begin) {
        if (line_.content) {
            if (last_) return false;
            end_at({{index, begin}, width_ - hanging_, line_.content_end, line_.leaders, false});
            return true;
        }
        fits = begin + 1;
    }
    if (fits >= count) return false;
    line_.content = true;
    end_at({{index, fits}, width_ + glyph_width(item, begin, fits), index + 1, line_.leaders, false});
    return true;
}

// Item `index` does not fit.
bool Breaker::overflow(std::uint32_t index) {
    if (split_word(index)) return true;
    if (!last_) return false;
    end_at(*last_);
    return true;
}

bool Breaker::add_content(std::uint32_t index, LayoutUnit width) {
    if (width > LayoutUnit() && width_ + width > available_ && overflow(index)) return true;
    width_ += width;
    hanging_ = {};
    line_.content = true;
    line_.content_end = index + 1;
    return items_[index].break_after && note_opportunity(index, false);
}

bool Breaker::add_space(std::uint32_t index) {
    const InlineItem& item = items_[index];
    if (item.collapsible && begins_line()) return false;
    const std::uint32_t begin = glyph_begin(index);
    const LayoutUnit width =
        begin == 0 ? item.width : glyph_width(item, begin, static_cast<std::uint32_t>(item.word->glyphs.size()));
    if (item.box->text_style().white_space == WhiteSpace::BreakSpaces) return add_breaking_spaces(index, width);
    const bool hangs = allows_wrap(item.box->text_style().white_space);
    if (!hangs) {
        if (!item.collapsible) return add_content(index, width);
        width_ += width;
        hanging_ += width;
        return false;
    }
    width_ += width;
    hanging_ += width;
    if (!item.collapsible) {
        line_.content = true;
        line_.content_end = index + 1;
    }
    return note_opportunity(index, false);
}

// white-space: break-spaces — each space takes room and may end the line.
bool Breaker::add_breaking_spaces(std::uint32_t index, LayoutUnit width) {
    const InlineItem& item = items_[index];
    const std::uint32_t begin = glyph_begin(index), count = static_cast<std::uint32_t>(item.word->glyphs.size());
    hanging_ = {};
    if (width_ + width <= available_) {
        width_ += width;
        line_.content = true;
        line_.content_end = index + 1;
        return note_opportunity(index, false);
    }
    std::uint32_t fits = begin;
    while (fits < count && width_ + glyph_width(item, begin, fits + 1) <= available_) ++fits;
    if (fits == begin && line_.content) {
        if (last_)
            end_at(*last_);
        else
            end_at({{index, begin}, width_, line_.content_end, line_.leaders, false});
        return true;
    }
    fits = std::max(fits, begin + 1);
    line_.content = true;
    if (fits >= count) {
        width_ += width;
        line_.content_end = index + 1;
        return note_opportunity(index, false);
    }
    end_at({{index, fits}, width_ + glyph_width(item, begin, fits), index + 1, line_.leaders, false});
    return true;
}

bool Breaker::add_text(std::uint32_t index) {
    const InlineItem& item = items_[index];
    switch (item.piece) {
        case PieceKind::ForcedBreak:
            return end_forced(index);
        case PieceKind::Space:
            return add_space(index);
        case PieceKind::SoftHyphen:
            return line_.content && item.break_after && note_opportunity(index, true);
        case PieceKind::Tab: {
            const LayoutUnit stop = tab_stop(context_, item.box->text_style());
            if (stop <= LayoutUnit()) return false;
            return add_content(index, stop - LayoutUnit::from_raw(width_.raw() % stop.raw()));
        }
        case PieceKind::Word:
            break;
    }
    const std::uint32_t begin = glyph_begin(index);
    const LayoutUnit width =
        begin == 0 ? item.width : glyph_width(item, begin, static_cast<std::uint32_t>(item.word->glyphs.size()));
    return add_content(index, width);
}

// A side of an inline box. One that closes a box hangs over only where the line has no place to end before.
bool Breaker::add_edge(std::uint32_t index, LayoutUnit width) {
    if (width == LayoutUnit()) return false;
    const bool closes = items_[index].kind == InlineItem::Kind::Close;
    if (closes && width > LayoutUnit() && width_ + width > available_ && last_ && last_->next.item <= index) {
        end_at(*last_);
        return true;
    }
    width_ += width;
    line_.content = true;
    hanging_ = {};
    return false;
}

bool Breaker::step(std::uint32_t index) {
    using Kind = InlineItem::Kind;
    const InlineItem& item = items_[index];
    switch (item.kind) {
        case Kind::Text:
            return add_text(index);
        case Kind::Open:
            return add_edge(index, opening_width(*item.box, container_));
        case Kind::Close:
            return add_edge(index, closing_width(*item.box, container_));
        case Kind::Atomic:
            available_ += kAtomicSlack;
            return add_content(index, atomic_width(context_, *item.box, container_));
        case Kind::Leader:
            ++line_.leaders;
            return add_content(index, {});
        case Kind::LineBreak:
            line_.spaces_before_break = hanging_;
            return end_forced(index);
        case Kind::Float:
            available_ -= place_float_(index, width_, available_);
            return false;
        case Kind::Positioned:
            return false;
    }
    return false;
}

LineRange Breaker::run() {
    const auto count = static_cast<std::uint32_t>(items_.size());
    for (std::uint32_t index = line_.begin.item; index < count; ++index)
        if (step(index)) {
            line_.last = line_.next.item >= count && !line_.forced;
            return line_;
        }
    end_at({{count, 0}, width_ - hanging_, line_.content_end, line_.leaders, false});
    line_.last = true;
    return line_;
}

}  // namespace

LayoutUnit opening_width(const Box& box, LayoutUnit container_width) {
    if (box.continuation) return {};
    const Edges edges = resolve_edges(box, container_width);
    return edges.margin.left + edges.border.left + edges.padding.left;
}

LayoutUnit closing_width(const Box& box, LayoutUnit container_width) {
    if (box.continued) return {};
    const Edges edges = resolve_edges(box, container_width);
    return edges.margin.right + edges.border.right + edges.padding.right;
}

LayoutUnit atomic_width(LayoutContext& context, const Box& box, LayoutUnit container_width) {
    const Edges edges = resolve_edges(box, container_width);
    return used_width(context, box, container_width, edges, AutoWidth::Fit) + edges.margin.left + edges.margin.right;
}

const ShapedWord& hyphen_word(LayoutContext& context, const Box& text) {
    const InheritedStyle& style = text.text_style();
    const FontInstance& font = *context.font(style).font;
    const std::string& wanted = style.rare->hyphenate_character;
    if (!wanted.empty()) return context.shaper.shape_word(wanted, font, style);
    return context.shaper.shape_word(font.primary().glyph(0x2010) != 0 ? "\u2010" : "-", font, style);
}

LayoutUnit hyphen_width(LayoutContext& context, const Box& text) {
    const InheritedStyle& style = text.text_style();
    const ShapedWord& word = hyphen_word(context, text);
    return LayoutUnit::from_px(static_cast<double>(word.advance) * style.font_size_px /
                               std::max(1, word.face->metrics().units_per_em));
}

LineRange break_line(LayoutContext& context, const InlineContent& content, InlinePosition start, LayoutUnit available,
                     LayoutUnit container_width, const PlaceFloat& place_float) {
    return Breaker(context, content, start, available, container_width, place_float).run();
}

}  // namespace galley::document
