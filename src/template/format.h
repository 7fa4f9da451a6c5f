// src/template/format.h — "{:,.1f}".format(x): the part of Python's format language that templates use for numbers.
//
// Shape    fields {} {0} {:SPEC} {0:SPEC}; SPEC = [,][.PRECISION][d|f]; {{ and }} stand for themselves.
// Errors   InvalidInput (bad format, no such argument, SPEC on text), Unsupported (the rest of Python's language),
//          LimitExceeded (text_bytes_max).
// Threads  any.
// Limits   kFormatPrecisionMax decimals.
// Source   https://docs.python.org/3/library/string.html#format-specification-mini-language
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "template/value.h"

namespace galley::templates {

inline constexpr int kFormatPrecisionMax = 60;

Result<std::string> python_format(std::string_view format, std::span<const Value> arguments,
                                  std::size_t text_bytes_max);

}  // namespace galley::templates
