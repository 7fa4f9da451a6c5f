// src/jobs/monitoring/metrics_journal.h — durations by hour that survive restarts: the source of R91's summary.
//
// Shape    record_…() adds to sketches in memory; flush_in() merges what is new into the table metric_hour, one sketch
//          per (hour,
//          name, label); read_in() adds up the last N hours. Quantiles are within 1 % (metrics/sketch.h), whatever was
//          merged.
// Units    seconds.
// Errors   the database's; a flush that fails keeps its data for the next one.
// Owner    borrows database and clock; stop() flushes a last time.
// Threads  record_…() from any; the flusher has its own thread, asleep while nothing is new.
// Limits   kLabelsMax labels a name and hour; more share the label "other". Rows older than the retention are cleared
//          by hours.
// Source   R91.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <thread>

#include "base/error.h"
#include "base/mutex.h"
#include "metrics/sketch.h"
#include "os/clock.h"
#include "store/database.h"
#include "store/schema.h"

namespace galley::jobs {

store::Component journal_schema();

// What the last hours held.
struct MetricsReport {
    metrics::Sketch generated;                        // pdf generations that rendered
    metrics::Sketch cached;                           // pdf generations that the cache answered
    std::map<std::string, metrics::Sketch> requests;  // by endpoint
};

class MetricsJournal {
 public:
    static constexpr std::size_t kLabelsMax = 500;
    static constexpr Duration kFlushDelay{10'000};

    MetricsJournal(store::Database& database, const os::Clock& clock);
    ~MetricsJournal();
    MetricsJournal(const MetricsJournal&) = delete;
    MetricsJournal& operator=(const MetricsJournal&) = delete;

    void record_generation(double seconds, bool cached);
    void record_request(std::string_view endpoint, double seconds);

    // Inside a write: what is new, merged into the table.
    Result<void> flush_in(store::Executor& executor);
    // Inside a write or read: the rows of the last `hours` (1 or more), the running one included.
    Result<MetricsReport> read_in(store::Executor& executor, int hours) const;
    Result<std::int64_t> clear_in(store::Executor& executor, int older_than_hours);

    void start();
    void stop();

 private:
    struct Key {
        std::int64_t hour;
        std::string name, label;
        auto operator<=>(const Key&) const = default;
    };
    using Fresh = std::map<Key, metrics::Sketch>;
    class Taken;

    void record(std::string_view name, std::string_view label, double seconds);
    void put_back(Fresh fresh);
    void run();
    std::int64_t current_hour() const;

    store::Database& database_;
    const os::Clock& clock_;
    Mutex mutex_;
    CondVar changed_;
    Fresh fresh_ GALLEY_GUARDED_BY(mutex_);
    bool stopping_ GALLEY_GUARDED_BY(mutex_) = false;
    std::thread thread_;
};

}  // namespace galley::jobs
