#include "metrics/registry.h"

#include <algorithm>
#include <optional>

namespace galley::metrics {

namespace {

constexpr std::string_view kOverflowLabel = "other";

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_identifier(std::string_view name) {
    return !name.empty() && is_lower(name.front()) &&
           std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

bool is_name_for(std::string_view name, MetricType type) {
    return is_identifier(name) && name.ends_with("_total") == (type == MetricType::Counter);
}

bool are_labels_for(const Labels& labels, MetricType type) {
    return std::ranges::all_of(labels, [type](const auto& label) {
        return is_identifier(label.first) && !(type == MetricType::Histogram && label.first == "le");
    });
}

std::string_view type_name(MetricType type) {
    switch (type) {
        case MetricType::Counter:
            return "counter";
        case MetricType::Gauge:
            return "gauge";
        case MetricType::Histogram:
            return "histogram";
    }
    return "untyped";
}

Labels overflow_labels(Labels labels) {
    for (auto& [name, value] : labels) value = kOverflowLabel;
    return labels;
}

}  // namespace

// Holds the one of the three that the family's type asks for.
struct Registry::Series {
    Labels labels;
    std::optional<Counter> counter;
    std::optional<Gauge> gauge;
    std::optional<Histogram> histogram;

    Series(Labels own_labels, MetricType type) : labels(std::move(own_labels)) {
        switch (type) {
            case MetricType::Counter:
                counter.emplace();
                break;
            case MetricType::Gauge:
                gauge.emplace();
                break;
            case MetricType::Histogram:
                histogram.emplace();
                break;
        }
    }

    SeriesSnapshot snapshot(const std::string& name, MetricType type) const {
        SeriesSnapshot now{name, type, labels, 0, {}};
        if (counter) now.value = static_cast<double>(counter->value());
        if (gauge) now.value = gauge->value();
        if (histogram) now.sketch = histogram->snapshot();
        return now;
    }
};

struct Registry::Callback {
    Collect collect;
    const void* owner = nullptr;
};

struct Registry::Family {
    std::string name;
    std::string help;
    MetricType type = MetricType::Gauge;
    std::map<Labels, std::unique_ptr<Series>> series;
    std::vector<std::shared_ptr<const Callback>> callbacks;
};

// What a scrape works on once the lock is gone: series live as long as the registry, callbacks are shared.
struct Registry::Gathered {
    std::string name;
    std::string help;
    MetricType type = MetricType::Gauge;
    std::vector<const Series*> series;
    std::vector<std::shared_ptr<const Callback>> callbacks;

    std::vector<SeriesSnapshot> snapshot(std::size_t series_max) const {
        std::vector<SeriesSnapshot> all;
        for (const Series* each : series) all.push_back(each->snapshot(name, type));
        for (const auto& callback : callbacks) {
            for (Sample& sample : callback->collect()) {
                GALLEY_CHECK(are_labels_for(sample.labels, type));
                if (all.size() < series_max) all.push_back({name, type, std::move(sample.labels), sample.value, {}});
            }
        }
        return all;
    }
};

Registry::Registry(std::size_t series_max) : series_max_(series_max) {
    GALLEY_CHECK(series_max > 0);
}
Registry::~Registry() = default;

Registry::Family& Registry::family(std::string_view name, std::string_view help, MetricType type) {
    GALLEY_CHECK(is_name_for(name, type));
    GALLEY_CHECK(!help.empty());
    auto found = families_.find(name);
    if (found == families_.end()) {
        auto fresh = std::make_unique<Family>();
        fresh->name = name;
        fresh->help = help;
        fresh->type = type;
        found = families_.emplace(name, std::move(fresh)).first;
    }
    GALLEY_CHECK(found->second->type == type);
    return *found->second;
}

Registry::Series& Registry::series(std::string_view name, std::string_view help, MetricType type,
                                   const Labels& labels) {
    GALLEY_CHECK(are_labels_for(labels, type));
    const MutexLock lock(mutex_);
    Family& own = family(name, help, type);
    const auto found = own.series.find(labels);
    if (found != own.series.end()) return *found->second;
    // The last place is kept for the shared series.
    const bool full = own.series.size() + 1 >= series_max_ && !labels.empty();
    const Labels kept = full ? overflow_labels(labels) : labels;
    std::unique_ptr<Series>& slot = own.series[kept];
    if (!slot) slot = std::make_unique<Series>(kept, type);
    return *slot;
}

Counter& Registry::counter(std::string_view name, std::string_view help, const Labels& labels) {
    return *series(name, help, MetricType::Counter, labels).counter;
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, const Labels& labels) {
    return *series(name, help, MetricType::Gauge, labels).gauge;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, const Labels& labels) {
    return *series(name, help, MetricType::Histogram, labels).histogram;
}

void Registry::add_callback(std::string_view name, std::string_view help, MetricType type, Collect collect,
                            const void* owner) {
    const MutexLock lock(mutex_);
    family(name, help, type).callbacks.push_back(std::make_shared<const Callback>(std::move(collect), owner));
}

void Registry::collect_gauge(std::string_view name, std::string_view help, Collect collect, const void* owner) {
    add_callback(name, help, MetricType::Gauge, std::move(collect), owner);
}

void Registry::collect_counter(std::string_view name, std::string_view help, Collect collect, const void* owner) {
    add_callback(name, help, MetricType::Counter, std::move(collect), owner);
}

void Registry::remove_callbacks(const void* owner) {
    const MutexLock no_scrape(callbacks_running_);
    const MutexLock lock(mutex_);
    for (const auto& [name, each] : families_) {
        std::erase_if(each->callbacks, [owner](const auto& callback) { return callback->owner == owner; });
    }
}

std::vector<Registry::Gathered> Registry::gather() const {
    const MutexLock lock(mutex_);
    std::vector<Gathered> all;
    all.reserve(families_.size());
    for (const auto& [name, each] : families_) {
        Gathered& gathered = all.emplace_back(Gathered{each->name, each->help, each->type, {}, each->callbacks});
        for (const auto& [labels, series] : each->series) gathered.series.push_back(series.get());
    }
    return all;
}

std::string Registry::to_text() const {
    const MutexLock scraping(callbacks_running_);
    std::string out;
    for (const Gathered& each : gather()) {
        const std::vector<SeriesSnapshot> now = each.snapshot(series_max_);
        if (now.empty()) continue;
        append_head(out, each.name, each.help, type_name(each.type));
        for (const SeriesSnapshot& series : now) {
            if (each.type == MetricType::Histogram) {
                append_histogram(out, each.name, series.labels, series.sketch);
            } else {
                append_sample(out, each.name, series.labels, series.value);
            }
        }
    }
    return out;
}

std::vector<SeriesSnapshot> Registry::snapshot() const {
    const MutexLock scraping(callbacks_running_);
    std::vector<SeriesSnapshot> all;
    for (const Gathered& each : gather()) {
        for (SeriesSnapshot& series : each.snapshot(series_max_)) all.push_back(std::move(series));
    }
    return all;
}

}  // namespace galley::metrics
