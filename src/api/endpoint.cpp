#include "api/endpoint.h"

#include "api/admission.h"
#include "api/query.h"

namespace galley::api {

namespace {

// What takes an event loop milliseconds to read: others would wait for it.
constexpr std::size_t kBodyOnLoopBytesMax = 64 * 1024;

// The handlers that take bodies do not ask for the loop: they may run elsewhere.
void handle(const EndpointRow& row, Call call) {
    if (!row.body || call.request().body.size() <= kBodyOnLoopBytesMax) return row.handler(std::move(call));
    auto shared = std::make_shared<Call>(std::move(call));
    BackgroundQueue& queue = shared->services().large_bodies;
    BackgroundQueue::Work work = [&row, shared](BackgroundQueue::Run how) {
        if (how == BackgroundQueue::Run::Now) return row.handler(std::move(*shared));
        std::move(*shared).fail({.code = ErrorCode::Unavailable, .message = "the server is stopping"});
    };
    if (queue.post(work)) return;
    std::move(*shared).fail({.code = ErrorCode::Unavailable, .message = "too many large bodies are waiting"});
}

net::Handler guarded(Services& services, const EndpointRow& row) {
    return [&services, &row](net::RequestPtr request, net::Reply reply) {
        Admission admission = admit(services, *request, row);
        Call call(services, std::move(request), std::move(reply), std::move(admission.caller), row.name);
        if (admission.limited) {
            net::Response answer = too_many_requests(call.request(), *admission.limited);
            return std::move(call).respond(std::move(answer));
        }
        if (admission.refused) return std::move(call).fail(*admission.refused);
        if (const auto known = check_query(call.request(), row); !known) return std::move(call).fail(known.error());
        handle(row, std::move(call));
    };
}

}  // namespace

const std::vector<EndpointRow>& all_endpoints() {
    static const std::vector<EndpointRow> kRows = [] {
        std::vector<EndpointRow> rows;
        for (const auto part :
             {room_endpoints,     member_endpoints,        activity_endpoints,    snapshot_endpoints,
              document_endpoints, task_endpoints,          monitoring_endpoints,  live_endpoints,
              worker_endpoints,   kind_endpoints,          task_change_endpoints, queue_endpoints,
              schedule_endpoints, cron_question_endpoints, metrics_endpoints,     cache_endpoints,
              account_endpoints,  audit_endpoints,         health_endpoints,      description_endpoints}) {
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
