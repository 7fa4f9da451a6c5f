// Which sheets a document has, in order.
#include <algorithm>

#include "document/css/media.h"
#include "document/html/link_types.h"
#include "document/html/tags.h"
#include "document/style/font_face.h"
#include "document/style/styled_document.h"

namespace galley::document {

namespace {

constexpr Size kA4{LayoutUnit::from_raw(50797), LayoutUnit::from_raw(71841)};  // 210 × 297 mm

std::string text_content(const Node& element) {
    std::string out;
    for (const Node* child = element.first_child; child != nullptr; child = child->next_sibling)
        if (child->is_text()) out += child->text();
    // In an HTML document a CDATA section of an svg's style is plain text.
    constexpr std::string_view kOpen = "<![CDATA[", kClose = "]]>";
    if (const std::size_t open = out.find(kOpen); open != std::string::npos) {
        out.erase(open, kOpen.size());
        if (const std::size_t close = out.rfind(kClose); close != std::string::npos) out.erase(close, kClose.size());
    }
    return out;
}

bool media_matches(const Node& element, const MediaContext& medium) {
    const std::string_view* media = element.attribute("media");
    if (media == nullptr) return true;
    const auto source = CssSource::parse(std::string(*media), "");
    return matches_media(source->tokens, medium);
}

bool is_stylesheet_link(const Node& element) {
    return element.tag_number == static_cast<std::uint8_t>(Tag::k_link) && has_link_type(element, "stylesheet") &&
           !has_link_type(element, "alternate");
}

}  // namespace

Result<void> StyledDocumentImpl::collect_sheets() {
    for (std::uint32_t i = 0; i < dom_.node_count(); ++i) {
        const Node& node = dom_.node(i);
        const bool is_style = node.tag_number == static_cast<std::uint8_t>(Tag::k_style) ||
                              (node.foreign && node.is("style"));  // of a drawing
        if (is_style && media_matches(node, medium())) {
            GALLEY_TRY_VOID(add_style_element(node));
        } else if (is_stylesheet_link(node) && media_matches(node, medium())) {
            GALLEY_TRY_VOID(add_linked_sheet(node));
        }
    }
    for (const GivenSheet& given : options_.given_sheets)
        GALLEY_TRY_VOID(add_sheet({given.text, options_.base_url, given.name}, given.origin));
    for (const StyleSheet& sheet : sheets_) {
        index_.add_sheet(sheet);
        font_faces_.insert(font_faces_.end(), sheet.font_faces.begin(), sheet.font_faces.end());
        for (const auto& [name, style] : sheet.counter_styles) counter_styles_.insert_or_assign(name, style);
    }
    index_.finish(user_layers_, layers_);
    return {};
}

Result<void> StyledDocumentImpl::add_sheet(CssText text, Origin origin) {
    LayerTree& layers = origin == Origin::User ? user_layers_ : layers_;
    const CompileContext context{&loader_, &warnings_, medium(), &layers};
    StyleSheet& sheet = sheets_.emplace_back();
    sheet.origin = origin;
    return compile_sheet(std::move(text), context, sheet);
}

// `original` is what `text` was taken from: warnings find its lines in the document by it.
CssText StyledDocumentImpl::part_of_document(std::string text, std::string_view original) const {
    const bool unchanged = text == original;
    return {std::move(text), options_.base_url, options_.name, dom_.source(),
            unchanged ? dom_.offset_of(original).value_or(CssText::kNowhere) : CssText::kNowhere};
}

Result<void> StyledDocumentImpl::add_style_element(const Node& element) {
    const std::string_view first = element.first_child != nullptr ? element.first_child->text() : std::string_view();
    return add_sheet(part_of_document(text_content(element), first));
}

Result<void> StyledDocumentImpl::add_linked_sheet(const Node& link) {
    const std::string_view* href = link.attribute("href");
    if (href == nullptr) return {};
    const std::string url = resolve_url(options_.base_url, *href);
    const Result<SharedBytes> text = loader_.load(url);
    if (!text) {
        const auto place = CssSource::parse(part_of_document(std::string(*href), *href));
        warnings_.add("style sheet not loaded: " + url + ": " + text.error().message, *place, 0);
        return {};
    }
    return add_sheet({std::string(text->view()), url});
}

// The size that @page without a selector gives: viewport units and media queries go by it.
void StyledDocumentImpl::find_page_size() {
    default_page_size_ = kA4;
    if (sheets_.empty()) return;
    CascadeInput input;
    input.parent = &initial_style();
    input.context = BoxContext::Page;
    for (const Origin origin : {Origin::User, Origin::Author})
        for (const StyleSheet& sheet : sheets_)
            for (const PageRule& rule : sheet.pages)
                if (rule.origin == origin && rule.selector.specificity == 0 && !rule.selector.nth)
                    input.blocks.push_back({rule.page, rule.base_url, origin});
    default_page_size_ = compute_style(input, made_).page_size.value_or(kA4);
}

}  // namespace galley::document
