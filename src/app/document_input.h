// src/app/document_input.h — what `render` and `bench render` are given: HTML, or a room's JSON that becomes HTML.
//
// Errors   NotFound, LimitExceeded (kDocumentInputBytesMax), InvalidInput (a room that does not pass its schema).
#pragma once

#include <string>

#include "base/error.h"

namespace galley::app {

inline constexpr std::uint64_t kDocumentInputBytesMax = 256u << 20;

// The HTML in the file, or on standard input for "-".
Result<std::string> read_document(const std::string& path);

}  // namespace galley::app
