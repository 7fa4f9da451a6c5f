// src/document/box/box_fixup.h — completes a box whose children are all there: anonymous blocks and table parts.
//
// Shape    finish_box(fixer, box) once per box, children before parents. Afterwards the invariants of box.h hold for
//          it.
// Source   CSS 2.1 §9.2.1.1, §17.2.1; CSS Flexbox 1 §4.
#pragma once

#include "document/box/box.h"
#include "document/style/style_engine.h"

namespace galley::document {

struct BoxFixer {
    BoxTree& tree;
    StyledDocument& styled;
};

void finish_box(const BoxFixer& fixer, Box& box);

// Only spaces that collapse away: such text makes no box between blocks and table parts.
bool is_collapsible_space(const Box& box);
bool is_collapsible_space(std::string_view text, WhiteSpace mode);

}  // namespace galley::document
