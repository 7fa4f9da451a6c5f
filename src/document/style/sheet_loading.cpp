// Which sheets a document has, in order.
#include <algorithm>

#include "document/css/media.h"
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

bool media_matches(const Node& element, Size page) {
    const std::string_view* media = element.attribute("media");
    if (media == nullptr) return true;
    const auto source = CssSource::parse(std::string(*media), "");
    return matches_media(source->tokens, page);
}

bool is_stylesheet_link(const Node& element) {
    if (element.tag_number != static_cast<std::uint8_t>(Tag::k_link)) return false;
    const std::string_view* rel = element.attribute("rel");
    if (rel == nullptr) return false;
    const std::string lower = ' ' + css_lowered(*rel) + ' ';
    return lower.find(" stylesheet ") != std::string::npos && lower.find(" alternate ") == std::string::npos;
}

}  // namespace

Result<void> StyledDocumentImpl::collect_sheets() {
    for (std::uint32_t i = 0; i < dom_.node_count(); ++i) {
        const Node& node = dom_.node(i);
        const bool is_style = node.tag_number == static_cast<std::uint8_t>(Tag::k_style) ||
                              (node.foreign && node.is("style"));  // of a drawing
        if (is_style && media_matches(node, default_page_size_)) {
            GALLEY_TRY_VOID(add_author_sheet(text_content(node), options_.base_url));
        } else if (is_stylesheet_link(node) && media_matches(node, default_page_size_)) {
            GALLEY_TRY_VOID(add_linked_sheet(node));
        }
    }
    for (const std::string& text : options_.extra_sheets) GALLEY_TRY_VOID(add_author_sheet(text, options_.base_url));
    for (const StyleSheet& sheet : sheets_) {
        index_.add_sheet(sheet);
        font_faces_.insert(font_faces_.end(), sheet.font_faces.begin(), sheet.font_faces.end());
    }
    index_.finish(layers_);
    return {};
}

Result<void> StyledDocumentImpl::add_author_sheet(std::string text, std::string url) {
    const CompileContext context{options_.loader, &warnings_, default_page_size_, &layers_};
    return compile_sheet(std::move(text), std::move(url), context, sheets_.emplace_back());
}

Result<void> StyledDocumentImpl::add_linked_sheet(const Node& link) {
    const std::string_view* href = link.attribute("href");
    if (href == nullptr) return {};
    const std::string url = resolve_url(options_.base_url, *href);
    Result<std::string> text = load_text(url, options_.loader);
    if (!text) {
        warnings_.add("style sheet not loaded: " + url + ": " + text.error().message);
        return {};
    }
    return add_author_sheet(std::move(*text), url);
}

// The size that @page without a selector gives: viewport units and media queries go by it.
void StyledDocumentImpl::find_page_size() {
    default_page_size_ = kA4;
    if (sheets_.empty()) return;
    CascadeInput input;
    input.parent = &initial_style();
    input.context = BoxContext::Page;
    for (const StyleSheet& sheet : sheets_)
        for (const PageRule& rule : sheet.pages)
            if (rule.selector.specificity == 0 && !rule.selector.nth)
                input.blocks.push_back({rule.page, rule.base_url, Origin::Author});
    default_page_size_ = compute_style(input, made_).page_size.value_or(kA4);
}

}  // namespace galley::document
