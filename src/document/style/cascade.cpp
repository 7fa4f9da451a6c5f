#include "document/style/cascade.h"

#include <algorithm>
#include <array>

namespace galley::document {

namespace {

constexpr std::size_t kSubstitutedTokensMax = 10'000;
constexpr int kVarDepthMax = 16;

using Made = std::deque<std::vector<CssToken>>;

// A longhand with its final tokens.
struct Resolved {
    PropertyId id{};
    WideKeyword wide = WideKeyword::None;
    CssTokens value;
    std::string_view base_url;
    Origin origin = Origin::Author;
};

const CssTokens* find_custom(const CustomProperties* properties, std::string_view name) {
    if (properties == nullptr) return nullptr;
    const auto at = properties->find(name);
    return at == properties->end() ? nullptr : &at->second;
}

// Appends `value` with every var() replaced. False: a name is not there, or a limit is passed. Recursion is bounded by
// kVarDepthMax.
bool substitute(CssTokens value, const CustomProperties* properties, std::vector<CssToken>& out, int depth) {
    if (depth > kVarDepthMax) return false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (out.size() > kSubstitutedTokensMax) return false;
        if (!value[i].is(CssTokenType::Function) || !css_equals(value[i].text, "var")) {
            out.push_back(value[i]);
            continue;
        }
        CssCursor inner(value.subspan(i + 1, value[i].length - 2));
        i += value[i].length - 1;
        if (!inner.peek().is(CssTokenType::Ident)) return false;
        const CssTokens* found = find_custom(properties, inner.take().text);
        const bool has_fallback = inner.take_comma();
        if (found == nullptr && !has_fallback) return false;
        if (!substitute(found != nullptr ? *found : inner.rest(), properties, out, depth + 1)) return false;
    }
    return true;
}

bool substitute_all(CssTokens value, const CustomProperties* properties, Made& made, CssTokens& out) {
    std::vector<CssToken> tokens;
    if (!substitute(value, properties, tokens, 0)) return false;
    match_brackets(tokens);
    out = trimmed(made.emplace_back(std::move(tokens)));
    return true;
}

template <typename Visit>
void visit_in_order(const CascadeInput& input, Visit visit) {
    const auto pass = [&](bool important, std::optional<Origin> only) {
        for (const AppliedBlock& applied : input.blocks) {
            if ((important && !applied.block->has_important) || (only && applied.origin != *only)) continue;
            for (const Declaration& declaration : applied.block->declarations)
                if (declaration.important == important) visit(declaration, applied);
        }
    };
    pass(false, std::nullopt);
    if (std::ranges::any_of(input.blocks, [&](const AppliedBlock& applied) {
            return applied.block->has_important && applied.layer != UINT32_MAX &&
                   applied.layer != input.blocks[0].layer;
        })) {
        // Important declarations of earlier layers are stronger; style attributes stay strongest.
        std::vector<std::pair<std::uint64_t, std::size_t>> order;
        for (std::size_t i = 0; i < input.blocks.size(); ++i) {
            const std::uint32_t layer = input.blocks[i].layer;
            if (input.blocks[i].origin == Origin::Author)
                order.emplace_back(layer == UINT32_MAX ? layer : UINT32_MAX - 1 - layer, i);
        }
        std::ranges::sort(order);
        for (const auto& [layer, index] : order)
            for (const Declaration& declaration : input.blocks[index].block->declarations)
                if (declaration.important) visit(declaration, input.blocks[index]);
    } else {
        pass(true, Origin::Author);
    }
    pass(true, Origin::User);
    pass(true, Origin::UserAgent);
}

std::shared_ptr<const CustomProperties> compute_custom(const CascadeInput& input, Made& made) {
    std::shared_ptr<CustomProperties> out;
    visit_in_order(input, [&](const Declaration& declaration, const AppliedBlock&) {
        if (declaration.custom_name.empty()) return;
        if (!out) {
            out = input.parent_custom != nullptr ? std::make_shared<CustomProperties>(*input.parent_custom)
                                                 : std::make_shared<CustomProperties>();
        }
        if (declaration.wide == WideKeyword::Initial) {
            out->erase(declaration.custom_name);
        } else if (declaration.wide == WideKeyword::None) {
            (*out)[declaration.custom_name] = declaration.value;
        } else if (const CssTokens* inherited = find_custom(input.parent_custom, declaration.custom_name)) {
            (*out)[declaration.custom_name] = *inherited;
        } else {
            out->erase(declaration.custom_name);
        }
    });
    if (!out) return nullptr;
    const CustomProperties raw = *out;
    for (auto& [name, value] : *out) {
        if (contains_function(value, "var") && !substitute_all(value, &raw, made, value)) value = {};
    }
    std::erase_if(*out, [&raw](const auto& entry) {
        return entry.second.data() == nullptr && raw.at(entry.first).data() != nullptr;
    });
    return out;
}

// The font of a style that is being made.
class TargetFont final : public FontUnits {
 public:
    TargetFont(FontMeasure* fonts, const InheritedStyle& style) : fonts_(fonts), style_(style) {}
    double x_height() const override { return fonts_->x_height(style_); }
    double zero_width() const override { return fonts_->zero_width(style_); }

