// fuzz/range.cpp — Range and conditional request fields: whatever they say, the answer stays within the content and its
// fields say what it holds.
//
// Shape    input = one byte (method, kind of body, size of the content), then lines "Name: value"; only the fields that
//          R6 names are taken.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "codec/date.h"
#include "net/conditional.h"

namespace {

using galley::Bytes;
using galley::net::Method;
using galley::net::Response;

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kFields[] = {"Range",         "If-Range",          "If-Match",
                                        "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"};

galley::net::HeaderList read_fields(std::string_view text) {
    galley::net::HeaderList fields;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        for (const std::string_view name : kFields) {
            if (line.substr(0, colon) == name) fields.emplace_back(name, line.substr(colon + 2));
        }
    }
    return fields;
}

std::string body_text(const galley::net::Body& body) {
    if (const auto* bytes = std::get_if<Bytes>(&body)) return *bytes;
    const auto& shared = std::get<galley::net::SharedBody>(body);
    GALLEY_CHECK(shared.offset + shared.length <= shared.bytes.size());
    return std::string(shared.bytes.view().substr(shared.offset, shared.length));
}

// "bytes 2-5/26" must describe the bytes that are sent.
void check_part(const Response& response, std::string_view content) {
    const auto range = response.header("Content-Range");
    GALLEY_CHECK(range && range->starts_with("bytes "));
    const std::string said(range->substr(6));
    const std::size_t first = std::stoull(said);
    const std::size_t last = std::stoull(said.substr(said.find('-') + 1));
    GALLEY_CHECK(first <= last && last < content.size());
    GALLEY_CHECK(said.substr(said.find('/') + 1) == std::to_string(content.size()));
    GALLEY_CHECK(body_text(response.body) == content.substr(first, last - first + 1));
}

void check(const Response& response, std::string_view content, Method method, bool has_range) {
    switch (response.status) {
        case 200:
            GALLEY_CHECK(body_text(response.body) == content);
            return;
        case 206:
            GALLEY_CHECK(method == Method::Get && has_range);
            return check_part(response, content);
        case 304:
            GALLEY_CHECK(body_text(response.body).empty() && method != Method::Post);
            return;
        case 416:
            GALLEY_CHECK(has_range && response.header("Content-Range") == "bytes */" + std::to_string(content.size()));
            return;
        default:
            GALLEY_CHECK(response.status == 412 && method != Method::Post);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr Method kMethods[] = {Method::Get, Method::Head, Method::Post, Method::Get};
    const Method method = kMethods[data[0] & 3U];
    const std::string_view content = kAlphabet.substr(0, data[0] >> 3U);
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const galley::net::HeaderList fields = read_fields(text);
    const auto request = galley::net::make_request(method, "/", fields);

    Response response;
    const bool shared = (data[0] & 4U) != 0;
    if (shared) {
        response.body = galley::net::SharedBody(galley::SharedBytes(Bytes(content)));
    } else {
        response.body = Bytes(content);
    }
    galley::net::Validators validators{galley::net::strong_etag("v1"), galley::from_unix_ms(1'767'225'600'000)};
    galley::net::apply_conditions(*request, validators, response);
    check(response, content, method, request->header("Range").has_value());

    galley::net::ByteRange range;
    if (galley::net::parse_range(text, UINT64_MAX, range) == galley::net::RangeOutcome::Satisfiable) {
        GALLEY_CHECK(range.length > 0 && range.offset <= UINT64_MAX - range.length);
    }
    return 0;
}
