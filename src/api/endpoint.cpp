#include "api/endpoint.h"

#include "api/query.h"

namespace galley::api {

namespace {

// Levels 1 and 2 of R11.
Result<auth::Caller> authenticate(const Services& services, const net::Request& request) {
    const auto header = request.header("authorization");
    if (!header) return fail(ErrorCode::Unauthenticated, "a bearer token is required");
    GALLEY_TRY(const std::string_view token, auth::bearer_token(*header));
    GALLEY_TRY(auth::Caller caller, services.verifier.verify(token));
    GALLEY_TRY_VOID(auth::check_account(services.accounts, caller));
    return caller;
}

Result<auth::Caller> admit(const Services& services, const net::Request& request, Access access) {
    if (access == Access::Public) return auth::Caller{};
    if (access == Access::Metrics && services.metrics_public) return auth::Caller{};
    GALLEY_TRY(auth::Caller caller, authenticate(services, request));
    if (access == Access::Metrics) GALLEY_TRY_VOID(auth::check_right(caller, auth::Action::MetricsRead));
    return caller;
}

net::Handler guarded(Services& services, const EndpointRow& row) {
    return [&services, &row](net::RequestPtr request, net::Reply reply) {
        Result<auth::Caller> caller = admit(services, *request, row.access);
        Call call(services, std::move(request), std::move(reply), caller ? std::move(*caller) : auth::Caller{});
        if (!caller) return std::move(call).fail(caller.error());
        if (const auto known = check_query(call.request(), row); !known) return std::move(call).fail(known.error());
        row.handler(std::move(call));
    };
}

}  // namespace

const std::vector<EndpointRow>& all_endpoints() {
    static const std::vector<EndpointRow> kRows = [] {
        std::vector<EndpointRow> rows;
        for (const auto part :
             {room_endpoints, member_endpoints, activity_endpoints, snapshot_endpoints, task_endpoints,
              metrics_endpoints, cache_endpoints, health_endpoints, description_endpoints}) {
            for (EndpointRow& row : part()) rows.push_back(std::move(row));
        }
        return rows;
    }();
    return kRows;
}

net::Router build_router(Services& services, const std::vector<EndpointRow>& rows) {
    std::vector<net::Endpoint> endpoints;
    endpoints.reserve(rows.size());
    for (const EndpointRow& row : rows) {
        endpoints.push_back(
            {row.method, row.pattern, row.name, services.limits.*row.body_bytes_max, guarded(services, row), nullptr});
    }
    return net::Router(std::move(endpoints));
}

}  // namespace galley::api
