#include "api/monitoring_caches.h"

#include <algorithm>

#include "codec/date.h"

namespace galley::api {

namespace {

constexpr std::array<std::string_view, kMonitoringCacheCount> kNames = {"task_status", "worker_status", "queue_status",
                                                                        "metrics_summary", "health_check"};

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void append_cache(codec::JsonWriter& json, const cache::TtlCacheStatistics& statistics, std::size_t entries_max) {
    const std::uint64_t requests = statistics.hits + statistics.misses;
    json.begin_object();
    json.field("size", statistics.size);
    json.field("max_size", entries_max);
    json.field("utilization_percent", percent(statistics.size, entries_max));
    json.field("hits", statistics.hits);
    json.field("misses", statistics.misses);
    json.field("hit_rate_percent", percent(statistics.hits, requests));
    json.field("sets", statistics.sets);
    json.field("evictions", statistics.evictions);
    json.field("expirations", statistics.expirations);
    json.field("invalidations", statistics.invalidations);
    json.field("total_requests", requests);
    json.end_object();
}

}  // namespace

std::string_view monitoring_cache_name(MonitoringCache cache) {
    return kNames[static_cast<std::size_t>(cache)];
}

std::optional<MonitoringCache> parse_monitoring_cache(std::string_view name) {
    const auto* const found = std::ranges::find(kNames, name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<MonitoringCache>(found - kNames.begin());
}

void MonitoringCaches::start() {
    cleaner_ = std::jthread([this] { clean(); });
}

void MonitoringCaches::stop() {
    {
        const MutexLock lock(mutex_);
        stopping_ = true;
        stop_wanted_.notify_all();
    }
    if (cleaner_.joinable()) cleaner_.join();
}

void MonitoringCaches::clean() {
    MutexLock lock(mutex_);
    while (!stopping_) {
        if (stop_wanted_.wait_until(lock, os::system_clock().monotonic() + kCleanEvery)) continue;
        lock.unlock();
        for (cache::TtlCache& cache : caches_) cache.remove_expired(now());
        lock.lock();
    }
}

// Also for progress: an answer shows it.
void MonitoringCaches::on_notice(const tasks::TaskNotice& notice) {
    task_states_[place_of(notice.id)].fetch_add(1);
    if (notice.event != tasks::TaskEvent::Progress) all_tasks_.fetch_add(1);
}

void MonitoringCaches::append_statistics(codec::JsonWriter& json) const {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    json.field("timestamp", codec::format_rfc3339(clock_.now()));
    json.key("caches");
    json.begin_object();
    for (std::size_t i = 0; i < caches_.size(); ++i) {
        const cache::TtlCacheStatistics statistics = caches_[i].statistics();
        hits += statistics.hits;
        misses += statistics.misses;
        json.key(kNames[i]);
        append_cache(json, statistics, caches_[i].options().entries_max);
    }
    json.end_object();
    json.key("summary");
    json.begin_object();
    json.field("total_hits", hits);
    json.field("total_misses", misses);
    json.field("total_requests", hits + misses);
    json.field("overall_hit_rate_percent", percent(hits, hits + misses));
    json.end_object();
}

}  // namespace galley::api
