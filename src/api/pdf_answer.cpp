#include "api/pdf_answer.h"

namespace galley::api {

net::Body body_of(cache::DocumentBody document) {
    if (auto* bytes = std::get_if<SharedBytes>(&document.content)) return net::SharedBody(std::move(*bytes));
    auto& disk = std::get<cache::DiskFile>(document.content);
    net::FileBody body(std::move(disk.file));
    body.offset = disk.payload_offset;
    body.length = disk.payload_bytes;
    return body;
}

net::Response pdf_response(const std::string& disposition, net::Body body, CacheOutcome outcome) {
    net::Response response{.status = 200, .content_type = kPdfType, .headers = {}, .body = std::move(body)};
    response.add_header("Content-Disposition", disposition);
    response.add_header("Cache-Control", "private, no-cache");
    response.add_header("X-Cache", outcome == CacheOutcome::Hit ? "HIT" : "MISS");
    return response;
}

Answer pdf_answer(int status, const char* description) {
    return {.status = status,
            .description = description,
            .schema = binary(),
            .content_type = kPdfType,
            .headers = {{"ETag", "the content hash"},
                        {"Content-Disposition", "the file's name"},
                        {"X-Cache", "HIT when it was in the cache, MISS when it was made again"}}};
}

}  // namespace galley::api
