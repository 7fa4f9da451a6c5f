// src/template/filters.h — the filters, one row each: name, how many arguments, what it does.
//
// Shape    a filter takes a value and its arguments and gives a value, as Jinja's filter of that name does.
// Errors   apply_filter: InvalidInput (wrong kind), LimitExceeded (a text over text_bytes_max).
// Threads  any.
// Limits   text_bytes_max for each result.
// Source   https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-filters
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "template/value.h"

namespace galley::templates {

struct FilterInfo {
    std::size_t index;
    std::size_t arguments_min;
    std::size_t arguments_max;
};

std::optional<FilterInfo> find_filter(std::string_view name);
std::string_view filter_name(std::size_t index);

Result<Value> apply_filter(std::size_t index, Value value, std::span<const Value> arguments,
                           std::size_t text_bytes_max);

}  // namespace galley::templates
