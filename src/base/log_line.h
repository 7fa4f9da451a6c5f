// src/base/log_line.h — one log line's content, as text or as the members of a JSON object; the time is put before it.
//
// Shape    text "warning task_failed task_id=7 error=\"a b\""; JSON "\"level\":\"warning\",\"event\":…" without braces.
//          Control characters are escaped in both forms, bytes that are not UTF-8 become U+FFFD: what a client sent can
//          neither break a line nor steer a terminal.
// Limits   kLogLineBytesMax: fields that do not fit are left out and `cut=true` says so.
// Threads  any.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/log.h"

namespace galley {

inline constexpr std::size_t kLogLineBytesMax = 16 * 1024;

std::string log_line(LogFormat format, LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

}  // namespace galley
