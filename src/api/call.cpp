#include "api/call.h"

#include <charconv>

#include "api/error_status.h"
#include "base/log.h"
#include "codec/date.h"
#include "codec/header_value.h"
#include "codec/multipart.h"
#include "codec/url.h"
#include "net/conditional.h"
#include "net/event_loop.h"
#include "net/problem.h"

namespace galley::api {

namespace {

constexpr const char* kRetryAfterSeconds = "1";

// What a client may read of an error: bugs, damage and a library's words on a failed disk stay inside (R2). They are in
// the log, under the request's id.
std::string_view public_detail(const Error& error) {
    const ErrorRow& row = error_row(error.code);
    if (row.status < 500) return error.message;
    return row.retry == RetryRule::Later ? "the server cannot do this now; try again later" : std::string_view();
}

constexpr std::string_view kJson = "application/json";

std::unexpected<Error> unsupported_media(const char* what) {
    return fail(ErrorCode::UnsupportedMedia, what);
}

Result<void> check_json_type(std::string_view content_type) {
    if (content_type == kJson) return {};
    const auto header = codec::parse_header_value(content_type);
    if (!header || header->value != kJson) return unsupported_media("the body must be application/json");
    const std::string_view charset = header->parameter("charset").value_or("utf-8");
    if (!net::equal_ignoring_case(charset, "utf-8")) return unsupported_media("the body must be in UTF-8");
    return {};
}

// A caller who is refused again and again fills no log: RateLimits says how many are noted. When the queue is full the
// answer stands all the same.
void note_outcome(const Call& call, const char* endpoint, auth::AuditOutcome outcome) {
    const Services& services = call.services();
    const net::Request& request = call.request();
    const std::string& who = call.caller().email;
    if (who.empty() || !services.rate_limits.take_noted_refusal(who).allowed) return;
    std::string object;
    for (const auto& [name, value] : request.route.parameters) object += (object.empty() ? "" : "/") + value;
    (void)services.audit.add({.who = who,
                              .action = endpoint,
                              .object = object,
                              .from_address = request.peer_address,
                              .outcome = outcome,
                              .request_id = request.request_id,
                              .time = services.clock.now()});
}

// Overload fails thousands of calls a second for one reason.
void note_failure(const Call& call, const Error& error) {
    const Services& services = call.services();
    const auto left_out = services.log_bound.take(error.message, services.clock.monotonic());
    if (!left_out) return;
    log(LogLevel::Error, "request_failed",
        {{"request_id", call.request().request_id},
         {"path", call.request().path},
         {"error", error.to_string()},
         {"suppressed", *left_out}});
}

// An error that names one place in the body, by its JSON pointer, is one fault of it.
std::vector<FieldError> faults_of(const Error& error) {
    if (!error.fields.empty() || !error.where.starts_with('/') || error_row(error.code).status >= 500) {
        return error.fields;
    }
    return {{error.where, error.message}};
}

}  // namespace

void Call::post(net::EventLoop& loop, std::move_only_function<void()> task) {
    loop.post(std::move(task));
}

void Call::json(int status, std::string body, std::optional<Time> last_modified) && {
    net::Response response = net::json_response(status, std::move(body));
    const bool read = request_->method == net::Method::Get || request_->method == net::Method::Head;
    if (read && status == 200) {
        response.add_header("Cache-Control", "private, no-cache");
        response.validators = {net::content_etag(std::get<Bytes>(response.body)), last_modified};
    }
    reply_(std::move(response));
}

void Call::json_unstored(int status, std::string body) && {
    net::Response response = net::json_response(status, std::move(body));
    response.add_header("Cache-Control", "no-store");
    reply_(std::move(response));
}

void Call::note_refusal() const {
    note_outcome(*this, endpoint_, auth::AuditOutcome::Denied);
}

void Call::fail(const Error& error) && {
    const ErrorRow& row = error_row(error.code);
    if (error.code == ErrorCode::Forbidden) note_refusal();
    if (row.status == 500) note_outcome(*this, endpoint_, auth::AuditOutcome::Failure);
    if (row.status >= 500) note_failure(*this, error);
    net::Response response = net::problem({.status = row.status,
                                           .detail = public_detail(error),
                                           .request_id = request_->request_id,
                                           .errors = faults_of(error)});
    if (row.status == 401) response.add_header("WWW-Authenticate", "Bearer");
    if (row.status == 415) {  // RFC 9110 §12.5.1 and §12.5.3: what would have been read
        response.add_header("Accept", "application/json");
        response.add_header("Accept-Encoding", "identity");
    }
    if (row.retry == RetryRule::Later) response.add_header("Retry-After", kRetryAfterSeconds);
    reply_(std::move(response));
}

// RFC 9110 §15.5.16: a coding that is not read here is a 415, too.
Result<void> check_body_coding(const net::Request& request) {
    for (const net::HeaderField& field : request.fields) {
        if (!net::equal_ignoring_case(field.name, "Content-Encoding")) continue;
        if (!net::equal_ignoring_case(field.value, "identity")) {
            return unsupported_media("the body must come without a content coding");
        }
    }
    return {};
}

bool is_form(std::string_view content_type) {
    const auto header = codec::parse_header_value(content_type);
    return header && header->value == "multipart/form-data";
}

Result<codec::JsonDocument> parse_body(const Call& call) {
    GALLEY_TRY_VOID(check_body_coding(call.request()));
    GALLEY_TRY_VOID(check_json_type(call.request().header("content-type").value_or(kJson)));
    return codec::JsonDocument::parse(call.request().body, call.services().limits.json_depth_max);
}

Result<codec::JsonDocument> parse_body_or_form(const Call& call, std::string_view part_name) {
    const std::string_view type = call.request().header("content-type").value_or(kJson);
    if (!is_form(type)) return parse_body(call);
    GALLEY_TRY_VOID(check_body_coding(call.request()));
    GALLEY_TRY(const auto parts, codec::parse_multipart(type, call.request().body));
    if (parts.size() != 1 || parts[0].name != part_name) {
        return fail(ErrorCode::InvalidInput, "the form must have one part, '" + std::string(part_name) + "'");
    }
    // Browsers and curl send a file as text or bytes when its name does not tell them more.
    GALLEY_TRY(const codec::HeaderValue part_type, codec::parse_header_value(parts[0].type));
    if (part_type.value != "text/plain" && part_type.value != "application/octet-stream") {
        GALLEY_TRY_VOID(check_json_type(parts[0].type));
    }
    return codec::JsonDocument::parse(parts[0].content, call.services().limits.json_depth_max);
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
