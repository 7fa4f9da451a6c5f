// src/api/services.h — what the handlers work with: references to the rooms below, put together once by app.
//
// Owner    app owns everything named here and outlives the server.
// Threads  each part says its own; all are safe from the event loops.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/service_limits.h"
#include "auth/accounts.h"
#include "auth/audit_queue.h"
#include "auth/rate_limits.h"
#include "auth/token.h"
#include "base/background_queue.h"
#include "base/log_bound.h"
#include "cache/document_cache.h"
#include "codec/json.h"
#include "jobs/monitoring/metrics_journal.h"
#include "jobs/own_kind.h"
#include "jobs/render/document_maker.h"
#include "jobs/render/document_store.h"
#include "jobs/snapshot/regenerator.h"
#include "metrics/registry.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/random.h"
#include "rooms/room_store.h"
#include "rooms/snapshot_store.h"
#include "schedule/scheduler.h"
#include "store/database.h"
#include "tasks/engine.h"

namespace galley::net {
class WebClient;
}

namespace galley::api {

class HealthMonitor;
class CacheWalk;
class LiveHub;
class MonitoringCaches;

struct Services {
    store::Database& database;
    tasks::TaskEngine& tasks;
    schedule::ScheduleStore& schedules;
    schedule::Scheduler& scheduler;
    rooms::RoomStore& rooms;
    rooms::SnapshotStore& snapshots;
    cache::DocumentCache& documents;
    jobs::Regenerator& regenerator;
    jobs::DocumentStore& document_store;
    jobs::DocumentMaker& document_maker;
    const net::WebClient& web;
    jobs::MetricsJournal& journal;
    BackgroundQueue& large_bodies;  // for calls whose body takes a loop too long
    BackgroundQueue& background;    // for calls that block
    metrics::Registry& registry;
    auth::Accounts& accounts;
    auth::AuditQueue& audit;
    HealthMonitor& health;
    CacheWalk& cache_walk;
    LiveHub& live;
    const jobs::OwnKinds& own_kinds;
    MonitoringCaches& monitoring;
    const auth::TokenVerifier& verifier;
    auth::RateLimits& rate_limits;
    LogBound& log_bound;  // of calls that failed
    const os::Clock& clock;
    os::Random& random;
    os::Files& files;
    std::string data_folder;
    std::size_t workers = 0;      // threads that run handlers
    bool metrics_public = false;  // /metrics without a token (R97's neighbour, §17)
    ServiceLimits limits{};
};

}  // namespace galley::api
