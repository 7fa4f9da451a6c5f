// src/document/layout/line_builder.h — fragments of one line: horizontal places, vertical alignment, justification.
//
// Shape    build_line(context, container, content, range, frame) → a Line fragment with its height and baseline; its
//          offset is left to the caller.
// Source   CSS 2.1 §10.8; CSS Text 3 §6.
#pragma once

#include "document/layout/line_breaker.h"

namespace galley::document {

struct LineFrame {
    LayoutUnit left, width;      // of the band that the line may fill
    LayoutUnit indent;           // text-indent, first line
    LayoutUnit container_width;  // for percentages
};

Fragment& build_line(LayoutContext& context, const Box& container, const InlineContent& content, const LineRange& range,
                     const LineFrame& frame);

}  // namespace galley::document
