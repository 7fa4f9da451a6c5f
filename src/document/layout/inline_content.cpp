#include "document/layout/inline_content.h"

#include <algorithm>

#include "document/layout/layout_cache.h"
#include "document/layout/line_breaker.h"
#include "document/layout/text_transform.h"
#include "document/text/bidi.h"
#include "document/text/utf8.h"

namespace galley::document {

namespace {

constexpr char32_t kObjectReplacement = 0xFFFC;

double to_px(std::int64_t font_units, const ShapedWord& word, double size_px) {
    const int upem = std::max(1, word.face->metrics().units_per_em);
    return static_cast<double>(font_units) * size_px / upem;
}

double letter_and_word_spacing_px(const InlineItem& item, std::uint32_t glyphs) {
    const InheritedStyle& style = item.box->text_style();
    const double each = style.letter_spacing_px + (item.piece == PieceKind::Space ? style.word_spacing.px() : 0);
    return each * glyphs;
}

// Widths that are rounded as their sum is: a line of many words is not wrong by what each of them was rounded by.
class RunningWidth {
 public:
    LayoutUnit next(double px) {
        if (px_ > kResetPx) *this = {};
        px_ += px;
        const LayoutUnit before = rounded_;
        rounded_ = LayoutUnit::from_px(px_);
        return rounded_ - before;
    }

 private:
    static constexpr double kResetPx = 1e6;  // far below where LayoutUnit saturates
    double px_ = 0;
    LayoutUnit rounded_;
};

char32_t last_character(std::string_view text) {
    std::size_t at = text.size();
    while (at > 0 && is_utf8_continuation(text[at - 1])) --at;
    if (at == 0) return kObjectReplacement;
    --at;
    return decode_utf8(text, at);
}

// True when collapsing would leave the text as it is: then it need not be copied.
bool is_collapsed(std::string_view text, bool after_space) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) > ' ') {
            after_space = false;
            continue;
        }
        if (c != ' ' || after_space) return false;
        after_space = true;
    }
    return true;
}

struct BidiControls {
    std::string_view open, close;
};

// https://www.w3.org/TR/css-writing-modes-4/#bidi-control-codes
BidiControls bidi_controls(UnicodeBidi bidi, Direction direction) {
    const bool rtl = direction == Direction::Rtl;
    switch (bidi) {
        case UnicodeBidi::Normal:
            return {};
        case UnicodeBidi::Embed:
            return {rtl ? "\u202B" : "\u202A", "\u202C"};
        case UnicodeBidi::Isolate:
            return {rtl ? "\u2067" : "\u2066", "\u2069"};
        case UnicodeBidi::Override:
            return {rtl ? "\u202E" : "\u202D", "\u202C"};
        case UnicodeBidi::IsolateOverride:
            return {rtl ? "\u2067\u202E" : "\u2066\u202D", "\u202C\u2069"};
        case UnicodeBidi::Plaintext:
            return {"\u2068", "\u2069"};
    }
    return {};
}

BidiControls bidi_controls(const Box& box) {
    return bidi_controls(box.style->unicode_bidi, box.text_style().direction);
}

// unicode-bidi is not inherited: an anonymous box has that of the block it stands in for.
const ComputedStyle& bidi_style(const Box& container) {
    const Box* box = &container;
    while (box->anonymous && box->parent != nullptr) box = box->parent;
    return *box->style;
}

struct GatheredText {
    const Box* box;
    std::size_t begin, end;  // in the paragraph
};

class Collector {
 public:
    explicit Collector(LayoutContext& context) : context_(context) { items_.clear(); }
    const InlineContent& collect(const Box& container);

 private:
    // Levels cost a walk of their own, and a second one with them: only where a first walk finds need for them.
    enum class Walk : std::uint8_t { Plain, Gather, Levelled };

    void walk(const Box& container);
    void restart(Walk next);
    void find_levels(const Box& container);
    void enter(const Box& box);
    void leave(const Box& box);
    std::string_view prepared_text(const Box& box);
    void gather(const Box& box);
    void gather_enter(const Box& box);
    void gather_break(const Box& box);
    void add_text(const Box& box);
    void set_level(InlineItem& item);
    void add_piece(const Box& box, const Piece& piece);
    void add(InlineItem::Kind kind, const Box& box, bool break_before, bool break_after);
    void allow_break_before_next();
    void add_atomic(InlineItem::Kind kind, const Box& box);

