// src/api/monitoring_rows.h — the paths of the status endpoints: each twice, with and without the trailing slash, and
// those of R96 under both of their prefixes.
//
// Shape    monitoring_rows(handlers); what an answer says is stated here, how it is made is monitoring.cpp's business.
// Threads  any.
// Source   R95, R96.
#pragma once

#include <vector>

#include "api/endpoint.h"

namespace galley::api {

struct MonitoringHandlers {
    void (*task_status)(Call);
    void (*bulk_status)(Call);
    void (*cancel)(Call);
    void (*overview)(Call);
    void (*health)(Call);
    void (*cleanup)(Call);
    void (*tasks)(Call);
    void (*workers)(Call);
    void (*queues)(Call);
    void (*metrics)(Call);
    void (*cache_stats)(Call);
    void (*cache_invalidate)(Call);
};

std::vector<EndpointRow> monitoring_rows(const MonitoringHandlers& handlers);

}  // namespace galley::api
