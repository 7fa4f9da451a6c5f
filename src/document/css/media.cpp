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

// (feature) or (feature: value)
bool matches_feature(CssCursor inner, Size page) {
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

bool matches_query(CssCursor query, Size page) {
    const bool negated = query.take_ident("not");
    if (!negated) query.take_ident("only");
    bool matches = true;
    if (query.peek().is(Type::Ident)) {
        const std::string_view type = query.take().text;
        matches = css_equals(type, "print") || css_equals(type, "all");
        if (!query.done() && !query.take_ident("and")) return false;
    }
    while (!query.done()) {
        if (!query.peek().is(Type::OpenParen)) return false;
        const CssTokens all = query.take_component();
        matches = matches_feature(CssCursor(all.subspan(1, all.size() - 2)), page) && matches;
        if (!query.done() && !query.take_ident("and")) return false;
    }
    return matches != negated;
}

bool matches_condition(CssCursor cursor, const std::function<bool(CssTokens)>& knows, int depth);

bool matches_condition_part(CssCursor& cursor, const std::function<bool(CssTokens)>& knows, int depth) {
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

bool matches_media(CssTokens prelude, Size page) {
    CssCursor cursor(prelude);
    if (cursor.done()) return true;
    while (!cursor.done()) {
        if (matches_query(CssCursor(cursor.take_until_comma()), page)) return true;
    }
    return false;
}

bool matches_supports(CssTokens prelude, const std::function<bool(CssTokens)>& knows) {
    return matches_condition(CssCursor(prelude), knows, 0);
}

}  // namespace galley::document
