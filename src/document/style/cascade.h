// src/document/style/cascade.h — from the declarations that apply to one element to its computed style.
//
// Shape    compute_style(input) → Computed. Blocks come weakest first; important declarations are put in order here.
// Owner    borrows everything in CascadeInput for the call; custom property values live in `made`.
// Threads  one per `made`.
// Limits   substitution of var() stops at kSubstitutedTokensMax tokens and kVarDepthMax levels: then the value is
//          invalid, as the standard allows.
// Source   CSS Cascade 4 §6–7, CSS Variables 1 §3, CSS Display 3 §2.7 (blockification).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "document/style/declarations.h"
#include "document/style/property_apply.h"
#include "document/style/rule_index.h"
#include "document/style/style_engine.h"

namespace galley::document {

using CustomProperties = std::map<std::string_view, CssTokens>;

struct AppliedBlock {
    const DeclarationBlock* block = nullptr;
    std::string_view base_url;
    Origin origin = Origin::Author;
    std::uint32_t layer = UINT32_MAX;  // rank of its cascade layer; style attributes stand above all
};

enum class BoxContext : std::uint8_t {
    Flow,
    Blockified,  // the root, and children of flex and grid containers
    Page,        // page context and margin boxes: display means nothing
};

struct CascadeInput {
    std::vector<AppliedBlock> blocks;
    const ComputedStyle* parent = nullptr;
    const CustomProperties* parent_custom = nullptr;
    LengthContext lengths;  // root font size and viewport; the font size is found here
    const Node* element = nullptr;
    BoxContext context = BoxContext::Flow;
    FontMeasure* fonts = nullptr;
    bool is_root = false;
    bool overflow_is_viewports = false;  // of the root and the body (CSS Overflow 3 §3.3): nothing is cut off on paper
    bool keeps_text_align = false;       // margin boxes: text_align and vertical_align start as `defaults` says
    TextAlign default_text_align = TextAlign::Start;
    VerticalAlign default_vertical_align = VerticalAlign::Baseline;
};

struct Computed {
    ComputedStyle style;                             // text is set
    std::shared_ptr<const CustomProperties> custom;  // null: the parent's
    std::optional<Size> page_size;
};

Computed compute_style(const CascadeInput& input, std::deque<std::vector<CssToken>>& made);

}  // namespace galley::document
