// src/app/instruments.h — what is measured: requests, tasks, cache, store and process, in the registry and the journal.
//
// Owner    borrows the parts; remove() (or the destructor) takes its callbacks out of the registry.
// Threads  the hooks run where their parts call them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log_bound.h"
#include "cache/document_cache.h"
#include "jobs/monitoring/metrics_journal.h"
#include "metrics/registry.h"
#include "net/http_server.h"
#include "net/router.h"
#include "os/clock.h"
#include "os/files.h"
#include "pool/process_pool.h"
#include "store/database.h"
#include "tasks/engine.h"

namespace galley::app {

// Counts what tasks do; made before the engine, as one of its listeners.
class TaskInstruments {
 public:
    TaskInstruments(metrics::Registry& registry, const os::Clock& clock);
    void on_notice(const tasks::TaskNotice& notice);

 private:
    metrics::Registry& registry_;
    const os::Clock& clock_;
    LogBound log_bound_;
    std::vector<metrics::Counter*> events_;
    metrics::Histogram& waited_;
    metrics::Histogram& ran_;
};

// Counts and times every request, by endpoint; writes the access log for what failed or was slow
// (all counters are exact; of lines there are as many as LogBound lets through).
class RequestInstruments {
 public:
    RequestInstruments(metrics::Registry& registry, jobs::MetricsJournal& journal, const net::Router& router,
                       const os::Clock& clock);
    void on_finished(const net::RequestSummary& summary);

 private:
    struct Endpoint {
        std::string name;
        metrics::Histogram* duration;
        metrics::Counter* by_class[5];
    };
    void write_line(const net::RequestSummary& summary, const std::string& endpoint);

    jobs::MetricsJournal& journal_;
    const os::Clock& clock_;
    LogBound log_bound_;
    std::vector<Endpoint> endpoints_;  // the last one: requests that matched none
};

// Gauges that are worked out when somebody looks.
// What the gauges read; it must outlive them.
struct MeasuredParts {
    const store::Database& database;
    const tasks::TaskEngine& engine;
    cache::DocumentCache& documents;
    const net::HttpServer& server;
    pool::ProcessPool* render_pool;  // null: renders run in the server
    os::Files& files;
    std::string data_folder;
};

class PartGauges {
 public:
    PartGauges(metrics::Registry& registry, const MeasuredParts& parts);
    ~PartGauges();
    PartGauges(const PartGauges&) = delete;
    PartGauges& operator=(const PartGauges&) = delete;

 private:
    void measure_server(const net::HttpServer& server);
    void measure_tasks(const tasks::TaskEngine& engine);
    void measure_store(const store::Database& database);
    void measure_cache(cache::DocumentCache& documents);
    void measure_render_pool(pool::ProcessPool& pool);
    void measure_process();

    metrics::Registry& registry_;
};

}  // namespace galley::app
