// src/metrics/registry.h — the metrics of this process: made once by name and labels, recorded cheaply, scraped as
// text.
//
// Shape    Counter& served = registry.counter("galley_http_requests_total", "Requests answered.", {{"route",
//          "/rooms"}});
//          served.add();
//          Names follow Prometheus' conventions: [a-z][a-z0-9_]*, counters end in _total, times in _seconds, sizes in
//          _bytes.
// Errors   none on recording. A bad name or label, or the same name as another type, is a programmer's mistake
//          (GALLEY_CHECK).
// Owner    the registry owns what it hands out; references stay valid as long as it lives. Callbacks are owned too;
//          what they
//          capture must outlive them (remove_callbacks() takes them out again).
// Threads  any. add/set/record take no lock; counter()/gauge()/histogram() take one (keep the reference). A callback
//          runs on
//          the scraping thread without the registry's lock; it must not scrape.
// Limits   series_max series to a name: beyond that every new set of labels shares the one series {<labels>="other"}.
// Source   https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "metrics/counter.h"
#include "metrics/histogram.h"
#include "metrics/text.h"

namespace galley::metrics {

inline constexpr std::size_t kSeriesMaxDefault = 200;

// One measured value under labels, as a callback gives it.
struct Sample {
    Labels labels;
    double value = 0;
};

enum class MetricType : std::uint8_t { Counter, Gauge, Histogram };

// The state of a series at a moment, for those who read metrics inside the process (dashboard, monitoring).
struct SeriesSnapshot {
    std::string name;
    MetricType type = MetricType::Gauge;
    Labels labels;
    double value = 0;  // counters and gauges
    Sketch sketch;     // histograms
};

class Registry {
 public:
    explicit Registry(std::size_t series_max = kSeriesMaxDefault);
    ~Registry();
    Registry(const Registry&) = delete;
    Registry& operator=(const Registry&) = delete;

    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});

    // Gauges and counters that are worked out when somebody looks. `owner` is only a key for remove_callbacks().
    using Collect = std::function<std::vector<Sample>()>;
    void collect_gauge(std::string_view name, std::string_view help, Collect collect, const void* owner = nullptr);
    void collect_counter(std::string_view name, std::string_view help, Collect collect, const void* owner = nullptr);
    // Waits for a scrape that is running one of them.
    void remove_callbacks(const void* owner);

    // Prometheus text; serve it as kTextContentType.
    std::string to_text() const;
    std::vector<SeriesSnapshot> snapshot() const;

 private:
    struct Series;
    struct Callback;
    struct Family;
    struct Gathered;

    Family& family(std::string_view name, std::string_view help, MetricType type) GALLEY_REQUIRES(mutex_);
    Series& series(std::string_view name, std::string_view help, MetricType type, const Labels& labels);
    void add_callback(std::string_view name, std::string_view help, MetricType type, Collect collect,
                      const void* owner);
    std::vector<Gathered> gather() const;

    const std::size_t series_max_;
    mutable Mutex callbacks_running_;  // taken before mutex_
    mutable Mutex mutex_;
    std::map<std::string, std::unique_ptr<Family>, std::less<>> families_ GALLEY_GUARDED_BY(mutex_);
};

inline constexpr std::string_view kTextContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace galley::metrics