 private:
    FontMeasure* fonts_;
    const InheritedStyle& style_;
};

class StyleMaker {
 public:
    StyleMaker(const CascadeInput& input, Made& made) : input_(input), made_(made) {}

    Computed run() {
        Computed out;
        out.custom = compute_custom(input_, made_);
        custom_ = out.custom ? out.custom.get() : input_.parent_custom;
        resolve();
        start();
        apply_all();
        finish();
        out.page_size = target_.page_size;
        out.style = std::move(target_.style);
        return out;
    }

 private:
    void resolve() {
        visit_in_order(input_, [this](const Declaration& declaration, const AppliedBlock& applied) {
            if (!declaration.custom_name.empty()) return;
            origin_ = applied.origin;
            if (declaration.has_var) return resolve_var(declaration, applied.base_url);
            add({declaration.id, declaration.wide, declaration.value, applied.base_url});
        });
    }

    // https://drafts.csswg.org/css-cascade-4/#default — `revert` takes the declarations of its origin back.
    // DEVIATION: revert-layer takes back those of all layers.
    void add(Resolved resolved) {
        resolved.origin = origin_;
        if (resolved.wide != WideKeyword::Revert) return resolved_.push_back(resolved);
        if (origin_ == Origin::UserAgent) {
            resolved.wide = WideKeyword::Unset;
            return resolved_.push_back(resolved);
        }
        std::erase_if(resolved_, [&resolved](const Resolved& earlier) {
            return earlier.id == resolved.id && earlier.origin == resolved.origin;
        });
    }

    void resolve_var(const Declaration& declaration, std::string_view base_url) {
        const bool shorthand = property_info(declaration.id).kind == PropertyKind::Shorthand;
        const std::span<const PropertyId> longhands = shorthand_longhands(declaration.id);
        CssTokens value;
        bool good = substitute_all(declaration.value, custom_, made_, value) && !value.empty();
        const WideKeyword wide = wide_keyword(value);
        if (good && wide != WideKeyword::None) {
            if (!shorthand) add({declaration.id, wide, {}, base_url});
            for (const PropertyId id : longhands) add({id, wide, {}, base_url});
            return;
        }
        if (good && !shorthand) good = is_valid_value(declaration.id, value);
        std::vector<LonghandValue> parts;
        if (good && shorthand) good = expand_shorthand(declaration.id, value, made_, parts);
        // Invalid at computed-value time: as if unset.
        if (!good) {
            if (!shorthand) add({declaration.id, WideKeyword::Unset, {}, base_url});
            for (const PropertyId id : longhands) add({id, WideKeyword::Unset, {}, base_url});
            return;
        }
        if (!shorthand) add({declaration.id, WideKeyword::None, value, base_url});
        for (const LonghandValue& part : parts) add({part.id, wide_keyword(part.value), part.value, base_url});
    }

    void start() {
        target_.parent = input_.parent;
        target_.text = *input_.parent->text;
        target_.element = input_.element;
        target_.lengths = input_.lengths;
        target_.lengths.font_size_px = target_.text.font_size_px;
        if (input_.fonts != nullptr) target_.lengths.font = &font_;
        if (input_.keeps_text_align) {
            target_.text.text_align = input_.default_text_align;
            target_.style.vertical_align = input_.default_vertical_align;
        }
    }

    void apply(const Resolved& resolved) {
        target_.base_url = resolved.base_url;
        if (resolved.wide == WideKeyword::None) {
            apply_property(resolved.id, resolved.value, target_);
            return;
        }
        const bool inherits =
            resolved.wide == WideKeyword::Inherit ||
            (resolved.wide == WideKeyword::Unset && property_info(resolved.id).inherited == Inherited::Yes);
        reset_property(resolved.id, target_, inherits ? ResetTo::Inherited : ResetTo::Initial);
    }

