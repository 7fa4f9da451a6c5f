#include "api/admission.h"

#include <algorithm>

#include "net/problem.h"

namespace galley::api {

namespace {

bool is_public(const Services& services, const EndpointRow& row) {
    return row.access == Access::Public || (row.access == Access::Metrics && services.metrics_public);
}

Admission limited_unless_allowed(Admission admission, const auth::RateVerdict& verdict) {
    if (!verdict.allowed) admission.limited = verdict;
    return admission;
}

Result<std::string_view> token_of(const net::Request& request) {
    const auto is_authorization = [](const net::HeaderField& field) {
        return net::equal_ignoring_case(field.name, "authorization");
    };
    const auto field = std::ranges::find_if(request.fields, is_authorization);
    if (field == request.fields.end()) return fail(ErrorCode::Unauthenticated, "a bearer token is required");
    if (std::find_if(field + 1, request.fields.end(), is_authorization) != request.fields.end()) {
        return fail(ErrorCode::Unauthenticated, "more than one Authorization field");
    }
    return auth::bearer_token(field->value);
}

// Forging costs us a signature's check: an address that failed too often gets no more costly ones, and 429.
Admission verify(const Services& services, const net::Request& request, std::string_view token) {
    using Effort = auth::TokenVerifier::Effort;
    const bool suspicious = services.rate_limits.has_failed_too_often(request.peer_address);
    Result<auth::Caller> caller = services.verifier.verify(token, suspicious ? Effort::Cheap : Effort::Full);
    if (caller) return {.caller = std::move(*caller)};
    Admission refusal{.refused = std::move(caller.error())};
    refusal.refused->code = ErrorCode::Unauthenticated;
    return limited_unless_allowed(std::move(refusal), services.rate_limits.take_failure(request.peer_address));
}

Result<void> check_caller(const Services& services, const auth::Caller& caller, Access access) {
    GALLEY_TRY_VOID(auth::check_account(services.accounts, caller));
    if (access == Access::Metrics) return auth::check_right(caller, auth::Action::MetricsRead);
    return {};
}

std::string seconds_up(Duration duration) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

}  // namespace

Admission admit(const Services& services, const net::Request& request, const EndpointRow& row) {
    if (is_public(services, row)) {
        return limited_unless_allowed({}, services.rate_limits.take_public(request.peer_address));
    }
    const Result<std::string_view> token = token_of(request);
    if (!token) return {.refused = token.error()};
    Admission admission = verify(services, request, *token);
    if (admission.refused) return admission;
    Result<void> allowed = check_caller(services, admission.caller, row.access);
    if (!allowed) {
        admission.refused = std::move(allowed.error());
        return admission;
    }
    const auth::RateVerdict verdict = services.rate_limits.take_caller(admission.caller.email, row.rate_class);
    return limited_unless_allowed(std::move(admission), verdict);
}

net::Response too_many_requests(const net::Request& request, const auth::RateVerdict& verdict) {
    const std::string retry = seconds_up(std::max(verdict.retry_after, Duration(1)));
    net::Response response = net::problem(
        {.status = 429, .detail = "too many requests; try again in " + retry + " s", .request_id = request.request_id});
    response.add_header("Retry-After", retry);
    response.add_header("RateLimit-Limit", std::to_string(verdict.limit));
    response.add_header("RateLimit-Remaining", std::to_string(verdict.remaining));
    response.add_header("RateLimit-Reset", seconds_up(verdict.reset));
    response.add_header("RateLimit-Policy", std::to_string(verdict.limit) + ";w=60");
    return response;
}

}  // namespace galley::api
