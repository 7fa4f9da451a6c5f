// src/document/style/styled_document.h — the StyledDocument that style_document() gives.
//
// Shape    one StyleEntry per distinct (parent's inheritable part, matched rules, attributes that are style); elements
//          point to entries by Node::index.
// Owner    borrows the Dom; owns sheets, entries and token lists.
// Threads  one.
// Source   ARCHITECTURE "Speed comes from sharing".
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "document/data_url_loader.h"
#include "document/style/cascade.h"
#include "document/style/rule_index.h"
#include "document/style/style_engine.h"
#include "document/style/stylesheet.h"

namespace galley::document {

struct PseudoStyle {
    PseudoElement pseudo;
    const ComputedStyle* style;
};

struct StyleEntry {
    ComputedStyle style;
    std::shared_ptr<const CustomProperties> custom;
    std::vector<PseudoStyle> pseudos;
    const StyleEntry* base = nullptr;  // equal for entries that children inherit the same from
};

class StyledDocumentImpl final : public StyledDocument {
 public:
    StyledDocumentImpl(const Dom& dom, const StyleOptions& options);
    Result<void> build();

    const ComputedStyle* style(const Node& node) const override;
    const ComputedStyle* pseudo_style(const Node& element, PseudoElement pseudo) const override;
    PageStyle page_style(const PageContext& page) override;
    const ComputedStyle* anonymous_style(const ComputedStyle& parent, Display display) override;
    const std::vector<FontFaceRule>& font_faces() const override { return font_faces_; }
    const CounterStyles& counter_styles() const override { return counter_styles_; }
    std::vector<std::string> warnings() const override { return warnings_.texts(); }
    const Dom& dom() const override { return dom_; }
    bool rows_may_be_folded() const override;
    Result<bool> add_rows(const RowNodes& rows) override;

 private:
    // What decides an element's style.
    struct Key {
        const void* parent = nullptr;
        const DeclarationBlock* inline_block = nullptr;
        const DeclarationBlock* hints = nullptr;
        std::uint64_t matched = 0;  // bits of conditional rules, or a number for sets of more than 64
        std::uint32_t list = 0;
        std::uint32_t element = 0;  // 1 + Node::index where the style depends on the element itself
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const;
    };
    struct InlineStyle {
        std::unique_ptr<CssSource> source;
        DeclarationBlock block;
    };
    struct BaseKey {
        const InheritedStyle* text;
        const CustomProperties* custom;
        bool blockifies;
        auto operator<=>(const BaseKey&) const = default;
    };

    // sheets (sheet_loading.cpp)
    Result<void> collect_sheets();
    Result<void> add_sheet(CssText text, Origin origin = Origin::Author);
    Result<void> add_style_element(const Node& element);
    Result<void> add_linked_sheet(const Node& link);
    CssText part_of_document(std::string text, std::string_view original) const;
    void find_page_size();

    // elements
    Result<void> style_elements();
    Result<void> check_limits() const;
    const StyleEntry* style_element(const Node& element, const StyleEntry* parent);
    std::uint64_t match(const CandidateList& list, const Node& element);
    const StyleEntry* make_entry(const Node& element, const StyleEntry* parent, const DeclarationBlock* hints,
                                 const DeclarationBlock* inline_block);
    void make_pseudos(CascadeInput input, StyleEntry& entry, const Node& element);
    const StyleEntry* with_anchor(const StyleEntry& entry, const Node& element);
    const StyleEntry* base_of(const StyleEntry& entry);
    const DeclarationBlock* inline_style(std::string_view text, std::unordered_map<std::string, InlineStyle>& cache);
    MediaContext medium() const { return {default_page_size_, options_.media_type}; }
    void share_text(ComputedStyle& style);
    LengthContext length_context() const;

    // pages (page_style.cpp)
    std::vector<const PageRule*> page_rules(const PageContext& page) const;
    void add_page_blocks(CascadeInput& input, const std::vector<const PageRule*>& rules, int box) const;
    void make_margin_box(int box, const std::vector<const PageRule*>& rules, const ComputedStyle& page, PageStyle& out);

    const Dom& dom_;
    const StyleOptions options_;
    const DataUrlLoader loader_;
    WarningList warnings_;
    std::deque<StyleSheet> sheets_;
    std::vector<FontFaceRule> font_faces_;
    CounterStyles counter_styles_;
    LayerTree layers_, user_layers_;
    RuleIndex index_;
    SiblingFacts facts_;
    Size default_page_size_;
    double root_font_size_px_ = 16;

    std::deque<StyleEntry> entries_;
    std::deque<ComputedStyle> loose_styles_;  // pseudo-elements, pages, anonymous boxes
    std::deque<std::vector<CssToken>> made_;
    std::vector<const StyleEntry*> by_node_;
    std::unordered_map<Key, const StyleEntry*, KeyHash> cache_;
    std::map<BaseKey, const StyleEntry*> bases_;
    std::unordered_map<std::string, InlineStyle> inline_styles_, hints_;
    std::map<std::vector<bool>, std::uint64_t> large_matches_;
    std::vector<const IndexedRule*> matched_;  // of the element being styled
    std::vector<bool> matched_bits_;
    std::unordered_map<std::size_t, std::vector<std::shared_ptr<const InheritedStyle>>> texts_;
    std::map<std::pair<const InheritedStyle*, Display>, const ComputedStyle*> anonymous_;
    std::map<std::vector<const PageRule*>, PageStyle> pages_;
    const StyleEntry* root_ = nullptr;
    std::unordered_set<const Node*> counted_rows_;  // whose matching has been counted
    bool asked_by_element_ = false;                 // the last style depends on the element itself
};

}  // namespace galley::document
