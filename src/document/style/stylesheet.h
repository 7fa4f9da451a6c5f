// src/document/style/stylesheet.h — a sheet ready for matching: style rules, page rules, font faces, counter styles.
//
// Shape    compile_sheet(text, …) reads a sheet and, through the loader, what it imports, in cascade order.
// Errors   LimitExceeded: more than kRulesMax style rules in all sheets of a document, or selectors of nested rules
//          that stand for more than kNestedTokensMax tokens.
// Owner    a StyleSheet owns its sources; rules point into them.
// Threads  a compiled sheet is read-only and may be shared.
// Limits   kRulesMax; imports nest at most kImportDepthMax; rules nest at most kNestingMax deep.
// Source   CSS Cascade 4, CSS Page 3 §3–4, CSS Fonts 4 §4, CSS Nesting 1.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "document/css/media.h"
#include "document/css/syntax.h"
#include "document/resource_loader.h"
#include "document/style/counter_style.h"
#include "document/style/declarations.h"
#include "document/style/layer_tree.h"
#include "document/style/selector.h"
#include "document/style/style_engine.h"

namespace galley::document {

struct StyleRule {
    Selector selector;
    const DeclarationBlock* block = nullptr;
    std::string_view base_url;
    std::uint32_t layer = LayerTree::kNone;
};

struct PageSelector {
    std::string_view name;
    bool first = false, blank = false, left = false, right = false;
    std::optional<std::pair<int, int>> nth;  // :nth(an+b)
    std::uint32_t specificity = 0;
};

struct PageRule {
    Origin origin = Origin::Author;
    PageSelector selector;
    const DeclarationBlock* page = nullptr;
    const DeclarationBlock* margin_boxes[kMarginBoxCount] = {};
    std::string_view base_url;
};

struct StyleSheet {
    Origin origin = Origin::Author;
    std::vector<std::unique_ptr<CssSource>> sources;
    std::deque<DeclarationBlock> blocks;
    std::vector<StyleRule> rules;  // in source order, imports first
    std::vector<PageRule> pages;
    std::vector<FontFaceRule> font_faces;
    CounterStyles counter_styles;  // the last of a name counts
};

struct CompileContext {
    const ResourceLoader* loader = nullptr;  // absent: nothing is imported
    WarningList* warnings = nullptr;
    MediaContext medium = {};
    LayerTree* layers = nullptr;  // of all sheets of the document; absent: @layer makes no difference
};

// Appends the rules of `text` to `sheet`.
Result<void> compile_sheet(CssText text, const CompileContext& context, StyleSheet& sheet);

// The sheet that every document starts with; compiled once.
const StyleSheet& user_agent_sheet();
std::string_view user_agent_text();  // user_agent_sheet.cpp

std::optional<MarginBox> find_margin_box(std::string_view name);

}  // namespace galley::document
