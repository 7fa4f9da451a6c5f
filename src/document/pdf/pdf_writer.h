// src/document/pdf/pdf_writer.h — writes a PDF file page by page; a page is encoded when added and may be dropped
// by its giver.
//
// Shape    PdfWriter w(library, options); w.add_page(page) …; Bytes file = w.finish(). put_page() gives a page its
//          place when pages come out of order, add_overlay() draws more on top of one that is there. Fonts are subset
//          and embedded once per document; text in WinAnsi is one-byte coded, the rest has ToUnicode. Files that pages
//          or options name are attached, each once.
// Units    input px (display_list.h), output points.
// Errors   add_page, put_page, add_overlay, finish: LimitExceeded (pages_max, output_bytes_max). What cannot be drawn
//          (an image that does not decode, a link to nowhere, a font that cannot be embedded, an attachment that is not
//          there) is left out and named in warnings().
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
#include "document/pdf/pdf_options.h"

namespace galley::document {

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
