#include <algorithm>
#include <iterator>

#include "codec/url.h"
#include "document/box/box_builder.h"
#include "document/data_url_loader.h"
#include "document/document.h"
#include "document/document_head.h"
#include "document/html/parser.h"
#include "document/page_renderer.h"
#include "document/pdf/pdf_writer.h"

namespace galley::document {

namespace {

constexpr std::size_t kWarningsMax = 200;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Result<void> check_input(std::string_view html, const RenderLimits& limits) {
    if (html.size() > limits.html_bytes_max)
        return fail(ErrorCode::LimitExceeded,
                    "the HTML is larger than " + std::to_string(limits.html_bytes_max) + " bytes (html_bytes_max)");
    if (!codec::is_utf8(html)) return fail(ErrorCode::InvalidInput, "the HTML is not valid UTF-8");
    return {};
}

Result<void> check_format(const PdfFormat& format) {
    if (std::ranges::find(kPdfVersions, format.version) != std::end(kPdfVersions)) return {};
    return fail(ErrorCode::Unsupported, "PDF " + format.version + " is not written, only 1.5, 1.6, 1.7 and 2.0");
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

// GAP: the document's own faces are not known yet; they are measured as the face that stands in for them.
class InstalledFontMeasure final : public FontMeasure {
 public:
    explicit InstalledFontMeasure(FontLibrary& library) : library_(library) {}
    double x_height(const InheritedStyle& style) override {
        const FaceMetrics& metrics = face(style).metrics();
        return metrics.x_height > 0 ? static_cast<double>(metrics.x_height) / metrics.units_per_em : kHalf;
    }
    double zero_width(const InheritedStyle& style) override {
        const Face& primary = face(style);
        const std::uint32_t glyph = primary.glyph(U'0');
        return glyph != 0 ? static_cast<double>(primary.advance(glyph)) / primary.metrics().units_per_em : kHalf;
    }

 private:
    static constexpr double kHalf = 0.5;
    const Face& face(const InheritedStyle& style) {
        if (shaper_ == nullptr) shaper_ = TextShaper::create(library_, none_, nullptr);
        return shaper_->font(style).primary();
    }
    FontLibrary& library_;
    const std::vector<FontFaceRule> none_;
    std::unique_ptr<TextShaper> shaper_;
};

// Pages as text.
class DumpSink final : public PageSink {
 public:
    Result<void> put_page(std::size_t index, const DisplayPage& page) override {
        if (index >= pages_.size()) pages_.resize(index + 1);
        pages_[index] = dump(page);
        return {};
    }
    Result<void> add_overlay(std::size_t index, const DisplayPage& overlay) override {
        pages_[index] += "over it: " + dump(overlay);
        return {};
    }
    void restart() override { pages_.clear(); }
    std::string text() const {
        std::string out;
        for (const std::string& page : pages_) out += page + "\n";
        return out;
    }

 private:
    std::vector<std::string> pages_;
};

// A document with its styles, ready to be laid out.
struct Prepared {
    Prepared(FontLibrary& fonts, const RenderOptions& given)
        : loader(given.loader), options(given), font_measure(fonts) {
        options.loader = &loader;
    }

    const DataUrlLoader loader;
    RenderOptions options;
    InstalledFontMeasure font_measure;
    std::unique_ptr<Dom> dom;
    std::unique_ptr<StyledDocument> styled;
    std::unique_ptr<TextShaper> shaper;
};

// `folding` null: with all rows of all tables.
Result<std::unique_ptr<Prepared>> prepare(FontLibrary& fonts, std::string_view html, const RenderOptions& given,
                                          const TableFolding* folding) {
    auto made = std::make_unique<Prepared>(fonts, given);
    RenderOptions& options = made->options;
    enter_phase(options.phases, WorkPhase::Parse);
    if (html.starts_with(kByteOrderMark)) html.remove_prefix(kByteOrderMark.size());
    GALLEY_TRY_VOID(check_input(html, options.limits));
    GALLEY_TRY_VOID(check_format(options.format));
    ParseLimits parse_limits;
    parse_limits.nodes_max = options.limits.nodes_max;
    parse_limits.depth_max = std::min<std::size_t>(options.limits.depth_max, 512);
    GALLEY_TRY(made->dom, parse_html_in_place(html, parse_limits, folding));
    report(options, RenderPhase::Parsed, 0);
    if (options.name.empty()) options.name = options.base_url;
    options.base_url = document_base(*made->dom, options.base_url);
    enter_phase(options.phases, WorkPhase::Style);
    GALLEY_TRY(made->styled, style_document(*made->dom, {options.base_url,
                                                         options.loader,
                                                         options.sheets,
                                                         options.name,
                                                         options.media_type,
                                                         {},
                                                         &made->font_measure}));
    report(options, RenderPhase::Styled, 0);
    made->shaper = TextShaper::create(fonts, made->styled->font_faces(), options.loader);
    return made;
}

PdfOptions pdf_options(const Prepared& document, std::vector<std::string>& warnings) {
    const RenderOptions& options = document.options;
    PdfOptions out;
    out.metadata = document_metadata(*document.dom, options.metadata, options.custom_metadata, warnings);
    out.attachments = linked_attachments(*document.dom, options.base_url, document.loader, warnings);
    std::ranges::copy(options.attachments, std::back_inserter(out.attachments));
    out.format = options.format;
    out.limits = {options.limits.pages_max, options.limits.output_bytes_max};
    out.deflate_level = options.deflate_level;
    out.base_url = options.base_url;
    out.loader = &document.loader;
    return out;
}

// Nothing: the rows of its tables are needed all at once.
Result<std::optional<Rendered>> render(FontLibrary& fonts, std::string_view html, const RenderOptions& options,
                                       const TableFolding* folding) {
    GALLEY_TRY(const std::unique_ptr<Prepared> document, prepare(fonts, html, options, folding));
    Rendered rendered;
    const PdfOptions written = pdf_options(*document, rendered.warnings);
    PdfSink sink(fonts, written);
    GALLEY_TRY(const PagesReport pages, render_pages(*document->styled, *document->shaper, document->options, sink));
    if (pages.needs_whole_tables) return std::nullopt;
    enter_phase(options.phases, WorkPhase::Write);
    GALLEY_TRY(rendered.pdf, sink.writer().finish());
    rendered.page_count = pages.page_count;
    add_warnings(rendered.warnings, document->styled->warnings());
    add_warnings(rendered.warnings, pages.warnings);
    add_warnings(rendered.warnings, document->shaper->warnings());
    add_warnings(rendered.warnings, sink.writer().warnings());
    report(options, RenderPhase::Written, pages.page_count);
    return rendered;
}

}  // namespace

Engine::Engine(const FontSource& fonts) : fonts_(FontLibrary::create(fonts)) {}
Engine::~Engine() = default;

Result<Rendered> Engine::render_pdf(std::string_view html, const RenderOptions& options) {
    GALLEY_TRY(std::optional<Rendered> rendered, render(*fonts_, html, options, &options.folding));
    if (!rendered) {
        GALLEY_TRY(rendered, render(*fonts_, html, options, nullptr));
    }
    return std::move(*rendered);
}

Result<std::string> Engine::dump(std::string_view html, const RenderOptions& options) {
    GALLEY_TRY(const std::unique_ptr<Prepared> document, prepare(*fonts_, html, options, nullptr));
    DumpSink sink;
    GALLEY_TRY_VOID(render_pages(*document->styled, *document->shaper, document->options, sink));
    BoxOptions box_options;
    box_options.base_url = document->options.base_url;
    box_options.loader = &document->loader;
    GALLEY_TRY(const std::unique_ptr<BoxTree> tree, build_boxes(*document->styled, box_options));
    return document::dump(*tree) + "\n" + sink.text();
}

}  // namespace galley::document