    LayoutContext& context_;
    std::vector<InlineItem>& items_ = context_.inline_scratch->items;
    std::vector<Piece>& pieces_ = context_.inline_scratch->pieces;
    std::string& scratch_ = context_.inline_scratch->collapsed;
    std::string transformed_;
    char32_t previous_ = 0;
    bool after_space_ = true;
    bool right_to_left_ = false;
    bool has_page_texts_ = false;
    bool mixed_faces_ = false;
    const Face* primary_ = nullptr;  // of the text being added
    Walk walk_ = Walk::Plain;
    bool needs_levels_ = false;
    std::string paragraph_;                 // Gather: all text with the controls of inline boxes
    std::vector<BidiControls> embeddings_;  // open ones
    std::vector<GatheredText> gathered_;    // texts and objects in paragraph_, in order
    std::size_t next_gathered_ = 0;
    BidiLevels bidi_;
    const std::vector<std::uint8_t>* levels_ = nullptr;  // of paragraph_
    std::uint8_t paragraph_level_ = 0;
    std::size_t text_begin_ = 0;
    bool plaintext_ = false;
    std::ptrdiff_t last_content_ = -1;  // index of the last text or atomic item
    RunningWidth text_width_;
};

void Collector::allow_break_before_next() {
    if (last_content_ < 0) return;
    InlineItem& item = items_[static_cast<std::size_t>(last_content_)];
    if (allows_wrap(item.box->text_style().white_space) || item.kind != InlineItem::Kind::Text) item.break_after = true;
}

void Collector::add(InlineItem::Kind kind, const Box& box, bool break_before, bool break_after) {
    if (break_before) allow_break_before_next();
    InlineItem item;
    item.kind = kind;
    item.box = &box;
    item.break_after = break_after;
    if (walk_ == Walk::Levelled) set_level(item);
    items_.push_back(item);
}

// Objects have their own level; the edges of boxes and what is out of flow go with what follows.
void Collector::set_level(InlineItem& item) {
    if (gathered_.empty()) return;
    const bool object = item.kind == InlineItem::Kind::Atomic || item.kind == InlineItem::Kind::Leader ||
                        item.kind == InlineItem::Kind::LineBreak;
    const std::size_t at = gathered_[std::min(next_gathered_, gathered_.size() - 1)].begin;
    item.bidi_level = at < levels_->size() ? (*levels_)[at] : std::uint8_t{0};
    item.paragraph_level = bidi_.paragraph_level(at);
    if (object) ++next_gathered_;
}

// An object in the line: UAX #14 class CB, a break is allowed on both sides where the surroundings wrap.
void Collector::add_atomic(InlineItem::Kind kind, const Box& box) {
    const bool wraps = box.parent == nullptr || allows_wrap(box.parent->text_style().white_space);
    add(kind, box, wraps && previous_ != 0xA0, wraps);
    last_content_ = static_cast<std::ptrdiff_t>(items_.size()) - 1;
    previous_ = kObjectReplacement;
    after_space_ = false;
}

void Collector::add_piece(const Box& box, const Piece& piece) {
    const InheritedStyle& style = box.text_style();
    InlineItem item;
    item.piece = piece.kind;
    item.box = &box;
    item.word = piece.word;
    if (piece.word != nullptr) {
        item.glyph_count = static_cast<std::uint32_t>(piece.word->glyphs.size());
        mixed_faces_ |= piece.word->face != primary_ && &piece.word->face->unscaled() != primary_;
    }
    item.bidi_level = piece.bidi_level;
    item.paragraph_level = plaintext_ ? bidi_.paragraph_level(text_begin_ + piece.begin) : paragraph_level_;
    item.break_after = piece.break_after && allows_wrap(style.white_space);
    item.collapsible = piece.kind == PieceKind::Space && !preserves_spaces(style.white_space);
    if (piece.kind == PieceKind::ForcedBreak) item.break_after = true;
    if (piece.kind == PieceKind::SoftHyphen && style.hyphens == Hyphens::None) item.break_after = false;
    if (piece.kind == PieceKind::Space && allows_wrap(style.white_space)) item.break_after = true;
    if (piece.word != nullptr && piece.kind != PieceKind::SoftHyphen)
        item.width = text_width_.next(to_px(piece.word->advance, *piece.word, style.font_size_px) +
                                      letter_and_word_spacing_px(item, item.glyph_count));
    right_to_left_ |= (piece.bidi_level & 1U) != 0;
    items_.push_back(item);
    last_content_ = static_cast<std::ptrdiff_t>(items_.size()) - 1;
}

