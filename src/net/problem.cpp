#include "net/problem.h"

#include "codec/json_writer.h"

namespace galley::net {

namespace {

void write_errors(codec::JsonWriter& json, std::span<const FieldError> errors) {
    json.key("errors");
    json.begin_array();
    for (const FieldError& error : errors) {
        json.begin_object();
        json.field("pointer", error.pointer);
        json.field("message", error.message);
        json.end_object();
    }
    json.end_array();
}

}  // namespace

Response problem(const Problem& problem) {
    Bytes text;
    codec::JsonWriter json(text);
    json.begin_object();
    json.field("type", problem.type);
    json.field("title", problem.title.empty() ? reason_phrase(problem.status) : problem.title);
    json.field("status", problem.status);
    if (!problem.detail.empty()) json.field("detail", problem.detail);
    if (!problem.request_id.empty()) json.field("instance", "urn:galley:request:" + std::string(problem.request_id));
    if (!problem.errors.empty()) write_errors(json, problem.errors);
    json.end_object();

    Response response;
    response.status = problem.status;
    response.content_type = kProblemContentType;
    response.add_header("Cache-Control", "no-store");  // 404 and others may be kept by default (RFC 9110 §15.1)
    response.body = std::move(text);
    return response;
}

Response problem(int status, std::string_view detail, std::string_view request_id) {
    return problem(Problem{.status = status, .detail = detail, .request_id = request_id});
}

}  // namespace galley::net
