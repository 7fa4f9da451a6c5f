#include "document/style/styled_document.h"

#include <algorithm>

#include "document/style/presentational.h"

namespace galley::document {

namespace {

bool is_flex(Display display) {
    return display == Display::Flex || display == Display::InlineFlex;
}

std::size_t hash_text(const InheritedStyle& text) {
    std::size_t hash = std::hash<double>{}(text.font_size_px);
    const auto mix = [&hash](std::size_t value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL; };
    mix(static_cast<std::size_t>(text.font_weight));
    mix(static_cast<std::size_t>(text.color.r) << 16 | static_cast<std::size_t>(text.color.g) << 8 | text.color.b);
    mix(static_cast<std::size_t>(text.text_align) * 8 + static_cast<std::size_t>(text.white_space));
    mix(std::hash<std::string>{}(text.font_families.empty() ? std::string() : text.font_families.front()));
    mix(text.decorations.size());
    return hash;
}

// Attributes that presentational_css() looks at, roughly: the rest is decided there.
bool may_have_hints(const Node& element) {
    return element.is("td") || element.is("th") || element.is("font") || element.is("bdi") ||
           (element.foreign && element.tag() == "a") ||
           std::ranges::any_of(element.attributes(), [](const Attribute& attribute) {
               return attribute.name != "class" && attribute.name != "style" && attribute.name != "id" &&
                      attribute.name != "href" && attribute.name != "src";
           });
}

}  // namespace

std::size_t StyledDocumentImpl::KeyHash::operator()(const Key& key) const {
    auto hash = reinterpret_cast<std::uintptr_t>(key.parent) * 0x9E3779B97F4A7C15ULL;
    hash = (hash ^ reinterpret_cast<std::uintptr_t>(key.inline_block)) * 0xC2B2AE3D27D4EB4FULL;
    hash = (hash ^ reinterpret_cast<std::uintptr_t>(key.hints)) * 0x9E3779B97F4A7C15ULL;
    hash = (hash ^ key.matched) * 0xC2B2AE3D27D4EB4FULL;
    hash = (hash ^ (std::uint64_t{key.list} << 32 | key.element)) * 0x9E3779B97F4A7C15ULL;
    return hash ^ (hash >> 29);
}

StyledDocumentImpl::StyledDocumentImpl(const Dom& dom, const StyleOptions& options)
    : dom_(dom), options_(options), loader_(options.loader), facts_(dom, options.limits.match_steps_max) {}

Result<void> StyledDocumentImpl::build() {
    find_page_size();
    GALLEY_TRY_VOID(collect_sheets());
    find_page_size();
    return style_elements();
}

const ComputedStyle* StyledDocumentImpl::style(const Node& node) const {
    const StyleEntry* entry = by_node_[node.index];
    return entry != nullptr ? &entry->style : &initial_style();
}

const ComputedStyle* StyledDocumentImpl::pseudo_style(const Node& element, PseudoElement pseudo) const {
    const StyleEntry* entry = by_node_[element.index];
    if (entry == nullptr) return nullptr;
    for (const PseudoStyle& style : entry->pseudos)
        if (style.pseudo == pseudo) return style.style;
    return nullptr;
}

const ComputedStyle* StyledDocumentImpl::anonymous_style(const ComputedStyle& parent, Display display) {
    const ComputedStyle*& slot = anonymous_[{parent.text.get(), display}];
    if (slot == nullptr) {
        ComputedStyle& made = loose_styles_.emplace_back();
        made.text = parent.text;
        made.display = display;
        slot = &made;
    }
    return slot;
}

Result<void> StyledDocumentImpl::style_elements() {
    by_node_.resize(dom_.node_count());
    for (std::uint32_t i = 0; i < dom_.node_count(); ++i) {
        const Node& node = dom_.node(i);
        const StyleEntry* parent = node.parent != nullptr ? by_node_[node.parent->index] : nullptr;
        by_node_[i] = node.is_element() ? style_element(node, parent) : parent;
        GALLEY_TRY_VOID(check_limits());
    }
    return {};
}

Result<void> StyledDocumentImpl::check_limits() const {
    if (facts_.exhausted())
        return fail(ErrorCode::LimitExceeded, "the document's selectors take too many steps to match");
    if (entries_.size() > options_.limits.styles_max)
        return fail(ErrorCode::LimitExceeded, "the document has too many different styles");
    return {};
}

bool StyledDocumentImpl::rows_may_be_folded() const {
    return std::ranges::none_of(sheets_, [](const StyleSheet& sheet) {
        return std::ranges::any_of(sheet.rules,
                                   [](const StyleRule& rule) { return rule.selector.looks_beside_rows(); });
    });
}

Result<bool> StyledDocumentImpl::add_rows(const RowNodes& rows) {
    facts_.add_rows(rows);
    const bool again = !counted_rows_.insert(&rows.folded()).second;
    const std::uint64_t steps_left = facts_.steps_left();
    for (const Node* node : rows.nodes()) {
        if (node->index >= by_node_.size()) by_node_.resize(node->index + 1);
        const StyleEntry* parent = by_node_[node->parent->index];
        asked_by_element_ = false;
        by_node_[node->index] = node->is_element() ? style_element(*node, parent) : parent;
        if (asked_by_element_) return false;
        GALLEY_TRY_VOID(check_limits());
    }
    if (again) facts_.set_steps_left(steps_left);
    return true;
}

const StyleEntry* StyledDocumentImpl::style_element(const Node& element, const StyleEntry* parent) {
    const CandidateList& list = index_.candidates(element);
    Key key;
    key.list = list.id;
    key.matched = match(list, element);
    if (may_have_hints(element)) {
        const std::string css = presentational_css(element);
        if (!css.empty()) key.hints = inline_style(css, hints_);
    }
    if (const std::string_view* text = element.attribute("style"))
        key.inline_block = inline_style(*text, inline_styles_);
    key.parent = parent != nullptr ? parent->base : nullptr;
    const bool inline_inherits = key.inline_block != nullptr && key.inline_block->inherits_explicitly;
    if (list.inherits_explicitly || inline_inherits) key.parent = parent;
    const bool inline_attr = key.inline_block != nullptr && key.inline_block->uses_attr;
    asked_by_element_ = list.uses_attr || inline_attr;
    if (asked_by_element_) key.element = element.index + 1;
    const StyleEntry*& slot = cache_[key];
    if (slot == nullptr) slot = make_entry(element, parent, key.hints, key.inline_block);
    return element.id().empty() ? slot : with_anchor(*slot, element);
}

// Matches the conditional rules, and says which did in a number that is equal for equal sets of one list.
std::uint64_t StyledDocumentImpl::match(const CandidateList& list, const Node& element) {
    matched_bits_.assign(list.conditional.size(), false);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < list.conditional.size(); ++i) {
        if (!matches(list.rules[list.conditional[i]]->rule->selector, element, facts_)) continue;
        matched_bits_[i] = true;
        if (i < 64) bits |= std::uint64_t{1} << i;
    }
    if (list.conditional.size() <= 64) return bits;
    return large_matches_.try_emplace(matched_bits_, large_matches_.size()).first->second;
}