// White space collapsed, text-transform applied; valid until the next call.
std::string_view Collector::prepared_text(const Box& box) {
    const InheritedStyle& style = box.text_style();
    std::string_view text = box.text();
    has_page_texts_ |= box.page_text;
    if (preserves_spaces(style.white_space) || !is_collapsed(text, after_space_)) {
        scratch_.clear();
        collapse_spaces(text, style.white_space, after_space_, scratch_);
        text = scratch_;
    } else if (!text.empty()) {
        after_space_ = text.back() == ' ';
    }
    if (text.empty() || style.text_transform == TextTransform::None) return text;
    transformed_ = transform_text(text, style.text_transform, previous_);
    return transformed_;
}

void Collector::gather(const Box& box) {
    const std::string_view text = prepared_text(box);
    if (text.empty()) return;
    const std::size_t begin = paragraph_.size();
    paragraph_ += text;
    gathered_.push_back({&box, begin, paragraph_.size()});
    previous_ = last_character(text);
}

// A line break ends the bidi paragraph; embeddings go on behind it.
void Collector::gather_break(const Box& box) {
    for (auto open = embeddings_.rbegin(); open != embeddings_.rend(); ++open) paragraph_ += open->close;
    gathered_.push_back({&box, paragraph_.size(), paragraph_.size()});
    paragraph_ += "\u2029";
    for (const BidiControls& open : embeddings_) paragraph_ += open.open;
}

void Collector::add_text(const Box& box) {
    const InheritedStyle& style = box.text_style();
    std::string_view text;
    const std::uint8_t* levels = nullptr;
    if (walk_ == Walk::Levelled) {
        if (next_gathered_ >= gathered_.size() || gathered_[next_gathered_].box != &box) return;
        const GatheredText& range = gathered_[next_gathered_++];
        text = std::string_view(paragraph_).substr(range.begin, range.end - range.begin);
        levels = levels_->data() + range.begin;
        text_begin_ = range.begin;
        paragraph_level_ = bidi_.paragraph_level(range.begin);
    } else {
        text = prepared_text(box);
        needs_levels_ |= style.direction == Direction::Rtl;
    }
    if (text.empty()) return;
    pieces_.clear();
    const FontFacts& font = context_.font(style);
    primary_ = &font.font->primary();
    const bool before =
        context_.shaper.shape(text, *font.font, style, previous_, preserves_breaks(style.white_space), pieces_, levels);
    if (before && previous_ != 0 && previous_ != kObjectReplacement && allows_wrap(style.white_space))
        allow_break_before_next();
    for (const Piece& piece : pieces_) add_piece(box, piece);
    previous_ = last_character(text);
}

// The first walk for levels: text and controls only.
void Collector::gather_enter(const Box& box) {
    if (box.positioned || box.floating) return;
    switch (box.kind) {
        case BoxKind::Text:
            return gather(box);
        case BoxKind::Inline:
            embeddings_.push_back(bidi_controls(box));
            paragraph_ += embeddings_.back().open;
            return;
        case BoxKind::LineBreak:
            gather_break(box);
            previous_ = '\n';
            after_space_ = true;
            return;
        default:
            gathered_.push_back({&box, paragraph_.size(), paragraph_.size()});
            paragraph_ += "\uFFFC";
            previous_ = kObjectReplacement;
            after_space_ = false;
    }
}

void Collector::enter(const Box& box) {
    using Kind = InlineItem::Kind;
    if (walk_ == Walk::Gather) return gather_enter(box);
    needs_levels_ |= box.kind == BoxKind::Inline && box.text_style().direction == Direction::Rtl;
    if (box.positioned) return add(Kind::Positioned, box, false, false);
    if (box.floating) return add(Kind::Float, box, false, false);
    switch (box.kind) {
        case BoxKind::Text:
            return add_text(box);
        case BoxKind::Inline:
            return add(Kind::Open, box, false, false);
        case BoxKind::LineBreak:
            add(Kind::LineBreak, box, false, true);
            last_content_ = static_cast<std::ptrdiff_t>(items_.size()) - 1;
            previous_ = '\n';
            after_space_ = true;
            return;
        case BoxKind::Leader:
            return add_atomic(Kind::Leader, box);
        default:
            return add_atomic(Kind::Atomic, box);
    }
}

void Collector::leave(const Box& box) {
    if (box.kind != BoxKind::Inline || !box.in_flow()) return;
    if (walk_ != Walk::Gather) return add(InlineItem::Kind::Close, box, false, false);
    paragraph_ += embeddings_.back().close;
    embeddings_.pop_back();
}

