// src/codec/canonical_json.h — the one text of a JSON value, for hashing.
//
// Shape    members sorted by UTF-16 code units, no spaces, shortest numbers, minimal escapes.
// Limits   numbers are IEEE doubles, as the RFC demands; integers beyond 2^53 lose digits there, so we print int64
//          exactly (DEVIATION).
// Source   RFC 8785.
#pragma once

#include <string>

#include "codec/json.h"

namespace galley::codec {

std::string canonical_json(const JsonValue& value);

}  // namespace galley::codec
