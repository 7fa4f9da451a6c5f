#include "app/top_snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "os/clock.h"

namespace galley::app {

namespace {

std::string text_of(const codec::JsonValue& object, std::string_view member) {
    const auto value = object.find(member);
    if (!value || value->is_null()) return {};
    return value->is_string() ? std::string(value->string()) : value->to_json();
}

std::int64_t count_of(const codec::JsonValue& object, std::string_view member) {
    const auto value = object.find(member);
    return value && value->is_number() ? static_cast<std::int64_t>(value->number()) : 0;
}

std::string rate_of(const codec::JsonValue& queue) {
    const auto rate = queue.find("rate");
    if (!rate || !rate->is_object()) return {};
    return text_of(*rate, "starts") + '/' + text_of(*rate, "per_seconds") + 's';
}

std::string kinds_of(const codec::JsonValue& worker) {
    const auto kinds = worker.find("kinds");
    if (!kinds || !kinds->is_array()) return {};
    std::string text;
    for (const codec::JsonValue& kind : kinds->elements())
        if (kind.is_string()) text += (text.empty() ? "" : ",") + std::string(kind.string());
    return text;
}

template <typename See>
Result<void> each_item(const RemoteOptions& remote, std::string path, See see) {
    for (std::size_t seen = 0; !path.empty() && seen < kTopRowsMax;) {
        GALLEY_TRY(const codec::JsonDocument page, ask_server(remote, "GET", path));
        const auto items = page.root().is_object() ? page.root().find("items") : std::nullopt;
        if (!items || !items->is_array()) return fail(ErrorCode::Unavailable, "the server does not answer with a list");
        for (const codec::JsonValue& item : items->elements()) {
            if (item.is_object() && seen++ < kTopRowsMax) see(item);
        }
        path = text_of(page.root(), "next");
    }
    return {};
}

// A server that is not ready answers 503 and says why; only its word is wanted.
void take_health(const RemoteOptions& remote, TopSnapshot& snapshot) {
    const auto answer = ask_server(remote, "GET", "/health/ready");
    if (!answer) {
        snapshot.health = "not ready";
        return;
    }
    snapshot.health = text_of(answer->root(), "status");
    const auto parts = answer->root().find("parts");
    if (!parts || !parts->is_object()) return;
    for (const auto& [name, part] : parts->members()) {
        const std::string status = part.is_object() ? text_of(part, "status") : std::string();
        if (status != "ok") snapshot.parts_unwell.push_back(std::string(name) + ": " + status);
    }
}

}  // namespace

Metrics parse_metrics(std::string_view text) {
    Metrics metrics;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t blank = line.rfind(' ');
        if (line.starts_with('#') || blank == line.npos || line.contains("_bucket{")) continue;
        double value = 0;
        const char* last = line.data() + line.size();
        const auto [at, error] = std::from_chars(line.data() + blank + 1, last, value);
        if (error == std::errc() && at == last) metrics.insert_or_assign(std::string(line.substr(0, blank)), value);
    }
    return metrics;
}

double TopSnapshot::metric(std::string_view name) const {
    const auto found = metrics.find(name);
    return found == metrics.end() ? 0 : found->second;
}

double TopSnapshot::sum(std::string_view prefix) const {
    double total = 0;
    for (auto one = metrics.lower_bound(prefix); one != metrics.end() && one->first.starts_with(prefix); ++one)
        total += one->second;
    return total;
}

Result<TopSnapshot> take_top_snapshot(const RemoteOptions& remote) {
    TopSnapshot snapshot;
    GALLEY_TRY(const std::string metrics, ask_server_for_text(remote, "GET", "/metrics"));
    snapshot.at = os::system_clock().monotonic();
    snapshot.time = os::system_clock().now();
    snapshot.metrics = parse_metrics(metrics);
    GALLEY_TRY_VOID(each_item(remote, "/api/v1/queues", [&](const codec::JsonValue& queue) {
        snapshot.queues.push_back({.name = text_of(queue, "name"),
                                   .mode = text_of(queue, "mode"),
                                   .scheduled = count_of(queue, "scheduled"),
                                   .pending = count_of(queue, "pending"),
                                   .running = count_of(queue, "running"),
                                   .running_max = text_of(queue, "running_max"),
                                   .rate = rate_of(queue)});
    }));
    GALLEY_TRY_VOID(each_item(remote, "/api/v1/workers?limit=200", [&](const codec::JsonValue& worker) {
        snapshot.workers.push_back({.name = text_of(worker, "worker"),
                                    .caller = text_of(worker, "caller"),
                                    .client = text_of(worker, "client"),
                                    .kinds = kinds_of(worker),
                                    .running = count_of(worker, "running"),
                                    .completed = count_of(worker, "completed"),
                                    .failed = count_of(worker, "failed"),
                                    .lost = count_of(worker, "lost")});
    }));
    take_health(remote, snapshot);
    return snapshot;
}

}  // namespace galley::app
