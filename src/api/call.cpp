#include "api/call.h"

#include <algorithm>
#include <charconv>

#include "api/error_status.h"
#include "base/log.h"
#include "codec/url.h"
#include "net/event_loop.h"
#include "net/problem.h"

namespace galley::api {

namespace {

constexpr int kPageLimitMax = 200;
constexpr std::int64_t kWaitSecondsMax = 60;
constexpr const char* kRetryAfterSeconds = "1";

Result<std::int64_t> parse_number(std::string_view name, std::string_view text, std::int64_t min, std::int64_t max) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < min || number > max) {
        return fail(ErrorCode::InvalidInput, "the query parameter '" + std::string(name) +
                                                 "' must be a whole number from " + std::to_string(min) + " to " +
                                                 std::to_string(max));
    }
    return number;
}

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

Result<void> allow_query(const Call& call, std::initializer_list<std::string_view> names) {
    if (call.request().query.empty()) return {};
    GALLEY_TRY(const auto pairs, codec::parse_query(call.request().query));
    for (const auto& pair : pairs) {
        if (std::ranges::find(names, pair.first) == names.end()) {
            return fail(ErrorCode::InvalidInput, "unknown query parameter '" + pair.first + "'");
        }
    }
    return {};
}

Result<PageRequest> page_request(const Call& call) {
    PageRequest page;
    GALLEY_TRY(const auto limit, query_parameter(call, "limit"));
    GALLEY_TRY(const auto before, query_parameter(call, "before"));
    if (limit) {
        GALLEY_TRY(const std::int64_t number, parse_number("limit", *limit, 1, kPageLimitMax));
        page.limit = static_cast<int>(number);
    }
    if (before) {
        GALLEY_TRY(page.before, parse_number("before", *before, 1, INT64_MAX));
    }
    return page;
}

Result<std::optional<Duration>> wait_request(const Call& call) {
    GALLEY_TRY(const auto wait, query_parameter(call, "wait"));
    if (!wait) return std::optional<Duration>();
    GALLEY_TRY(const std::int64_t seconds, parse_number("wait", *wait, 0, kWaitSecondsMax));
    return std::optional<Duration>(std::chrono::seconds(seconds));
}

}  // namespace galley::api
