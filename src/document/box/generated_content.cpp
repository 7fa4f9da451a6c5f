#include "document/box/generated_content.h"

#include <algorithm>
#include <utility>

#include "document/box/counter_text.h"
#include "document/box/first_letter.h"

namespace galley::document {

namespace {

// https://www.w3.org/TR/css-content-3/#quotes — the pair for a depth; deeper ones reuse the last.
std::string quote_mark(const std::vector<std::string>& quotes, int depth, bool open) {
    const int pairs = static_cast<int>(quotes.size() / 2);
    if (pairs == 0) return "";
    const int pair = std::clamp(depth, 0, pairs - 1);
    return quotes[static_cast<std::size_t>(pair * 2 + (open ? 0 : 1))];
}

std::string joined_counters(const std::vector<int>& values, const ContentItem& item, const CounterStyles& styles) {
    std::string out;
    for (const int value : values) {
        if (!out.empty()) out += item.text;
        out += counter_text(value, item.counter_style, styles);
    }
    return out;
}

std::string quote_text(ContentItem::Kind kind, const std::vector<std::string>& quotes, int& depth) {
    using Kind = ContentItem::Kind;
    std::string out;
    if (kind == Kind::OpenQuote) out = quote_mark(quotes, depth, true);
    if (kind == Kind::OpenQuote || kind == Kind::NoOpenQuote) {
        ++depth;
        return out;
    }
    depth = std::max(0, depth - 1);
    return kind == Kind::CloseQuote ? quote_mark(quotes, depth, false) : out;
}

std::string item_text(const ContentItem& item, const std::vector<std::string>& quotes, ContentSources& sources) {
    using Kind = ContentItem::Kind;
    switch (item.kind) {
        case Kind::Text:
            return item.text;
        case Kind::Counter:
            return counter_text(sources.counter_values(item.name).back(), item.counter_style, sources.counter_styles());
        case Kind::Counters:
            return joined_counters(sources.counter_values(item.name), item, sources.counter_styles());
        case Kind::String:
            return sources.named_string(item.name, item.keyword);
        case Kind::TargetCounter:
        case Kind::TargetCounters:
            return sources.target_counter(item.target, item.name, item.counter_style);
        case Kind::TargetText:
            return item.keyword == "first-letter" ? std::string(first_letter_of(sources.target_text(item.target)))
                                                  : sources.target_text(item.target);
        case Kind::ContentText:
            return sources.element_text(item.keyword);
        case Kind::OpenQuote:
        case Kind::CloseQuote:
        case Kind::NoOpenQuote:
        case Kind::NoCloseQuote:
            return quote_text(item.kind, quotes, sources.quote_depth());
        case Kind::Leader:
        case Kind::Element:
        case Kind::Image:
            return "";
    }
    return "";
}

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

void append_collapsed(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (!is_space(c))
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
}

void add_text(const ContentItem& item, const std::vector<std::string>& quotes, ContentSources& sources,
              ContentPart& part) {
    if (const std::optional<std::string> number = sources.page_text(item)) {
        part.text += *number;
        part.pieces.push_back({std::exchange(part.rest, {}), &item});
        return;
    }
    const std::string text = item_text(item, quotes, sources);
    part.text += text;
    part.rest += text;
}

}  // namespace

std::vector<ContentPart> evaluate_content(const std::vector<ContentItem>& items, const std::vector<std::string>& quotes,
                                          ContentSources& sources) {
    using Kind = ContentItem::Kind;
    std::vector<ContentPart> parts;
    for (const ContentItem& item : items) {
        if (item.kind == Kind::Leader) {
            parts.push_back({ContentPart::Kind::Leader, item.text, {}});
        } else if (item.kind == Kind::Image) {
            parts.push_back({ContentPart::Kind::Image, item.text.empty() ? item.target : item.text, {}});
        } else if (item.kind == Kind::Element) {
            parts.push_back({ContentPart::Kind::Element, item.name, item.keyword});
        } else {
            if (parts.empty() || parts.back().kind != ContentPart::Kind::Text) parts.emplace_back();
            add_text(item, quotes, sources, parts.back());
        }
    }
    return parts;
}

std::string content_text(const std::vector<ContentItem>& items, const std::vector<std::string>& quotes,
                         ContentSources& sources) {
    std::string out;
    for (const ContentItem& item : items) out += item_text(item, quotes, sources);
    return out;
}

std::string element_text(const Node& node) {
    std::string out;
    for (const Node* at = &node; at != nullptr;) {
        if (at->is_text()) append_collapsed(out, at->text());
        if (at->is("br")) append_collapsed(out, " ");
        if (at->first_child != nullptr) {
            at = at->first_child;
            continue;
        }
        while (at != nullptr && at != &node && at->next_sibling == nullptr) at = at->parent;
        at = at == nullptr || at == &node ? nullptr : at->next_sibling;
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace galley::document
