#include "document/layout/inline_content.h"

#include <algorithm>
#include <array>

#include "document/layout/layout_cache.h"
#include "document/layout/text_transform.h"
#include "document/text/utf8.h"

namespace galley::document {

namespace {

constexpr char32_t kObjectReplacement = 0xFFFC;

LayoutUnit to_units(std::int64_t font_units, const ShapedWord& word, double size_px) {
    const int upem = std::max(1, word.face->metrics().units_per_em);
    return LayoutUnit::from_px(static_cast<double>(font_units) * size_px / upem);
}

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

class Collector {
 public:
    explicit Collector(LayoutContext& context) : context_(context) {}
    const InlineContent& collect(const Box& container);

 private:
    void enter(const Box& box);
    void leave(const Box& box);
    void add_text(const Box& box);
    void add_piece(const Box& box, const Piece& piece);
    void add(InlineItem::Kind kind, const Box& box, bool break_before, bool break_after);
    void allow_break_before_next();
    void add_atomic(InlineItem::Kind kind, const Box& box);

    LayoutContext& context_;
    // Most containers hold a few words: their items need no heap.
    std::array<std::byte, 2048> buffer_;
    std::pmr::monotonic_buffer_resource memory_{buffer_.data(), buffer_.size()};
    std::pmr::vector<InlineItem> items_{&memory_};
    std::vector<Piece> pieces_;
    std::string scratch_;
    char32_t previous_ = 0;
    bool after_space_ = true;
    bool right_to_left_ = false;
    std::ptrdiff_t last_content_ = -1;  // index of the last text or atomic item
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
    items_.push_back(item);
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
    item.bidi_level = piece.bidi_level;
    item.break_after = piece.break_after && allows_wrap(style.white_space);
    item.collapsible = piece.kind == PieceKind::Space && !preserves_spaces(style.white_space);
    if (piece.kind == PieceKind::ForcedBreak) item.break_after = true;
    if (piece.kind == PieceKind::Space && allows_wrap(style.white_space)) item.break_after = true;
    if (piece.word != nullptr && piece.kind != PieceKind::SoftHyphen)
        item.width = glyph_width(item, 0, static_cast<std::uint32_t>(piece.word->glyphs.size()));
    right_to_left_ |= (piece.bidi_level & 1U) != 0;
    items_.push_back(item);
    last_content_ = static_cast<std::ptrdiff_t>(items_.size()) - 1;
}

void Collector::add_text(const Box& box) {
    const InheritedStyle& style = box.text_style();
    std::string_view text = box.text;
    if (preserves_spaces(style.white_space) || !is_collapsed(text, after_space_)) {
        scratch_.clear();
        collapse_spaces(text, style.white_space, after_space_, scratch_);
        text = scratch_;
    } else if (!text.empty()) {
        after_space_ = text.back() == ' ';
    }
    if (text.empty()) return;
    std::string transformed;
    if (style.text_transform != TextTransform::None) {
        transformed = transform_text(text, style.text_transform, previous_);
        text = transformed;
    }
    pieces_.clear();
    const FontFacts& font = context_.font(style);
    const bool before =
        context_.shaper.shape(text, *font.font, style, previous_, preserves_breaks(style.white_space), pieces_);
    if (before && previous_ != 0 && previous_ != kObjectReplacement && allows_wrap(style.white_space))
        allow_break_before_next();
    for (const Piece& piece : pieces_) add_piece(box, piece);
    previous_ = last_character(text);
}

void Collector::enter(const Box& box) {
    using Kind = InlineItem::Kind;
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
    if (box.kind == BoxKind::Inline && box.in_flow()) add(InlineItem::Kind::Close, box, false, false);
}

const InlineContent& Collector::collect(const Box& container) {
    items_.reserve(buffer_.size() / sizeof(InlineItem) - 1);
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
    auto* content = std::pmr::polymorphic_allocator<InlineContent>(&context_.tree.arena()).new_object<InlineContent>();
    const std::span<InlineItem> kept = context_.tree_span<InlineItem>(items_.size());
    std::ranges::copy(items_, kept.begin());
    content->items = kept;
    content->right_to_left = right_to_left_;
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
    const bool anywhere = style.overflow_wrap == OverflowWrap::Anywhere || style.word_break == WordBreak::BreakAll;
    if (!anywhere || item.word == nullptr || !allows_wrap(style.white_space)) return item.width;
    LayoutUnit widest;
    for (std::uint32_t glyph = 0; glyph < item.word->glyphs.size(); ++glyph)
        widest = std::max(widest, glyph_width(item, glyph, glyph + 1));
    return widest;
}

void add_item(LayoutContext& context, const InlineItem& item, WidthSums& sums) {
    using Kind = InlineItem::Kind;
    switch (item.kind) {
        case Kind::Open:
        case Kind::Close:
            sums.add(edge_width(item), edge_width(item));
            break;
        case Kind::LineBreak:
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
                sums.end_word();
                sums.pending += item.width;
                return;
            }
            if (item.piece == PieceKind::Tab)
                sums.add({}, context.font(item.box->text_style()).space * item.box->text_style().tab_size);
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

LayoutUnit glyph_width(const InlineItem& item, std::uint32_t begin, std::uint32_t end) {
    if (item.word == nullptr) return {};
    const InheritedStyle& style = item.box->text_style();
    const std::span<const Glyph> glyphs = item.word->glyphs;
    std::int64_t advance = item.word->advance;
    if (begin != 0 || end != glyphs.size()) {
        advance = 0;
        for (std::uint32_t i = begin; i < end; ++i) advance += glyphs[i].advance;
    }
    LayoutUnit width = to_units(advance, *item.word, style.font_size_px);
    if (style.letter_spacing != LayoutUnit()) width += style.letter_spacing * static_cast<int>(end - begin);
    if (style.word_spacing != LayoutUnit() && item.piece == PieceKind::Space)
        width += style.word_spacing * static_cast<int>(end - begin);
    return width;
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
    for (const InlineItem& item : inline_content(context, container).items) add_item(context, item, sums);
    sums.end_line();
    sums.result.most += sums.floats;
    return sums.result;
}

}  // namespace galley::document