void Collector::restart(Walk next) {
    walk_ = next;
    items_.clear();
    previous_ = 0;
    after_space_ = true;
    right_to_left_ = false;
    last_content_ = -1;
    text_width_ = {};
}

void Collector::find_levels(const Box& container) {
    restart(Walk::Gather);
    const ComputedStyle& style = bidi_style(container);
    const Direction direction = container.text_style().direction;
    const bool overrides =
        style.unicode_bidi == UnicodeBidi::Override || style.unicode_bidi == UnicodeBidi::IsolateOverride;
    if (overrides) embeddings_.push_back(bidi_controls(UnicodeBidi::Override, direction));
    if (overrides) paragraph_ += embeddings_.back().open;
    walk(container);
    plaintext_ = style.unicode_bidi == UnicodeBidi::Plaintext;
    const ParagraphBase base = plaintext_                    ? ParagraphBase::FirstStrong
                               : direction == Direction::Rtl ? ParagraphBase::Rtl
                                                             : ParagraphBase::Ltr;
    levels_ = &bidi_.find(paragraph_, base);
    restart(Walk::Levelled);
}

void Collector::walk(const Box& container) {
    for (const Box* box = container.first_child; box != nullptr;) {
        enter(*box);
        if (box->kind == BoxKind::Inline && box->in_flow() && box->first_child != nullptr) {
            box = box->first_child;
            continue;
        }
        for (; box != &container; box = box->parent) {
            leave(*box);
            if (box->next != nullptr) break;
        }
        box = box == &container ? nullptr : box->next;
    }
}

const InlineContent& Collector::collect(const Box& container) {
    walk(container);
    if (needs_levels_ || right_to_left_ || container.text_style().direction == Direction::Rtl) {
        find_levels(container);
        walk(container);
        right_to_left_ = true;
    }
    auto* content = std::pmr::polymorphic_allocator<InlineContent>(context_.box_arena).new_object<InlineContent>();
    const std::span<InlineItem> kept = context_.box_span<InlineItem>(items_.size());
    std::ranges::copy(items_, kept.begin());
    content->items = kept;
    content->right_to_left = right_to_left_;
    content->has_page_texts = has_page_texts_;
    content->mixed_faces = mixed_faces_;
    content->plaintext = plaintext_;
    return *content;
}

LayoutUnit edge_width(const InlineItem& item) {
    const ComputedStyle& style = *item.box->style;
    const auto fixed = [](const Length& length) { return length.is_value() ? length.px : LayoutUnit(); };
    if (item.kind == InlineItem::Kind::Open)
        return item.box->continuation ? LayoutUnit()
                                      : fixed(style.margin.left) + fixed(style.padding.left) + style.border.left.width;
    return item.box->continued ? LayoutUnit()
                               : fixed(style.margin.right) + fixed(style.padding.right) + style.border.right.width;
}

// Adds up lines for intrinsic widths: `least` breaks wherever it may, `most` only where it must.
struct WidthSums {
    IntrinsicWidths result;
    LayoutUnit word, line, pending;  // pending: spaces at the end that may still vanish
    LayoutUnit floats;

    void add(LayoutUnit least, LayoutUnit most) {
        word += least;
        line += pending + most;
        pending = {};
    }
    // Spaces before it are still at the end.
    void add_edge(LayoutUnit width) {
        word += width;
        line += width;
    }
    void end_word() {
        result.least = std::max(result.least, word);
        word = {};
    }
    void end_line() {
        end_word();
        result.most = std::max(result.most, line);
        line = pending = {};
    }
};

// With break anywhere the narrowest line is one glyph.
LayoutUnit least_text_width(const InlineItem& item) {
    const InheritedStyle& style = item.box->text_style();
    const bool anywhere = style.overflow_wrap == OverflowWrap::Anywhere || breaks_anywhere(style);
    if (!anywhere || item.word == nullptr || !allows_wrap(style.white_space)) return item.width;
    LayoutUnit widest;
    for (std::uint32_t glyph = 0; glyph < item.word->glyphs.size(); ++glyph)
        widest = std::max(widest, glyph_width(item, glyph, glyph + 1));
    return widest;
}

bool in_cell(const Box& box) {
    const Box* at = &box;
    for (int i = 0; i < 4 && at != nullptr; ++i, at = at->parent)
        if (at->kind == BoxKind::Cell) return true;
    return false;
}

