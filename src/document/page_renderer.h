// src/document/page_renderer.h — from a styled document to its finished pages, one after the other.
//
// Shape    render_pages(styled, shaper, options, sink) calls `sink` once per page, in order. Where texts depend on page
//          numbers the document is laid out again until they hold still, at most kPassesMax times; where only margin
//          boxes show counter(pages), pages wait until the last one is known.
// Errors   LimitExceeded (pages_max, boxes), Cancelled, and what `sink` returns.
// Threads  one render, one thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "document/document.h"
#include "document/style/style_engine.h"

namespace galley::document {

inline constexpr int kPassesMax = 3;

using PageSink = std::function<Result<void>(const DisplayPage&)>;

struct PagesReport {
    int page_count = 0;
    std::vector<std::string> warnings;
};

Result<PagesReport> render_pages(StyledDocument& styled, TextShaper& shaper, const RenderOptions& options,
                                 const PageSink& sink);

}  // namespace galley::document
