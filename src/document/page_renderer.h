// src/document/page_renderer.h — from a styled document to its finished pages, one after the other.
//
// Shape    render_pages(styled, shaper, options, sink) gives each page to `sink` and forgets it. What shows page
//          numbers that are not known yet comes later: margin boxes with counter(pages) as overlays; pages whose lines
//          name page numbers (a table of contents) are laid again when all are known, and put in their places. Where
//          such texts move what follows, the document is laid out again, at most kPassesMax times.
// Errors   LimitExceeded (pages_max, boxes), Cancelled, and what `sink` returns.
// Owner    between pages: the styles, the boxes, and for each page that waits a few hundred bytes.
// Threads  one render, one thread.
#pragma once

#include <string>
#include <vector>

#include "document/document.h"
#include "document/paint/display_list.h"
#include "document/style/style_engine.h"

namespace galley::document {

inline constexpr int kPassesMax = 3;

// Takes the pages.
class PageSink {
 public:
    virtual ~PageSink() = default;
    // `index` from 0, each once, not always in order.
    virtual Result<void> put_page(std::size_t index, const DisplayPage& page) = 0;
    // More on top of a page that was put.
    virtual Result<void> add_overlay(std::size_t index, const DisplayPage& overlay) = 0;
    // All that was put is void: the pages come again.
    virtual void restart() = 0;
};

struct PagesReport {
    int page_count = 0;
    std::vector<std::string> warnings;
    bool needs_whole_tables = false;  // no page counts: the document must come with all rows of its tables
};

Result<PagesReport> render_pages(StyledDocument& styled, TextShaper& shaper, const RenderOptions& options,
                                 PageSink& sink);

}  // namespace galley::document
