// src/document/pdf/pdf_writer.h — writes a PDF 1.7 file page by page; a page is encoded when added and may be dropped
// by its giver.
//
// Shape    PdfWriter w(library, options); w.add_page(page) …; Bytes file = w.finish(). Fonts are subset and embedded
// once per
//          document with ToUnicode; Latin-1 runs are one-byte coded.
// Units    input px (display_list.h), output points.
// Errors   add_page: LimitExceeded (pages, output bytes), InvalidInput (an image that does not decode is skipped with a
// warning instead). Limits   PdfLimits. Threads  one writer, one thread; the subset cache in FontLibrary is shared
// safely. Source   ISO 32000-1:2008; bytes are identical for identical input: no clock, /ID from the content's digest.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "document/paint/display_list.h"

namespace galley::document {

struct PdfMetadata {
    std::string title, author, subject, keywords, language;
    std::string creation_date;  // RFC 3339; empty = left out
};

struct PdfLimits {
    int pages_max = 20'000;
    std::uint64_t output_bytes_max = 1'000'000'000;
};

struct PdfOptions {
    PdfMetadata metadata;
    PdfLimits limits;
    int deflate_level = 6;  // libdeflate 1–12
};

class PdfWriter {
 public:
    static std::unique_ptr<PdfWriter> create(FontLibrary& library, const PdfOptions& options);
    virtual ~PdfWriter() = default;
    virtual Result<void> add_page(const DisplayPage& page) = 0;
    virtual Result<Bytes> finish() = 0;  // once
    virtual const std::vector<std::string>& warnings() const = 0;
};

}  // namespace galley::document
