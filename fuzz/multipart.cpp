// fuzz/multipart.cpp — form bodies: parts lie inside the body, keep their limits, and written again they read the same.
//
// Shape    input = the Content-Type up to the first line feed, then the body. Without one, "boundary=x" is meant.
#include "codec/multipart.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace {

using galley::codec::MultipartLimits;
using galley::codec::MultipartPart;
using Parts = std::vector<MultipartPart>;

constexpr MultipartLimits kLimits{.parts_max = 8,
                                  .part_header_bytes_max = 512,
                                  .part_fields_max = 6,
                                  .name_bytes_max = 64,
                                  .file_name_bytes_max = 64};

void check_part(const MultipartPart& part, std::string_view body) {
    GALLEY_CHECK(part.content.data() >= body.data());
    GALLEY_CHECK(part.content.data() + part.content.size() <= body.data() + body.size());
    GALLEY_CHECK(!part.name.empty() && part.name.size() <= kLimits.name_bytes_max);
    if (!part.file_name) return;
    GALLEY_CHECK(part.file_name->size() <= kLimits.file_name_bytes_max);
    GALLEY_CHECK(part.file_name->find_first_of("/\\\r\n") == std::string::npos);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string written(const Parts& parts, std::string_view boundary) {
    std::string out;
    for (const MultipartPart& part : parts) {
        out.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=").append(quoted(part.name));
        if (part.file_name) out.append("; filename=").append(quoted(*part.file_name));
        out.append("\r\nContent-Type: ").append(part.type).append("\r\n\r\n").append(part.content).append("\r\n");
    }
    return out.append("--").append(boundary).append("--\r\n");
}

// Heads that we write may be longer than those we read, so the limits of the second reading are the default ones.
void check_written_again(const Parts& parts) {
    const std::string_view boundary = "again-3f1c";
    for (const MultipartPart& part : parts) {
        if (part.content.find(boundary) != std::string_view::npos) return;
    }
    const std::string body = written(parts, boundary);
    const auto again = galley::codec::parse_multipart("multipart/form-data; boundary=again-3f1c", body);
    GALLEY_CHECK(again.has_value() && again->size() == parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        GALLEY_CHECK((*again)[i].name == parts[i].name);
        GALLEY_CHECK((*again)[i].file_name == parts[i].file_name);
        GALLEY_CHECK((*again)[i].content == parts[i].content);
        GALLEY_CHECK((*again)[i].type == parts[i].type);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view body(reinterpret_cast<const char*>(data), size);
    std::string type = "multipart/form-data; boundary=x";
    if (const std::size_t line = body.find('\n');
        line != std::string_view::npos && body.substr(0, line).contains('/')) {
        type = body.substr(0, line);
        body.remove_prefix(line + 1);
    }
    const auto parts = galley::codec::parse_multipart(type, body, kLimits);
    if (!parts) return 0;
    GALLEY_CHECK(!parts->empty() && parts->size() <= kLimits.parts_max);
    for (const MultipartPart& part : *parts) check_part(part, body);
    check_written_again(*parts);
    return 0;
}
