// Generated content, counters, named strings, bookmarks, anchors.
// https://drafts.csswg.org/css-content-3/  https://drafts.csswg.org/css-gcpm-3/
#include "document/style/property_apply.h"

namespace galley::document {

namespace {

using Kind = ContentItem::Kind;

constexpr std::size_t kItemsMax = 256;

// attr(name type?, fallback?): the attribute's text; where the element lacks it, the fallback or nothing. The type
// (string, url) makes no difference to a text.
std::optional<std::string> read_attr(CssCursor& cursor, const StyleTarget& target) {
    auto inner = cursor.take_function("attr");
    if (!inner || !inner->peek().is(CssTokenType::Ident)) return std::nullopt;
    const std::string name = css_lowered(inner->take().text);
    if (!inner->take_ident("string")) inner->take_ident("url");
    std::string fallback;
    if (inner->take_comma() && inner->peek().is(CssTokenType::String)) fallback = std::string(inner->take().text);
    if (!inner->done()) return std::nullopt;
    const std::string_view* value = target.element != nullptr ? target.element->attribute(name) : nullptr;
    return value != nullptr ? std::string(*value) : fallback;
}

// A link's target: attr(href), a string or a url().
std::optional<std::string> read_target(CssCursor& cursor, const StyleTarget& target) {
    if (cursor.peek().is(CssTokenType::String) || cursor.peek().is(CssTokenType::Url))
        return std::string(cursor.take().text);
    if (auto inner = cursor.take_function("url")) {
        if (!inner->peek().is(CssTokenType::String)) return std::nullopt;
        return std::string(inner->take().text);
    }
    return read_attr(cursor, target);
}

bool read_ident(CssCursor& cursor, std::string& out) {
    if (!cursor.peek().is(CssTokenType::Ident)) return false;
    out = std::string(cursor.take().text);
    return true;
}

// [, <counter-style>]
bool read_optional_style(CssCursor& cursor, std::string& out) {
    if (cursor.done()) return true;
    if (!cursor.take_comma() || !read_ident(cursor, out)) return false;
    out = css_lowered(out);
    return true;
}

bool read_counters(CssCursor inner, ContentItem& item) {
    if (!read_ident(inner, item.name)) return false;
    if (item.kind == Kind::Counters) {
        if (!inner.take_comma() || !inner.peek().is(CssTokenType::String)) return false;
        item.text = std::string(inner.take().text);
    }
    return read_optional_style(inner, item.counter_style) && inner.done();
}

// string(name, keyword), element(name, keyword)
bool read_named(CssCursor inner, ContentItem& item) {
    if (!read_ident(inner, item.name)) return false;
    item.keyword = "first";
    if (inner.take_comma() && !read_ident(inner, item.keyword)) return false;
    return inner.done();
}

bool read_target_counter(CssCursor inner, const StyleTarget& target, ContentItem& item) {
    auto to = read_target(inner, target);
    if (!to || !inner.take_comma() || !read_ident(inner, item.name)) return false;
    item.target = std::move(*to);
    if (item.kind == Kind::TargetCounters) {
        if (!inner.take_comma() || !inner.peek().is(CssTokenType::String)) return false;
        item.text = std::string(inner.take().text);
    }
    return read_optional_style(inner, item.counter_style) && inner.done();
}

bool read_target_text(CssCursor inner, const StyleTarget& target, ContentItem& item) {
    auto to = read_target(inner, target);
    if (!to) return false;
    item.target = std::move(*to);
    item.keyword = "content";
    if (inner.take_comma() && !read_ident(inner, item.keyword)) return false;
    return inner.done();
}

bool read_leader(CssCursor inner, ContentItem& item) {
    if (inner.peek().is(CssTokenType::String)) {
        item.text = std::string(inner.take().text);
    } else if (inner.take_ident("dotted")) {
        item.text = ".";
    } else if (inner.take_ident("solid")) {
        item.text = "_";
    } else if (inner.take_ident("space")) {
        item.text = " ";
    }
    return inner.done() && !item.text.empty();
}

// content(), content(text | before | after | marker | first-letter)
bool read_content_function(CssCursor inner, ContentItem& item) {
    item.keyword = "text";
    if (!inner.done() && !read_ident(inner, item.keyword)) return false;
    return inner.done();
}

bool read_item_function(CssCursor& cursor, const StyleTarget& target, ContentItem& item) {
    const std::string name = css_lowered(cursor.peek().text);
    CssCursor whole = cursor;
    const CssTokens all = cursor.take_component();
    const CssCursor inner(all.subspan(1, all.size() - 2));
    const auto as = [&item](Kind kind) -> ContentItem& {
        item.kind = kind;
        return item;
    };
    if (name == "counter") return read_counters(inner, as(Kind::Counter));
    if (name == "counters") return read_counters(inner, as(Kind::Counters));
    if (name == "string") return read_named(inner, as(Kind::String));
    if (name == "element") return read_named(inner, as(Kind::Element));
    if (name == "target-counter") return read_target_counter(inner, target, as(Kind::TargetCounter));
    if (name == "target-counters") return read_target_counter(inner, target, as(Kind::TargetCounters));
    if (name == "target-text") return read_target_text(inner, target, as(Kind::TargetText));
    if (name == "leader") return read_leader(inner, as(Kind::Leader));
    if (name == "content") return read_content_function(inner, as(Kind::ContentText));
    if (name == "url") {
        const auto url = read_url(whole, target);
        if (url) as(Kind::Image).text = *url;
        return url.has_value();
    }
    const auto text = read_attr(whole, target);
    if (text) as(Kind::Text).text = *text;
    return text.has_value();
}

bool read_item(CssCursor& cursor, const StyleTarget& target, ContentItem& item) {
    constexpr Keyword<Kind> kQuotes[] = {{"open-quote", Kind::OpenQuote},
                                         {"close-quote", Kind::CloseQuote},
                                         {"no-open-quote", Kind::NoOpenQuote},
                                         {"no-close-quote", Kind::NoCloseQuote}};
    if (cursor.peek().is(CssTokenType::String)) {
        item.text = std::string(cursor.take().text);
        return true;
    }
    if (cursor.peek().is(CssTokenType::Url)) {
        item.kind = Kind::Image;
        item.text = *read_url(cursor, target);
        return true;
    }
    if (cursor.peek().is(CssTokenType::Function)) return read_item_function(cursor, target, item);
    return take_keyword(cursor, kQuotes, item.kind);
}

bool read_items(CssCursor& cursor, const StyleTarget& target, std::vector<ContentItem>& out) {
    while (!cursor.done() && out.size() < kItemsMax) {
        if (!read_item(cursor, target, out.emplace_back())) return false;
    }
    return !out.empty();
}

bool apply_content(CssCursor& cursor, StyleTarget& target) {
    target.style.content.reset();
    if (cursor.take_ident("none") || cursor.take_ident("normal")) return true;
    std::vector<ContentItem> items;
    // "content / alternative text": only the first part is shown.
    CssCursor shown(cursor.take_until_slash());
    if (!read_items(shown, target, items) || !shown.done()) return false;
    while (!cursor.done()) cursor.take_component();
    target.style.content = std::move(items);
    return true;
}

template <auto Member, int Default>
bool apply_counters(CssCursor& cursor, StyleTarget& target) {
    std::vector<CounterChange> changes;
    if (!cursor.take_ident("none")) {
        while (!cursor.done() && changes.size() < kItemsMax) {
            CounterChange change{{}, Default};
            if (!read_ident(cursor, change.name)) return false;
            change.value = read_integer(cursor).value_or(Default);
            changes.push_back(std::move(change));
        }
    }
    target.style.*Member = std::move(changes);
    return true;
}

bool apply_string_set(CssCursor& cursor, StyleTarget& target) {
    target.style.string_set.clear();
    if (cursor.take_ident("none")) return true;
    while (!cursor.done() && target.style.string_set.size() < kItemsMax) {
        CssCursor item(cursor.take_until_comma());
        StringSet& set = target.style.string_set.emplace_back();
        if (!read_ident(item, set.name) || !read_items(item, target, set.value) || !item.done()) return false;
    }
    return true;
}

bool apply_bookmark_level(CssCursor& cursor, StyleTarget& target) {
    target.style.bookmark_level = 0;
    if (cursor.take_ident("none")) return true;
    const auto level = read_integer(cursor);
    if (!level || *level < 1) return false;
    target.style.bookmark_level = *level;
    return true;
}

bool apply_anchor(CssCursor& cursor, StyleTarget& target) {
    target.style.anchor.clear();
    if (cursor.take_ident("none")) return true;
    if (auto name = read_custom_ident(cursor)) {
        target.style.anchor = std::move(*name);
        return true;
    }
    auto text = read_attr(cursor, target);
    if (text) target.style.anchor = std::move(*text);
    return text.has_value();
}

using C = ComputedStyle;
constexpr PropertyRow kRows[] = {
    {PropertyId::Content, apply_content, copy_member<&C::content>},
    {PropertyId::CounterReset, apply_counters<&C::counter_reset, 0>, copy_member<&C::counter_reset>},
    {PropertyId::CounterIncrement, apply_counters<&C::counter_increment, 1>, copy_member<&C::counter_increment>},
    {PropertyId::CounterSet, apply_counters<&C::counter_set, 0>, copy_member<&C::counter_set>},
    {PropertyId::StringSet, apply_string_set, copy_member<&C::string_set>},
    {PropertyId::BookmarkLevel, apply_bookmark_level, copy_member<&C::bookmark_level>},
    {PropertyId::Anchor, apply_anchor, copy_member<&C::anchor>},
};

}  // namespace

bool read_content_items(CssCursor& cursor, const StyleTarget& target, std::vector<ContentItem>& out) {
    return read_items(cursor, target, out);
}

std::optional<std::string> read_link_target(CssCursor& cursor, const StyleTarget& target) {
    return read_target(cursor, target);
}

std::span<const PropertyRow> content_rows() {
    return kRows;
}

}  // namespace galley::document
