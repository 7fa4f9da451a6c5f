// src/document/style/style_engine.h — from a DOM and its sheets to a computed style for every element, and for pages.
//
// Shape    style_document(dom, sheets, options) → StyledDocument, which owns the styles and answers page questions.
//          Sheets come from <style>, <link rel=stylesheet> and style="…" in document order, after the user agent sheet.
// Errors   none for bad CSS: a declaration that is not understood is dropped and named in warnings (at most
// kWarningsMax).
//          LimitExceeded when there are too many rules, matching steps or distinct styles (StyleLimits).
// Owner    StyledDocument borrows the Dom.
// Threads  one document by one thread.
// Source   CSS Cascade 4, Selectors 4, CSS Paged Media 3 §3.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "document/html/dom.h"
#include "document/html/row_nodes.h"
#include "document/resource_loader.h"
#include "document/style/computed_style.h"
#include "document/style/counter_style.h"
#include "document/style/given_sheet.h"

namespace galley::document {

struct StyleLimits {
    std::uint64_t match_steps_max = 400'000'000;  // steps from element to element while matching selectors
    std::size_t styles_max = 400'000;             // distinct styles, of about a kilobyte each
};

// Asked for the units ex and ch: shares of the font's size.
class FontMeasure {
 public:
    virtual ~FontMeasure() = default;
    virtual double x_height(const InheritedStyle& style) = 0;
    virtual double zero_width(const InheritedStyle& style) = 0;
};

struct StyleOptions {
    std::string base_url;                    // for relative url()s
    const ResourceLoader* loader = nullptr;  // @import and <link>; absent = warn and go on
    std::vector<GivenSheet> given_sheets = {};
    std::string name = {};             // what warnings call the document; "": the base_url
    std::string media_type = "print";  // that @media asks for, in lower case
    StyleLimits limits = {};
    FontMeasure* fonts = nullptr;  // absent: ex and ch are half of the font's size
};

struct PageContext {
    int number = 1;  // 1-based
    bool first = false, blank = false;
    bool right = true;  // odd pages are right pages
    std::string name;   // named page or ""
};

enum class PseudoElement : std::uint8_t { Before, After, Marker, FirstLine, FirstLetter, FootnoteCall };

struct FontFaceRule {
    std::string family;
    int weight_min = 400, weight_max = 400;
    int stretch_min = 100, stretch_max = 100;  // percent
    FontStyle style = FontStyle::Normal;
    std::vector<std::pair<char32_t, char32_t>> unicode_ranges;  // inclusive; empty = every character
    std::vector<std::string> urls;                              // in order of preference
    std::vector<std::string> local_names;
};

class StyledDocument {
 public:
    virtual ~StyledDocument() = default;
    // Never null for elements; for text nodes the parent's. Elements with display:none have their own style saying so.
    virtual const ComputedStyle* style(const Node& node) const = 0;
    // Null when the pseudo-element is not generated (no rule, or content none/normal; Marker: no ::marker rule and not
    // a list item).
    virtual const ComputedStyle* pseudo_style(const Node& element, PseudoElement pseudo) const = 0;
    virtual PageStyle page_style(const PageContext& page) = 0;
    // An anonymous box's style: inherited part of `parent`, the rest initial but for `display`. Cached.
    virtual const ComputedStyle* anonymous_style(const ComputedStyle& parent, Display display) = 0;
    virtual const std::vector<FontFaceRule>& font_faces() const = 0;
    virtual const CounterStyles& counter_styles() const = 0;
    virtual std::vector<std::string> warnings() const = 0;
    virtual const Dom& dom() const = 0;
    // May rows of tables be left out of the tree? Not where selectors look from one to others.
    virtual bool rows_may_be_folded() const = 0;
    // Styles rows that were read again, for as long as their indices are not given to others. False: these rows' styles
    // are asked for by the element, so that they cannot be forgotten.
    virtual Result<bool> add_rows(const RowNodes& rows) = 0;
};

Result<std::unique_ptr<StyledDocument>> style_document(const Dom& dom, const StyleOptions& options);

}  // namespace galley::document