    void apply_all() {
        for (const Resolved& resolved : resolved_)
            if (resolved.id == PropertyId::FontSize) apply(resolved);
        target_.lengths.font_size_px = target_.text.font_size_px;
        if (input_.is_root) target_.lengths.root_font_size_px = target_.text.font_size_px;
        for (const Resolved& resolved : resolved_) {
            const bool early = property_info(resolved.id).kind == PropertyKind::Early;
            if (early && resolved.id != PropertyId::FontSize) apply(resolved);
        }
        target_.lengths.line_height_px = line_height_px();
        for (Border* border : borders()) {
            border->color = target_.text.color;
            border->width = LayoutUnit::from_px(3);
        }
        for (const Resolved& resolved : resolved_)
            if (property_info(resolved.id).kind == PropertyKind::Longhand) apply(resolved);
    }

    double line_height_px() const {
        switch (target_.text.line_height_kind) {
            case InheritedStyle::LineHeightKind::Factor:
                return target_.text.line_height * target_.text.font_size_px;
            case InheritedStyle::LineHeightKind::Absolute:
                return target_.text.line_height;
            default:
                return target_.text.font_size_px * 1.2;
        }
    }

    std::array<Border*, 5> borders() {
        auto& border = target_.style.border;
        return {&border.top, &border.right, &border.bottom, &border.left, &target_.style.outline};
    }

    void finish() {
        ComputedStyle& style = target_.style;
        for (Border* border : borders()) {
            const bool absent = border->style == BorderStyle::None || border->style == BorderStyle::Hidden;
            if (absent) border->width = LayoutUnit();
        }
        style.background_layers = combine_background(target_.background);
        style.overflow =
            input_.overflow_is_viewports ? Overflow::Visible : joined_overflow(style.overflow, style.overflow_y);
        style.overflow_y = style.overflow;
        if (style.position == Position::Absolute || style.position == Position::Fixed) style.float_side = Float::None;
        const bool out_of_flow = style.position == Position::Absolute || style.position == Position::Fixed ||
                                 style.float_side != Float::None;
        style.inline_before = out_of_flow && is_inline_level(style.display);
        if (input_.context == BoxContext::Blockified || out_of_flow) style.display = blockified(style.display);
        finish_decorations(out_of_flow);
        if (target_.text == *input_.parent->text) {
            style.text = input_.parent->text;
        } else {
            style.text = std::make_shared<const InheritedStyle>(std::move(target_.text));
        }
    }

    // One value serves both ways. Nothing scrolls on paper: a box that only scrolls one way shows what stands out of it
    // (CSS 2 §11.1.1 lets it), as tables and code that may scroll on screens must not lose their ends; what is hidden
    // one way is hidden (CSS Overflow 3 §3.1).
    static Overflow joined_overflow(Overflow x, Overflow y) {
        const auto scrolls = [](Overflow value) { return value == Overflow::Auto || value == Overflow::Scroll; };
        if (x == Overflow::Visible && scrolls(y)) return Overflow::Visible;
        return x == Overflow::Visible || scrolls(x) ? y : x;
    }

    // CSS Text Decoration 3 §2.1: lines do not reach into atomic inlines and what is out of flow.
    void finish_decorations(bool out_of_flow) {
        if (out_of_flow || is_atomic_inline(target_.style.display)) target_.text.decorations.clear();
        if (!target_.decoration.any()) return;
        if (!target_.decoration.color) target_.decoration.color = target_.text.color;
        const RareText& rare = *target_.text.rare;
        target_.decoration.offset = rare.underline_offset;
        target_.decoration.under = rare.underline_under;
        target_.decoration.skip_ink = rare.skip_ink;
        target_.text.decorations.push_back(target_.decoration);
    }

    static bool is_inline_level(Display display) { return display == Display::Inline || is_atomic_inline(display); }
    static bool is_atomic_inline(Display display) {
        return display == Display::InlineBlock || display == Display::InlineTable || display == Display::InlineFlex;
    }

    static Display blockified(Display display) {
        switch (display) {
            case Display::Inline:
            case Display::InlineBlock:
            case Display::TableRow:
            case Display::TableRowGroup:
            case Display::TableHeaderGroup:
            case Display::TableFooterGroup:
            case Display::TableCell:
            case Display::TableColumn:
            case Display::TableColumnGroup:
            case Display::TableCaption:
                return Display::Block;
            case Display::InlineFlex:
                return Display::Flex;
            case Display::InlineTable:
                return Display::Table;
            default:
                return display;
        }
    }

    const CascadeInput& input_;
    Made& made_;
    const CustomProperties* custom_ = nullptr;
    std::vector<Resolved> resolved_;
    Origin origin_ = Origin::Author;  // of the declaration that is being resolved
    StyleTarget target_;
    TargetFont font_{input_.fonts, target_.text};
};

}  // namespace

Computed compute_style(const CascadeInput& input, Made& made) {
    return StyleMaker(input, made).run();
}

}  // namespace galley::document
