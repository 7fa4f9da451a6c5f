// src/document/box/generated_content.h — turns the items of `content` and `string-set` into text, leaders and images.
//
// Shape    evaluate_content(items, …) → parts in order, adjacent text joined.
// Source   CSS Generated Content 3 §1, CSS GCPM 3 §1.1, §5.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/box/box.h"
#include "document/html/dom.h"
#include "document/style/computed_style.h"
#include "document/style/counter_style.h"

namespace galley::document {

struct ContentPart {
    enum class Kind : std::uint8_t { Text, Leader, Image, Element } kind = Kind::Text;
    std::string text;                          // Text; Leader: pattern; Image: URL; Element: name
    std::string keyword;                       // Element: first, start, last
    std::vector<PageNumberPiece> pieces = {};  // Text: what of it depends on pages; `rest` follows
    std::string rest = {};
};

// Where values come from: the flow has counters of the tree, a margin box those of the page.
class ContentSources {
 public:
    virtual ~ContentSources() = default;
    virtual std::vector<int> counter_values(std::string_view name) = 0;  // outermost first, at least one
    virtual std::string named_string(std::string_view name, std::string_view keyword) = 0;
    virtual std::string target_counter(std::string_view target, std::string_view name, std::string_view style) = 0;
    virtual std::string target_text(std::string_view target) = 0;
    // content(): `part` is text, before, after, marker or first-letter.
    virtual std::string element_text(std::string_view part) = 0;
    virtual int& quote_depth() = 0;
    virtual const CounterStyles& counter_styles() const = 0;
    // The text of an item that may change once pages are known; null for all others.
    virtual std::optional<std::string> page_text(const ContentItem& /*item*/) { return std::nullopt; }
};

std::vector<ContentPart> evaluate_content(const std::vector<ContentItem>& items, const std::vector<std::string>& quotes,
                                          ContentSources& sources);
// The same, text parts only.
std::string content_text(const std::vector<ContentItem>& items, const std::vector<std::string>& quotes,
                         ContentSources& sources);
// All text below `node`, runs of white space as one space, trimmed.
std::string element_text(const Node& node);

}  // namespace galley::document