// Least widths of table cells decide about columns, so they are WeasyPrint's: a space at the end of a text, before or
// after an inline element, does not part the words on its two sides.
bool holds_together(std::span<const InlineItem> items, std::size_t index) {
    if (index == 0 || index + 1 >= items.size()) return false;
    const InlineItem &before = items[index - 1], &item = items[index], &after = items[index + 1];
    return before.kind == InlineItem::Kind::Text && before.box == item.box &&
           (after.kind == InlineItem::Kind::Open || after.kind == InlineItem::Kind::Close);
}

void add_item(LayoutContext& context, const InlineItem& item, WidthSums& sums, bool held) {
    using Kind = InlineItem::Kind;
    switch (item.kind) {
        case Kind::Open:
        case Kind::Close:
            sums.add_edge(edge_width(item));
            break;
        case Kind::LineBreak:
            sums.line += sums.pending;  // spaces before <br> take room, as in aligned lines
            return sums.end_line();
        case Kind::Positioned:
        case Kind::Leader:
            return;
        case Kind::Float: {
            const IntrinsicWidths widths = outer_intrinsic_widths(context, *item.box);
            sums.result.least = std::max(sums.result.least, widths.least);
            sums.floats += widths.most;
            return;
        }
        case Kind::Atomic: {
            const IntrinsicWidths widths = outer_intrinsic_widths(context, *item.box);
            sums.add(widths.least, widths.most);
            break;
        }
        case Kind::Text:
            if (item.piece == PieceKind::ForcedBreak) return sums.end_line();
            if (item.collapsible && item.break_after) {
                if (!held) sums.end_word();
                sums.pending += item.width;
                return;
            }
            if (item.piece == PieceKind::SoftHyphen && item.break_after) sums.word += hyphen_width(context, *item.box);
            if (item.piece == PieceKind::Tab)
                sums.add({}, tab_stop(context, item.box->text_style()));
            else
                sums.add(least_text_width(item), item.width);
            break;
    }
    if (item.break_after) sums.end_word();
}

}  // namespace

bool allows_wrap(WhiteSpace mode) {
    return mode != WhiteSpace::NoWrap && mode != WhiteSpace::Pre;
}

bool breaks_anywhere(const InheritedStyle& style) {
    return style.word_break == WordBreak::BreakAll || style.rare->line_break == LineBreakRule::Anywhere;
}

LayoutUnit tab_stop(LayoutContext& context, const InheritedStyle& style) {
    const LayoutUnit length = style.rare->tab_length;
    return length > LayoutUnit() ? length : context.font(style).space * style.tab_size;
}

GlyphRange visual_glyphs(const InlineItem& item, std::uint32_t begin, std::uint32_t end) {
    if ((item.bidi_level & 1U) == 0 || item.word == nullptr) return {begin, end};
    const auto count = static_cast<std::uint32_t>(item.word->glyphs.size());
    return {count - end, count - begin};
}

LayoutUnit glyph_width(const InlineItem& item, std::uint32_t begin, std::uint32_t end) {
    if (item.word == nullptr) return {};
    const InheritedStyle& style = item.box->text_style();
    const std::span<const Glyph> glyphs = item.word->glyphs;
    std::int64_t advance = item.word->advance;
    if (begin != 0 || end != glyphs.size()) {
        advance = 0;
        const GlyphRange range = visual_glyphs(item, begin, end);
        for (std::uint32_t i = range.begin; i < range.end; ++i) advance += glyphs[i].advance;
    }
    return LayoutUnit::from_px(to_px(advance, *item.word, style.font_size_px) +
                               letter_and_word_spacing_px(item, end - begin));
}

const InlineContent& inline_content(LayoutContext& context, const Box& container) {
    LayoutCache& cache = cache_of(context, container);
    if (cache.inline_content == nullptr) cache.inline_content = &Collector(context).collect(container);
    return *cache.inline_content;
}

IntrinsicWidths inline_widths(LayoutContext& context, const Box& container) {
    WidthSums sums;
    const Length& indent = container.text_style().text_indent;
    if (indent.is_value()) sums.word = sums.line = indent.px;
    const std::span<const InlineItem> items = inline_content(context, container).items;
    const bool cell = in_cell(container);
    for (std::size_t i = 0; i < items.size(); ++i) add_item(context, items[i], sums, cell && holds_together(items, i));
    sums.end_line();
    sums.result.most += sums.floats;
    return sums.result;
}

}  // namespace galley::document
