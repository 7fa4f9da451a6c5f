#include "document/css/media.h"

#include "document/css/syntax.h"
#include "document/css/values.h"

namespace galley::document {

namespace {

using Type = CssTokenType;

constexpr int kSupportsDepthMax = 16;

bool compare(std::string_view name, double actual, double wanted) {
    if (name.starts_with("min-")) return actual >= wanted;
    if (name.starts_with("max-")) return actual <= wanted;
    return actual == wanted;
}

enum class Order : std::uint8_t { None, Less, LessOrEqual, Greater, GreaterOrEqual, Equal };

Order take_order(CssCursor& cursor) {
    const bool less = cursor.take_delim('<'), greater = !less && cursor.take_delim('>');
    const bool equal = cursor.take_delim('=');
    if (less) return equal ? Order::LessOrEqual : Order::Less;
    if (greater) return equal ? Order::GreaterOrEqual : Order::Greater;
    return equal ? Order::Equal : Order::None;
}

bool holds(double left, Order order, double right) {
    switch (order) {
        case Order::Less:
            return left < right;
        case Order::LessOrEqual:
            return left <= right;
        case Order::Greater:
            return left > right;
        case Order::GreaterOrEqual:
            return left >= right;
        case Order::Equal:
            return left == right;
        default:
            return false;
    }
}

std::optional<double> take_extent(CssCursor& cursor, Size page) {
    if (cursor.take_ident("width")) return page.width.px();
    if (cursor.take_ident("height")) return page.height.px();
    const auto value = read_length(cursor, LengthContext{}, Percentages::Refused);
    return value ? std::optional(value->px) : std::nullopt;
}

// (width >= 10cm), (10cm < width <= 20cm)
bool matches_range(CssCursor inner, Size page) {
    auto left = take_extent(inner, page);
    bool any = false;
    while (left && !inner.done()) {
        const Order order = take_order(inner);
        const auto right = take_extent(inner, page);
        if (!right || !holds(*left, order, *right)) return false;
        left = right;
        any = true;
    }
    return left && any;
}

bool is_range(CssCursor inner) {
    while (!inner.done()) {
        const CssToken& token = inner.take();
        if (token.is_delim('<') || token.is_delim('>') || token.is_delim('=')) return true;
    }
    return false;
}

// (feature), (feature: value) or a range
bool matches_feature(CssCursor inner, Size page) {
    if (is_range(inner)) return matches_range(inner, page);
    if (!inner.peek().is(Type::Ident)) return false;
    const std::string name = css_lowered(inner.take().text);
    if (inner.done()) return name == "color" || name == "width" || name == "height";
    if (!inner.peek().is(Type::Colon)) return false;
    inner.take();
    if (name == "orientation")
        return inner.take_ident(page.width > page.height ? "landscape" : "portrait") && inner.done();
    const bool width = name.ends_with("width"), height = name.ends_with("height");
    if (!width && !height) return false;
    const auto value = read_length(inner, LengthContext{}, Percentages::Refused);
    return value && inner.done() && compare(name, width ? page.width.px() : page.height.px(), value->px);
}

bool matches_conditions(CssCursor query, Size page, bool matches, int depth);

// In brackets: a feature, or conditions again.
bool matches_media_part(CssCursor& query, Size page, int depth) {
    const bool negated = query.take_ident("not");
    const CssTokens all = query.take_component();
    if (depth > kSupportsDepthMax || all.size() < 2 || !all.front().is(Type::OpenParen)) return false;
    const CssCursor inner(trimmed(all.subspan(1, all.size() - 2)));
    const bool nested =
        inner.peek().is(Type::OpenParen) || (inner.peek().is(Type::Ident) && css_equals(inner.peek().text, "not"));
    return (nested ? matches_conditions(inner, page, true, depth + 1) : matches_feature(inner, page)) != negated;
}

// Conditions joined by `and` or `or`, the first of them joined to `matches` by `and`.
bool matches_conditions(CssCursor query, Size page, bool matches, int depth) {
    if (query.done()) return matches;
    matches = matches_media_part(query, page, depth) && matches;
    while (!query.done()) {
        if (query.take_ident("and")) {
            matches = matches_media_part(query, page, depth) && matches;
        } else if (query.take_ident("or")) {
            matches = matches_media_part(query, page, depth) || matches;
        } else {
            return false;
        }
    }
    return matches;
}

bool matches_query(CssCursor query, const MediaContext& medium) {
    const bool negated = query.take_ident("not");
    if (!negated) query.take_ident("only");
    bool matches = true;
    if (query.peek().is(Type::Ident)) {
        const std::string_view type = query.take().text;
        matches = css_equals(type, medium.type) || css_equals(type, "all");
        if (!query.done() && !query.take_ident("and")) return false;
    }
    return matches_conditions(query, medium.page, matches, 0) != negated;
}

bool matches_condition(CssCursor cursor, const std::function<bool(CssTokens)>& knows, int depth);

bool matches_condition_part(CssCursor& cursor, const std::function<bool(CssTokens)>& knows, int depth) {
    if (cursor.take_ident("not")) return !matches_condition_part(cursor, knows, depth + 1);
    if (cursor.peek().is(Type::Function) && css_equals(cursor.peek().text, "selector")) {
        const CssTokens all = cursor.take_component();
        return knows(all);
    }
    if (!cursor.peek().is(Type::OpenParen) || depth > kSupportsDepthMax) {
        cursor.take_component();
        return false;
    }
    const CssTokens all = cursor.take_component();
    const CssTokens inside = trimmed(all.subspan(1, all.size() - 2));
    const bool nested = !inside.empty() && (inside.front().is(Type::OpenParen) ||
                                            (inside.front().is(Type::Ident) && css_equals(inside.front().text, "not")));
    return nested ? matches_condition(CssCursor(inside), knows, depth + 1) : knows(inside);
}

bool matches_condition(CssCursor cursor, const std::function<bool(CssTokens)>& knows, int depth) {
    if (cursor.take_ident("not")) return !matches_condition_part(cursor, knows, depth);
    bool matches = matches_condition_part(cursor, knows, depth);
    while (!cursor.done()) {
        if (cursor.take_ident("and")) {
            matches = matches_condition_part(cursor, knows, depth) && matches;
        } else if (cursor.take_ident("or")) {
            matches = matches_condition_part(cursor, knows, depth) || matches;
        } else {
            return false;
        }
    }
    return matches;
}

}  // namespace

bool matches_media(CssTokens prelude, const MediaContext& medium) {
    CssCursor cursor(prelude);
    if (cursor.done()) return true;
    while (!cursor.done()) {
        if (matches_query(CssCursor(cursor.take_until_comma()), medium)) return true;
    }
    return false;
}

bool matches_supports(CssTokens prelude, const std::function<bool(CssTokens)>& knows) {
    return matches_condition(CssCursor(prelude), knows, 0);
}

}  // namespace galley::document
