#include "document/layout/page_sources.h"

namespace galley::document {

std::vector<int> PageSources::counter_values(std::string_view name) {
    if (name == "pages") return {page_count_};
    const auto found = counters_.find(name);
    return {found == counters_.end() ? 0 : found->second};
}

// https://www.w3.org/TR/css-gcpm-3/#using-named-strings
std::string PageSources::named_string(std::string_view name, std::string_view keyword) {
    if (strings_ == nullptr) return "";
    const auto found = strings_->find(name);
    if (found == strings_->end()) return "";
    const PageString& value = found->second;
    if (keyword == "last") return value.last;
    if (keyword == "start") return value.at_start ? value.first : value.entry;
    if (keyword == "first-except") return value.assigned ? "" : value.entry;
    return value.first;
}

}  // namespace galley::document
