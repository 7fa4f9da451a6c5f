// src/document/pdf/page_labels.h — the numbers that a viewer shows for pages, as the pages themselves show them.
//
// Shape    page_labels(labels) → "/PageLabels<<…>>" for the catalog; nothing when they are 1, 2, 3 …, or not known.
// Threads  any.
// Source   ISO 32000-1 §12.4.2.
#pragma once

#include <span>
#include <string>

#include "document/paint/display_list.h"

namespace galley::document {

std::string page_labels(std::span<const PageLabel> labels);

}  // namespace galley::document
