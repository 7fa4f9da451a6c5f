// src/template/text_case.h — upper, lower and title case as Jinja's filters give them.
//
// Shape    UTF-8 in and out. Letters of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic; all else stays as it is.
//          GAP: other scripts, and the few letters whose length changes beyond ß (upper case "SS").
// Threads  any.
// Source   the simple case mappings of Unicode; title case follows Jinja's do_title.
#pragma once

#include <string>
#include <string_view>

namespace galley::templates {

std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);
// The first letter after a space, a hyphen or an opening bracket is upper case, all others lower.
std::string title_case(std::string_view text);

}  // namespace galley::templates
