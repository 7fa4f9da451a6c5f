#include "jobs/monitoring/metrics_journal.h"

#include <memory>

#include "base/log.h"

namespace galley::jobs {

using store::Blob;
using store::Executor;
using store::Row;

namespace {

constexpr std::string_view kGenerated = "pdf_generated";
constexpr std::string_view kCached = "pdf_cached";
constexpr std::string_view kRequest = "request";
constexpr std::int64_t kHourMs = 3'600'000;

constexpr store::Migration kMigrations[] = {
    {1, "metrics by hour", R"sql(
CREATE TABLE metric_hour (
    hour INTEGER NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    sketch BLOB NOT NULL,
    PRIMARY KEY (hour, name, label)
) WITHOUT ROWID;
)sql",
     nullptr},
};

Result<void> merge_row(Executor& executor, std::int64_t hour, std::string_view name, std::string_view label,
                       metrics::Sketch sketch) {
    GALLEY_TRY_VOID(executor.each("SELECT sketch FROM metric_hour WHERE hour = $1 AND name = $2 AND label = $3",
                                  {hour, name, label}, [&](const Row& row) -> Result<void> {
                                      GALLEY_TRY(const metrics::Sketch stored, metrics::Sketch::parse(row.blob(0)));
                                      sketch.merge(stored);
                                      return {};
                                  }));
    const Bytes bytes = sketch.serialise();
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO metric_hour (hour, name, label, sketch) VALUES ($1, $2, $3, $4) "
                         "ON CONFLICT (hour, name, label) DO UPDATE SET sketch = excluded.sketch",
                         {hour, name, label, Blob{bytes}}));
    return {};
}

}  // namespace

store::Component journal_schema() {
    return {"metrics_journal", kMigrations};
}

MetricsJournal::MetricsJournal(store::Database& database, const os::Clock& clock)
    : database_(database), clock_(clock) {}

MetricsJournal::~MetricsJournal() {
    stop();
}

std::int64_t MetricsJournal::current_hour() const {
    return to_unix_ms(clock_.now()) / kHourMs;
}

void MetricsJournal::record_generation(double seconds, bool cached) {
    record(cached ? kCached : kGenerated, "", seconds);
}

void MetricsJournal::record_request(std::string_view endpoint, double seconds) {
    record(kRequest, endpoint, seconds);
}

void MetricsJournal::record(std::string_view name, std::string_view label, double seconds) {
    const MutexLock lock(mutex_);
    if (fresh_.empty()) changed_.notify_one();
    Key key{current_hour(), std::string(name), std::string(label)};
    if (fresh_.size() >= kLabelsMax && !fresh_.contains(key)) key.label = "other";
    fresh_[std::move(key)].record(seconds);
}

void MetricsJournal::put_back(Fresh fresh) {
    const MutexLock lock(mutex_);
    for (auto& [key, sketch] : fresh) fresh_[key].merge(sketch);
}

// What one flush took out of memory. Dropped before its write was durable, it puts everything back.
class MetricsJournal::Taken {
 public:
    Taken(MetricsJournal& journal, Fresh fresh) : journal_(&journal), fresh_(std::move(fresh)) {}
    ~Taken() {
        if (journal_ != nullptr) journal_->put_back(std::move(fresh_));
    }
    Taken(const Taken&) = delete;
    Taken& operator=(const Taken&) = delete;
    const Fresh& fresh() const { return fresh_; }
    void settle() { journal_ = nullptr; }

 private:
    MetricsJournal* journal_;
    Fresh fresh_;
};

Result<void> MetricsJournal::flush_in(Executor& executor) {
    Fresh fresh;
    {
        const MutexLock lock(mutex_);
        fresh.swap(fresh_);
    }
    auto taken = std::make_unique<Taken>(*this, std::move(fresh));
    for (const auto& [key, sketch] : taken->fresh()) {
        GALLEY_TRY_VOID(merge_row(executor, key.hour, key.name, key.label, sketch));
    }
    executor.after_commit([taken = std::move(taken)] { taken->settle(); });
    return {};
}

Result<MetricsReport> MetricsJournal::read_in(Executor& executor, int hours) const {
    MetricsReport report;
    GALLEY_TRY_VOID(executor.each("SELECT name, label, sketch FROM metric_hour WHERE hour > $1 AND hour <= $2",
                                  {current_hour() - hours, current_hour()}, [&](const Row& row) -> Result<void> {
                                      GALLEY_TRY(const metrics::Sketch sketch, metrics::Sketch::parse(row.blob(2)));
                                      const std::string_view name = row.text(0);
                                      if (name == kGenerated) report.generated.merge(sketch);
                                      if (name == kCached) report.cached.merge(sketch);
                                      if (name == kRequest) report.requests[std::string(row.text(1))].merge(sketch);
                                      return {};
                                  }));
    return report;
}

Result<std::int64_t> MetricsJournal::clear_in(Executor& executor, int older_than_hours) {
    return executor.execute("DELETE FROM metric_hour WHERE hour < $1", {current_hour() - older_than_hours});
}

void MetricsJournal::start() {
    thread_ = std::thread([this] { run(); });
}

void MetricsJournal::stop() {
    {
        const MutexLock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void MetricsJournal::run() {
    bool stopping = false;
    while (!stopping) {
        {
            MutexLock lock(mutex_);
            while (fresh_.empty() && !stopping_) changed_.wait(lock);
            // Let the seconds gather, so that a busy server writes once in a while and not with every request.
            const auto until = std::chrono::steady_clock::time_point(clock_.monotonic() + kFlushDelay);
            while (!stopping_ && changed_.wait_until(lock, until)) {
            }
            stopping = stopping_;
        }
        const Result<void> flushed = database_.write([this](Executor& executor) { return flush_in(executor); });
        if (!flushed) log(LogLevel::Warning, "metrics_flush_failed", {{"error", flushed.error().to_string()}});
    }
}

}  // namespace galley::jobs
