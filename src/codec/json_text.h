// src/codec/json_text.h — a JsonValue as text again; shared by to_json() and canonical_json().
//
// Shape    appends compact JSON. Members in document order, or sorted by UTF-16 code units (RFC 8785 §3.2.3).
// Threads  any. No recursion.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/json.h"

namespace galley::codec {

enum class MemberOrder : std::uint8_t { Document, Utf16 };

void append_json_value(std::string& out, const JsonValue& value, MemberOrder order);

// True when `a` sorts before `b` by UTF-16 code units. Precondition: both UTF-8.
bool less_utf16(std::string_view a, std::string_view b);

}  // namespace galley::codec
