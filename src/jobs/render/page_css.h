// src/jobs/render/page_css.h — a page's size and margins, as people say them, made into CSS.
//
// Shape    page_size_css("A5 landscape") → "A5 landscape"; margin_css("2cm 15mm") → the same, checked. page_rule(size,
//          margin) → "@page{size:…;margin:…}".
// Errors   InvalidInput: what is no size, or no one to four lengths.
// Threads  any.
// Source   https://www.w3.org/TR/css-page-3/#page-size-prop
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace galley::jobs {

inline constexpr std::size_t kPageTextBytesMax = 100;

// "A4", "letter landscape", "100mm 150mm", "15cm".
Result<void> check_page_size(std::string_view text);
// One to four lengths, or 0.
Result<void> check_margin(std::string_view text);
// Either may be empty.
std::string page_rule(std::string_view size, std::string_view margin);

}  // namespace galley::jobs
