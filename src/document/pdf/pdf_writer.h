// src/document/pdf/pdf_writer.h — writes a PDF 1.7 file page by page; a page is encoded when added and may be dropped
// by its giver.
//
// Shape    PdfWriter w(library, options); w.add_page(page) …; Bytes file = w.finish(). put_page() gives a page its
//          place when pages come out of order, add_overlay() draws more on top of one that is there. Fonts are subset
//          and embedded once per document; text in WinAnsi is one-byte coded, the rest has ToUnicode.
// Units    input px (display_list.h), output points.
// Errors   add_page, put_page, add_overlay, finish: LimitExceeded (pages_max, output_bytes_max). What cannot be drawn
//          (an image that does not decode, a link to nowhere, a font that cannot be embedded) is left out and named in
//          warnings().
// Owner    borrows the library; faces of added pages must live until finish().
// Threads  one writer, one thread; the subset cache in FontLibrary is shared safely.
// Limits   PdfLimits.
// Source   ISO 32000-1:2008; bytes are identical for identical input: no clock, /ID from the content's digest.
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
    int deflate_level = 1;  // libdeflate 1–12; on page text 6 doubles the time of a page and saves 3 % of its bytes
};

class PdfWriter {
 public:
    static std::unique_ptr<PdfWriter> create(FontLibrary& library, const PdfOptions& options);
    virtual ~PdfWriter() = default;
    Result<void> add_page(const DisplayPage& page) { return put_page(page_count(), page); }
    // `index` from 0, each once; by finish() none may be missing below the highest.
    virtual Result<void> put_page(std::size_t index, const DisplayPage& page) = 0;
    virtual Result<void> add_overlay(std::size_t index, const DisplayPage& overlay) = 0;
    virtual std::size_t page_count() const = 0;
    virtual Result<Bytes> finish() = 0;  // once
    virtual const std::vector<std::string>& warnings() const = 0;
};

}  // namespace galley::document