const DeclarationBlock* StyledDocumentImpl::inline_style(std::string_view text,
                                                         std::unordered_map<std::string, InlineStyle>& cache) {
    const auto [entry, fresh] = cache.try_emplace(std::string(text));
    if (fresh) {
        InlineStyle& made = entry->second;
        made.source = CssSource::parse(part_of_document(std::string(text), text));
        made.block = read_declarations(made.source->tokens, *made.source, &warnings_);
    }
    return &entry->second.block;
}

LengthContext StyledDocumentImpl::length_context() const {
    LengthContext context;
    context.root_font_size_px = root_font_size_px_;
    context.viewport_width_px = default_page_size_.width.px();
    context.viewport_height_px = default_page_size_.height.px();
    return context;
}

const StyleEntry* StyledDocumentImpl::make_entry(const Node& element, const StyleEntry* parent,
                                                 const DeclarationBlock* hints, const DeclarationBlock* inline_block) {
    const CandidateList& list = index_.candidates(element);
    std::vector<bool> matched(list.rules.size(), true);
    for (std::size_t i = 0; i < list.conditional.size(); ++i) matched[list.conditional[i]] = matched_bits_[i];
    matched_.clear();
    for (std::size_t i = 0; i < list.rules.size(); ++i)
        if (matched[i]) matched_.push_back(list.rules[i]);

    CascadeInput input;
    input.parent = parent != nullptr ? &parent->style : &initial_style();
    input.parent_custom = parent != nullptr ? parent->custom.get() : nullptr;
    input.lengths = length_context();
    input.fonts = options_.fonts;
    input.element = &element;
    input.is_root = parent == nullptr;
    input.overflow_is_viewports = input.is_root || (parent == root_ && element.is("body"));
    if (input.is_root || is_flex(parent->style.display)) input.context = BoxContext::Blockified;
    bool hinted = hints == nullptr;
    for (const IndexedRule* rule : matched_) {
        if (rule->rule->selector.pseudo) continue;
        if (!hinted && rule->origin == Origin::Author) {
            input.blocks.push_back({hints, options_.base_url, Origin::Author});
            hinted = true;
        }
        input.blocks.push_back({rule->rule->block, rule->rule->base_url, rule->origin, rule->layer});
    }
    if (!hinted) input.blocks.push_back({hints, options_.base_url, Origin::Author});
    if (inline_block != nullptr) input.blocks.push_back({inline_block, options_.base_url, Origin::Author});

    Computed computed = compute_style(input, made_);
    share_text(computed.style);
    StyleEntry& entry = entries_.emplace_back();
    entry.style = std::move(computed.style);
    entry.custom = computed.custom ? computed.custom : (parent != nullptr ? parent->custom : nullptr);
    if (input.is_root) {
        root_ = &entry;
        root_font_size_px_ = entry.style.text->font_size_px;
    }
    entry.base = base_of(entry);
    make_pseudos(input, entry, element);
    return &entry;
}

