// src/codec/multipart.h — multipart/form-data taken apart: parts with names, file names, types and bytes.
//
// Shape    parse_multipart(content_type, body) → the parts in order; `content` and `type` are views into `body`.
//          Preamble and epilogue are skipped. A file name is cut to what follows its last '/' or '\'; "" is a form's
//          file field without a file.
// Errors   Unsupported: content_type is not multipart/form-data, a part is itself multipart, has a transfer encoding,
//          or a `filename*` (RFC 7578 §4.2 forbids it). InvalidInput: no or a bad boundary, a part without a name,
//          a head that is not one, a line that begins like a delimiter and is none, no closing delimiter.
//          LimitExceeded: MultipartLimits, by name.
// Owner    the parts' views die with `body`.
// Threads  any.
// Limits   MultipartLimits; time is linear in the body.
// Source   RFC 7578, RFC 2046 §5.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace galley::codec {

inline constexpr std::size_t kBoundaryBytesMax = 70;  // RFC 2046 §5.1.1

struct MultipartLimits {
    std::size_t parts_max = 100;
    std::size_t part_header_bytes_max = 4096;  // the head of one part, its empty line included
    std::size_t part_fields_max = 16;          // lines in it
    std::size_t name_bytes_max = 200;
    std::size_t file_name_bytes_max = 255;
};

struct MultipartPart {
    std::string name;
    std::optional<std::string> file_name{};
    std::string_view type = "text/plain";  // as sent, parameters included
    std::string_view content{};
};

Result<std::vector<MultipartPart>> parse_multipart(std::string_view content_type, std::string_view body,
                                                   const MultipartLimits& limits = {});

}  // namespace galley::codec
