// src/document/box/first_letter.h — ::first-letter: the letter and the punctuation around it become a box of their own.
//
// Shape    style_first_letter(fixer, box, style) cuts the first text in `box`, nested blocks included, before `box`
//          itself is finished. Nothing happens where an image or an inline block stands first.
// Source   CSS Pseudo 4 §2.3.
#pragma once

#include "document/box/box_fixup.h"

namespace galley::document {

// The first letter of a text with its punctuation.
std::string_view first_letter_of(std::string_view text);

void style_first_letter(const BoxFixer& fixer, Box& box, const ComputedStyle& style);

}  // namespace galley::document
