// src/app/document_input.h — what `render` and `bench render` are given: HTML, a template with data, or a room's JSON.
//
// Shape    read_document(path) → the HTML in UTF-8. A file whose name ends with ".j2", or any when there is data, is a
//          template; JSON is a room, and becomes its snapshot's HTML.
// Errors   NotFound, LimitExceeded (kDocumentInputBytesMax), InvalidInput (a room that does not pass its schema, a
//          template's fault with its line), Unsupported (a template; an encoding that nobody knows).
#pragma once

#include <string>

#include "base/error.h"

namespace galley::app {

inline constexpr std::uint64_t kDocumentInputBytesMax = 256u << 20;

struct DocumentInput {
    std::string path;      // "-": standard input
    std::string encoding;  // "": what the document says
    std::string data;      // file of JSON for a template; "" for none
};

Result<std::string> read_document(const DocumentInput& input);
// The same of a text that was read elsewhere, in UTF-8, and is no room.
Result<std::string> filled_document(std::string text, const DocumentInput& input);
inline Result<std::string> read_document(const std::string& path) {
    return read_document(DocumentInput{path, {}, {}});
}

}  // namespace galley::app
