// src/document/document.h — the document engine's front door: HTML and CSS in, PDF out. Pure: no file, clock or network
// of its own.
//
// Shape    Engine holds what is worth keeping between renders (fonts, shaped words, subsets); render_pdf(html, options)
//          → Rendered; dump(html, options) → its boxes and pages as text.
// Errors   InvalidInput (not UTF-8), Unsupported (a version of PDF), LimitExceeded (named limit), Cancelled, Internal.
//          Bad HTML or CSS is never an error.
// Owner    options.loader, options.progress and the FontSource are borrowed for the call / the engine's life.
// Threads  render_pdf from any number of threads at once on one Engine.
// Limits   RenderLimits; each exceeded one is an error that names it.
// Source   SPEC R30, R40–R44.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "document/document_head.h"
#include "document/html/table_folding.h"
#include "document/phase_watch.h"
#include "document/resource_loader.h"
#include "document/style/given_sheet.h"
#include "document/text/font_source.h"

namespace galley::document {

class FontLibrary;  // text/shaper.h

struct RenderLimits {
    std::size_t html_bytes_max = 64 * 1024 * 1024;
    std::size_t nodes_max = 5'000'000;
    std::size_t depth_max = 512;
    int pages_max = 20'000;
    std::uint64_t output_bytes_max = 1'000'000'000;
};

enum class RenderPhase : std::uint8_t { Parsed, Styled, LaidOut, Written };

struct RenderOptions {
    std::string base_url;                    // for relative references; file path or URL
    const ResourceLoader* loader = nullptr;  // absent: every resource is refused with a warning
    std::string name;                        // what warnings call the document; "": the base_url
    std::vector<GivenSheet> sheets;          // beside the document's own, e.g. "@page{size:A5}"
    std::string media_type = "print";        // that the CSS sees, in lower case
    PdfMetadata metadata;                    // what is empty comes from the document's head
    CustomMetadata custom_metadata = CustomMetadata::Ignored;
    std::vector<PdfAttachment> attachments;  // behind those that the document links
    PdfFormat format;
    RenderLimits limits;
    TableFolding folding;  // how the rows of large tables are kept out of memory; changes no byte of the result
    int deflate_level = 1;
    const std::atomic<bool>* cancelled = nullptr;               // polled per page and per thousand boxes
    std::function<void(RenderPhase, int pages)> progress = {};  // LaidOut: after each page
    PhaseWatch* phases = nullptr;
};

struct Rendered {
    Bytes pdf;
    int page_count = 0;
    std::vector<std::string> warnings;
};

class Engine {
 public:
    explicit Engine(const FontSource& fonts);
    ~Engine();
    Result<Rendered> render_pdf(std::string_view html, const RenderOptions& options);
    // For people and tests: the tree of boxes, then what stands where on each page, in px.
    Result<std::string> dump(std::string_view html, const RenderOptions& options);

 private:
    std::unique_ptr<FontLibrary> fonts_;
};

// Part of every content hash: changes whenever the same input may give other bytes.
inline constexpr std::string_view kEngineVersion = "galley-document/5";

}  // namespace galley::document
