#include "api/call.h"

#include <charconv>

#include "api/error_status.h"
#include "base/log.h"
#include "codec/date.h"
#include "codec/url.h"
#include "net/event_loop.h"
#include "net/problem.h"

namespace galley::api {

namespace {

constexpr const char* kRetryAfterSeconds = "1";

// What a client may read of an error: bugs and damage stay inside (R2).
std::string_view public_detail(const Error& error) {
    if (error.code == ErrorCode::Internal || error.code == ErrorCode::Corrupt) return {};
    return error.message;
}

}  // namespace

void Call::post(net::EventLoop& loop, std::move_only_function<void()> task) {
    loop.post(std::move(task));
}

void Call::fail(const Error& error) && {
    const ErrorRow& row = error_row(error.code);
    if (row.status >= 500) {
        log(LogLevel::Error, "request_failed",
            {{"request_id", request_->request_id}, {"path", request_->path}, {"error", error.to_string()}});
    }
    net::Response response = net::problem({.status = row.status,
                                           .detail = public_detail(error),
                                           .request_id = request_->request_id,
                                           .errors = error.fields});
    if (row.status == 401) response.add_header("WWW-Authenticate", "Bearer");
    if (row.retry == RetryRule::Later) response.add_header("Retry-After", kRetryAfterSeconds);
    reply_(std::move(response));
}

Result<codec::JsonDocument> parse_body(const Call& call) {
    if (const auto type = call.request().header("content-type")) {
        const std::string_view media = type->substr(0, type->find(';'));
        if (!net::equal_ignoring_case(media.substr(0, media.find_last_not_of(' ') + 1), "application/json")) {
            return fail(ErrorCode::InvalidInput, "the body must be application/json");
        }
    }
    return codec::JsonDocument::parse(call.request().body, call.services().limits.json_depth_max);
}

Result<std::optional<std::string>> query_parameter(const Call& call, std::string_view name) {
    GALLEY_TRY(const auto pairs, codec::parse_query(call.request().query));
    for (const auto& [key, value] : pairs)
        if (key == name) return std::optional(value);
    return std::optional<std::string>();
}

Result<std::optional<std::int64_t>> query_number(const Call& call, std::string_view name) {
    GALLEY_TRY(const auto text, query_parameter(call, name));
    if (!text) return std::optional<std::int64_t>();
    std::int64_t number = 0;
    const char* end = text->data() + text->size();
    const auto [parsed, error] = std::from_chars(text->data(), end, number);
    if (error == std::errc() && parsed == end) return std::optional(number);
    return fail(ErrorCode::InvalidInput, "the query parameter '" + std::string(name) + "' must be a whole number");
}

Result<std::optional<Time>> query_time(const Call& call, std::string_view name) {
    GALLEY_TRY(const auto text, query_parameter(call, name));
    if (!text) return std::optional<Time>();
    GALLEY_TRY(const Time time, codec::parse_rfc3339(*text));
    return std::optional(time);
}

Result<std::optional<Duration>> wait_request(const Call& call) {
    GALLEY_TRY(const auto seconds, query_number(call, "wait"));
    if (!seconds) return std::optional<Duration>();
    return std::optional<Duration>(std::chrono::seconds(*seconds));
}

}  // namespace galley::api
