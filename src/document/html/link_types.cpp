#include "document/html/link_types.h"

#include <algorithm>

namespace galley::document {

bool has_link_type(const Node& element, std::string_view type) {
    const std::string_view* rel = element.attribute("rel");
    if (rel == nullptr) return false;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    constexpr std::string_view kSpace = " \t\n\f\r";
    for (std::size_t at = rel->find_first_not_of(kSpace); at != rel->npos;) {
        const std::size_t end = std::min(rel->find_first_of(kSpace, at), rel->size());
        if (std::ranges::equal(rel->substr(at, end - at), type, {}, lower)) return true;
        at = rel->find_first_not_of(kSpace, end);
    }
    return false;
}

}  // namespace galley::document
