// src/document/paint/text_painter.h — one text fragment as DrawText items with its decorations.
//
// Source   CSS Text Decoration 3 §2; CSS Text 3 §8.
#pragma once

#include "document/paint/box_painter.h"

namespace galley::document {

// `corner`: the fragment's top left corner on the page.
void paint_text_run(const Fragment& fragment, Point corner, DisplayItems& out);

}  // namespace galley::document
