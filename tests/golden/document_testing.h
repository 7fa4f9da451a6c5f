// tests/golden/document_testing.h — renders HTML in tests: pages as text, pages as lists, whole PDFs.
//
// Shape    resources are read from the folder of the test data; fonts are those of the machine.
// Owner    one Engine and one FontLibrary for the life of the program.
#pragma once

#include <string>
#include <vector>

#include "document/page_renderer.h"

namespace galley::document::testing {

std::string read_file(const std::string& path);  // "" when it cannot be read
void write_file(const std::string& path, const std::string& text);

std::vector<DisplayPage> pages_of(const std::string& html);
std::string dump_pages(const std::string& html);
Result<Rendered> render(const std::string& html, RenderOptions options = {});

// All DrawText items of a page, one string per item.
std::vector<std::string> texts_of(const DisplayPage& page);
// The first item whose text contains `part`; null when there is none.
const DrawText* find_text(const DisplayPage& page, const std::string& part);
// Filled rectangles of one colour, in painting order.
std::vector<Rect> rects_of(const DisplayPage& page, Color color);

}  // namespace galley::document::testing