void StyledDocumentImpl::make_pseudos(CascadeInput input, StyleEntry& entry, const Node& element) {
    input.parent = &entry.style;
    input.parent_custom = entry.custom.get();
    input.lengths = length_context();
    input.element = &element;
    input.is_root = input.overflow_is_viewports = false;
    const bool blockifies = is_flex(entry.style.display);
    for (const PseudoElement pseudo :
         {PseudoElement::Before, PseudoElement::After, PseudoElement::Marker, PseudoElement::FirstLine,
          PseudoElement::FirstLetter, PseudoElement::FootnoteCall}) {
        input.blocks.clear();
        for (const IndexedRule* rule : matched_)
            if (rule->rule->selector.pseudo == pseudo)
                input.blocks.push_back({rule->rule->block, rule->rule->base_url, rule->origin, rule->layer});
        const bool is_box = pseudo == PseudoElement::Before || pseudo == PseudoElement::After;
        const bool is_marker = pseudo == PseudoElement::Marker && entry.style.display == Display::ListItem;
        if (input.blocks.empty() && !is_marker) continue;
        input.context = is_box && blockifies ? BoxContext::Blockified : BoxContext::Flow;
        Computed computed = compute_style(input, made_);
        if (is_box && !computed.style.content) continue;
        share_text(computed.style);
        entry.pseudos.push_back({pseudo, &loose_styles_.emplace_back(std::move(computed.style))});
    }
}

// The same style with the element's id as anchor.
const StyleEntry* StyledDocumentImpl::with_anchor(const StyleEntry& entry, const Node& element) {
    StyleEntry& made = entries_.emplace_back(entry);
    if (made.style.anchor.empty()) made.style.anchor = std::string(element.id());
    return &made;
}

const StyleEntry* StyledDocumentImpl::base_of(const StyleEntry& entry) {
    const BaseKey key{entry.style.text.get(), entry.custom.get(), is_flex(entry.style.display)};
    return bases_.try_emplace(key, &entry).first->second;
}

// Equal inherited parts become one object, so that what is keyed by its address is shared more.
void StyledDocumentImpl::share_text(ComputedStyle& style) {
    auto& bucket = texts_[hash_text(*style.text)];
    for (const auto& text : bucket) {
        if (text != style.text && *text != *style.text) continue;
        style.text = text;
        return;
    }
    bucket.push_back(style.text);
}

Result<std::unique_ptr<StyledDocument>> style_document(const Dom& dom, const StyleOptions& options) {
    auto document = std::make_unique<StyledDocumentImpl>(dom, options);
    GALLEY_TRY_VOID(document->build());
    return document;
}

}  // namespace galley::document
