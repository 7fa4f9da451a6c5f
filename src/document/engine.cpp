#include <algorithm>

#include "codec/utf8.h"
#include "document/box/generated_content.h"
#include "document/data_url_loader.h"
#include "document/document.h"
#include "document/html/parser.h"
#include "document/page_renderer.h"

namespace galley::document {

namespace {

constexpr std::size_t kWarningsMax = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

const Node* find_child(const Node* parent, std::string_view tag) {
    for (const Node* child = parent != nullptr ? parent->first_child : nullptr; child != nullptr;
         child = child->next_sibling)
        if (child->is(tag)) return child;
    return nullptr;
}

std::string meta_content(const Dom& dom, std::string_view name) {
    for (const Node* child = dom.head() != nullptr ? dom.head()->first_child : nullptr; child != nullptr;
         child = child->next_sibling) {
        const std::string_view* key = child->is("meta") ? child->attribute("name") : nullptr;
        const std::string_view* content = key != nullptr && *key == name ? child->attribute("content") : nullptr;
        if (content != nullptr) return std::string(*content);
    }
    return "";
}

// What the caller left empty comes from the document's head.
PdfMetadata complete_metadata(PdfMetadata metadata, const Dom& dom) {
    if (const Node* title = find_child(dom.head(), "title"); metadata.title.empty() && title != nullptr)
        metadata.title = element_text(*title);
    if (const std::string_view* lang = dom.html() != nullptr ? dom.html()->attribute("lang") : nullptr;
        metadata.language.empty() && lang != nullptr)
        metadata.language = *lang;
    if (metadata.author.empty()) metadata.author = meta_content(dom, "author");
    if (metadata.subject.empty()) metadata.subject = meta_content(dom, "description");
    if (metadata.keywords.empty()) metadata.keywords = meta_content(dom, "keywords");
    return metadata;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto ascii = static_cast<std::size_t>(
            std::ranges::find_if(text, [](char c) { return static_cast<signed char>(c) < 0; }) - text.begin());
        text.remove_prefix(ascii);
        if (text.empty()) return true;
        const std::size_t length = codec::utf8_sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

Result<void> check_input(std::string_view html, const RenderLimits& limits) {
    if (html.size() > limits.html_bytes_max)
        return fail(ErrorCode::LimitExceeded,
                    "the HTML is larger than " + std::to_string(limits.html_bytes_max) + " bytes (html_bytes_max)");
    if (!is_utf8(html)) return fail(ErrorCode::InvalidInput, "the HTML is not valid UTF-8");
    return {};
}

void add_warnings(std::vector<std::string>& all, const std::vector<std::string>& more) {
    for (const std::string& warning : more)
        if (all.size() < kWarningsMax && std::ranges::find(all, warning) == all.end()) all.push_back(warning);
}

void report(const RenderOptions& options, RenderPhase phase, int pages) {
    if (options.progress) options.progress(phase, pages);
}

class PdfSink final : public PageSink {
 public:
    PdfSink(FontLibrary& fonts, const PdfOptions& options)
        : fonts_(fonts), options_(options), writer_(PdfWriter::create(fonts, options)) {}
    Result<void> put_page(std::size_t index, const DisplayPage& page) override {
        return writer_->put_page(index, page);
    }
    Result<void> add_overlay(std::size_t index, const DisplayPage& overlay) override {
        return writer_->add_overlay(index, overlay);
    }
    void restart() override { writer_ = PdfWriter::create(fonts_, options_); }
    PdfWriter& writer() { return *writer_; }

 private:
    FontLibrary& fonts_;
    const PdfOptions& options_;
    std::unique_ptr<PdfWriter> writer_;
};

}  // namespace

Engine::Engine(const FontSource& fonts) : fonts_(FontLibrary::create(fonts)) {}
Engine::~Engine() = default;

Result<Rendered> Engine::render_pdf(std::string_view html, const RenderOptions& given) {
    const DataUrlLoader loader(given.loader);
    RenderOptions options = given;
    options.loader = &loader;
    enter_phase(options.phases, WorkPhase::Parse);
    if (html.starts_with(kByteOrderMark)) html.remove_prefix(kByteOrderMark.size());
    GALLEY_TRY_VOID(check_input(html, options.limits));
    ParseLimits parse_limits;
    parse_limits.nodes_max = options.limits.nodes_max;
    parse_limits.depth_max = std::min<std::size_t>(options.limits.depth_max, 512);
    GALLEY_TRY(const std::unique_ptr<Dom> dom, parse_html(html, parse_limits, HtmlText::Borrowed));
    report(options, RenderPhase::Parsed, 0);
    enter_phase(options.phases, WorkPhase::Style);
    GALLEY_TRY(const std::unique_ptr<StyledDocument> styled,
               style_document(*dom, {options.base_url, options.loader, options.extra_sheets}));
    report(options, RenderPhase::Styled, 0);
    const std::unique_ptr<TextShaper> shaper = TextShaper::create(*fonts_, styled->font_faces(), options.loader);
    PdfOptions pdf_options;
    pdf_options.metadata = complete_metadata(options.metadata, *dom);
    pdf_options.limits = {options.limits.pages_max, options.limits.output_bytes_max};
    pdf_options.deflate_level = options.deflate_level;
    PdfSink sink(*fonts_, pdf_options);
    GALLEY_TRY(const PagesReport pages, render_pages(*styled, *shaper, options, sink));
    Rendered rendered;
    enter_phase(options.phases, WorkPhase::Write);
    GALLEY_TRY(rendered.pdf, sink.writer().finish());
    rendered.page_count = pages.page_count;
    for (const auto* warnings : {&styled->warnings(), &pages.warnings, &shaper->warnings(), &sink.writer().warnings()})
        add_warnings(rendered.warnings, *warnings);
    report(options, RenderPhase::Written, pages.page_count);
    return rendered;
}

}  // namespace galley::document
