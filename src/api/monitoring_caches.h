// src/api/monitoring_caches.h — the caches of the monitoring endpoints: status answers that may be some seconds old
// while nothing changes.
//
// Shape    five TtlCaches by name. A cached answer carries the number of the state that it shows: state_of(task) or
//          state_of_all(). Each change of a task moves both on, so an answer that shows it is dropped when it is asked
//          for; nobody has to look for it.
// Threads  any. on_notice() is two atomic additions.
// Limits   R81's: time and entries by cache. Numbers of tasks are kept in kTaskStates places: a change of one task may
//          drop the answer for another, never keep one.
// Source   R81, SPEC §17.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <string_view>
#include <thread>

#include "cache/ttl_cache.h"
#include "codec/json_writer.h"
#include "os/clock.h"
#include "tasks/engine.h"

namespace galley::api {

enum class MonitoringCache : std::uint8_t { TaskStatus, WorkerStatus, QueueStatus, MetricsSummary, HealthCheck };
inline constexpr std::size_t kMonitoringCacheCount = 5;
std::string_view monitoring_cache_name(MonitoringCache cache);  // "task_status"
std::optional<MonitoringCache> parse_monitoring_cache(std::string_view name);

class MonitoringCaches {
 public:
    static constexpr std::size_t kTaskStates = 1024;
    static constexpr Duration kCleanEvery = std::chrono::seconds(60);

    explicit MonitoringCaches(const os::Clock& clock) : clock_(clock) {}
    ~MonitoringCaches() { stop(); }
    MonitoringCaches(const MonitoringCaches&) = delete;
    MonitoringCaches& operator=(const MonitoringCaches&) = delete;

    // Removes what is over, each minute, until stop().
    void start();
    void stop();

    void on_notice(const tasks::TaskNotice& notice);
    // Take it before the answer is made.
    std::uint64_t state_of(std::string_view task_id) const { return task_states_[place_of(task_id)].load(); }
    std::uint64_t state_of_all() const { return all_tasks_.load(); }

    cache::TtlCache& of(MonitoringCache cache) { return caches_[static_cast<std::size_t>(cache)]; }
    MonotonicTime now() const { return clock_.monotonic(); }
    // "timestamp", "caches" by name and their "summary", exactly as R81 lists: the members of an object.
    void append_statistics(codec::JsonWriter& json) const;

 private:
    static std::size_t place_of(std::string_view task_id) {
        return std::hash<std::string_view>()(task_id) % kTaskStates;
    }
    void clean();

    const os::Clock& clock_;
    std::array<cache::TtlCache, kMonitoringCacheCount> caches_{
        cache::TtlCache({.ttl = std::chrono::seconds(2), .entries_max = 500}),
        cache::TtlCache({.ttl = std::chrono::seconds(5), .entries_max = 100}),
        cache::TtlCache({.ttl = std::chrono::seconds(3), .entries_max = 100}),
        cache::TtlCache({.ttl = std::chrono::seconds(5), .entries_max = 100}),
        cache::TtlCache({.ttl = std::chrono::seconds(10), .entries_max = 50})};
    std::atomic<std::uint64_t> all_tasks_ = 0;
    std::array<std::atomic<std::uint64_t>, kTaskStates> task_states_{};

    Mutex mutex_;
    CondVar stop_wanted_;
    bool stopping_ GALLEY_GUARDED_BY(mutex_) = false;
    std::jthread cleaner_;
};

}  // namespace galley::api
