#include "app/top_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "codec/date.h"
#include "codec/json_writer.h"
#include "codec/utf8.h"

namespace galley::app {

namespace {

using Row = std::vector<std::string>;

struct Table {
    Row titles;
    std::vector<Row> rows;
};

constexpr const char* kStates[] = {"scheduled", "pending", "running", "completed", "failed", "cancelled"};

std::string labelled(std::string_view name, std::string_view label, std::string_view value) {
    return fmt::format("{}{{{}=\"{}\"}}", name, label, value);
}

std::string event(std::string_view name) {
    return labelled("galley_task_events_total", "event", fmt::format("task.{}", name));
}

std::string size_text(double bytes) {
    constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    for (; bytes >= 1024 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1024;
    return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

// What lies between the two snapshots of a view.
class Between {
 public:
    explicit Between(const TopView& view) : view_(view) {}

    // A second; nothing without an earlier snapshot, or when the server began anew meanwhile.
    std::optional<double> rate(double before, double now) const {
        const double seconds = elapsed();
        return seconds > 0 && now >= before ? std::optional((now - before) / seconds) : std::nullopt;
    }
    std::optional<double> rate(std::string_view metric) const {
        return view_.before ? rate(view_.before->metric(metric), view_.now->metric(metric)) : std::nullopt;
    }
    std::optional<double> requests() const {
        constexpr std::string_view kRequests = "galley_http_request_seconds_count";
        return view_.before ? rate(view_.before->sum(kRequests), view_.now->sum(kRequests)) : std::nullopt;
    }
    // In milliseconds, of what happened between.
    std::optional<double> mean(std::string_view histogram) const {
        const auto count = rate(fmt::format("{}_count", histogram));
        const auto sum = rate(fmt::format("{}_sum", histogram));
        return count && sum && *count > 0 ? std::optional(*sum / *count * 1000) : std::nullopt;
    }
    double elapsed() const {
        return view_.before ? std::chrono::duration<double>(view_.now->at - view_.before->at).count() : 0;
    }

 private:
    const TopView& view_;
};

std::string number(const std::optional<double>& value, const char* unit = "") {
    return value ? fmt::format("{:.1f}{}", *value, unit) : "-";
}

double hit_percent(const TopSnapshot& now) {
    const auto lookups = [&](const char* outcome) {
        return now.metric(labelled("galley_cache_lookups_total", "outcome", outcome));
    };
    const double hits = lookups("memory_hit") + lookups("disk_hit");
    const double all = hits + lookups("miss");
    return all > 0 ? 100 * hits / all : 0;
}

std::string tasks_line(const TopSnapshot& now) {
    std::string line = "tasks   ";
    for (const char* state : kStates)
        line += fmt::format(" {} {:.0f} ", state, now.metric(labelled("galley_tasks", "state", state)));
    return line;
}

std::string rates_line(const Between& between) {
    std::string line = "each s  ";
    for (const char* name : {"created", "started", "completed", "retrying", "failed", "rescued"})
        line += fmt::format(" {} {} ", name, number(between.rate(event(name))));
    return line;
}

std::vector<std::string> head_lines(const TopView& view) {
    if (!view.now)
        return {fmt::format(" galley  {}", view.url), view.trouble.empty() ? "" : "error    " + view.trouble};
    const TopSnapshot& now = *view.now;
    const Between between(view);
    const auto cpu = between.rate("process_cpu_seconds_total");
    std::vector<std::string> lines;
    lines.push_back(fmt::format(" galley  {}  {}  {}", view.url, now.health, codec::format_rfc3339(now.time)));
    if (!view.trouble.empty()) lines.push_back("error    " + view.trouble);
    for (const std::string& part : now.parts_unwell) lines.push_back("health   " + part);
    lines.push_back(fmt::format(
        "server   cpu {}  memory {}  connections {:.0f}  requests/s {}  writes/s {}  commits/s {}",
        number(cpu ? std::optional(*cpu * 100) : cpu, " %"), size_text(now.metric("process_resident_memory_bytes")),
        now.metric("galley_http_connections"), number(between.requests()),
        number(between.rate("galley_store_writes_total")), number(between.rate("galley_store_commits_total"))));
    lines.push_back(tasks_line(now));
    lines.push_back(rates_line(between));
    lines.push_back(fmt::format("mean     wait {}  run {}", number(between.mean("galley_task_wait_seconds"), " ms"),
                                number(between.mean("galley_task_run_seconds"), " ms")));
    lines.push_back(fmt::format("renders  processes {:.0f}  renders/s {}  died {:.0f}  killed {:.0f}  disk free {}",
                                now.metric("galley_render_processes"), number(between.rate("galley_render_jobs_total")),
                                now.metric(labelled("galley_render_process_ends_total", "cause", "died")),
                                now.metric(labelled("galley_render_process_ends_total", "cause", "killed")),
                                size_text(now.metric("galley_disk_free_bytes"))));
    lines.push_back(fmt::format("cache    memory {}  disk {}  hits {:.1f} %  evictions/s {}",
                                size_text(now.metric("galley_cache_memory_bytes")),
                                size_text(now.metric("galley_cache_disk_bytes")), hit_percent(now),
                                number(between.rate("galley_cache_evictions_total"))));
    return lines;
}

Table queue_table(std::vector<TopQueue> queues) {
    std::ranges::sort(queues, [](const TopQueue& a, const TopQueue& b) {
        return std::tie(b.running, b.pending, a.name) < std::tie(a.running, a.pending, b.name);
    });
    Table table{{"QUEUE", "MODE", "SCHEDULED", "PENDING", "RUNNING", "MAX", "RATE"}, {}};
    for (const TopQueue& queue : queues) {
        table.rows.push_back({queue.name, queue.mode, std::to_string(queue.scheduled), std::to_string(queue.pending),
                              std::to_string(queue.running), queue.running_max.empty() ? "-" : queue.running_max,
                              queue.rate.empty() ? "-" : queue.rate});
    }
    return table;
}

Table worker_table(std::vector<TopWorker> workers) {
    std::ranges::sort(workers, [](const TopWorker& a, const TopWorker& b) {
        return std::tie(b.running, a.name) < std::tie(a.running, b.name);
    });
    Table table{{"WORKER", "RUNNING", "COMPLETED", "FAILED", "LOST", "KINDS", "CLIENT", "CALLER"}, {}};
    for (const TopWorker& worker : workers) {
        table.rows.push_back({worker.name, std::to_string(worker.running), std::to_string(worker.completed),
                              std::to_string(worker.failed), std::to_string(worker.lost), worker.kinds, worker.client,
                              worker.caller});
    }
    return table;
}

constexpr std::size_t kCellMax = 40;

// Titles, as many rows as fit in `lines_max` lines, and how many are left.
std::vector<std::string> table_lines(Table table, std::size_t lines_max) {
    std::vector<std::string> lines;
    if (table.rows.empty() || lines_max < 2) return lines;
    const std::size_t fit = table.rows.size() + 1 <= lines_max ? table.rows.size() : lines_max - 2;
    const std::size_t left = table.rows.size() - fit;
    table.rows.resize(fit);
    table.rows.insert(table.rows.begin(), table.titles);
    std::vector<std::size_t> widths(table.titles.size());
    for (Row& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = printable(row[i], kCellMax);
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const Row& row : table.rows) {
        std::string& line = lines.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    if (left > 0) lines.push_back(fmt::format("… {} more", left));
    return lines;
}

void append(std::vector<std::string>& lines, std::vector<std::string> more) {
    lines.insert(lines.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void write_rates(codec::JsonWriter& json, const TopView& view) {
    const Between between(view);
    const auto field = [&](const char* name, std::optional<double> value) {
        value ? json.field(name, *value) : json.null_field(name);
    };
    json.key("per_second");
    json.begin_object();
    for (const char* name : {"created", "started", "completed", "retrying", "failed", "rescued"})
        field(name, between.rate(event(name)));
    field("requests", between.requests());
    field("writes", between.rate("galley_store_writes_total"));
    field("commits", between.rate("galley_store_commits_total"));
    field("evictions", between.rate("galley_cache_evictions_total"));
    json.end_object();
    field("wait_ms_mean", between.mean("galley_task_wait_seconds"));
    field("run_ms_mean", between.mean("galley_task_run_seconds"));
    field("cpu_seconds_per_second", between.rate("process_cpu_seconds_total"));
}

void write_queues(codec::JsonWriter& json, const std::vector<TopQueue>& queues) {
    json.key("queues");
    json.begin_array();
    for (const TopQueue& queue : queues) {
        json.begin_object();
        json.field("name", queue.name);
        json.field("mode", queue.mode);
        json.field("scheduled", queue.scheduled);
        json.field("pending", queue.pending);
        json.field("running", queue.running);
        json.end_object();
    }
    json.end_array();
}

void write_workers(codec::JsonWriter& json, const std::vector<TopWorker>& workers) {
    json.key("workers");
    json.begin_array();
    for (const TopWorker& worker : workers) {
        json.begin_object();
        json.field("worker", worker.name);
        json.field("caller", worker.caller);
        json.field("client", worker.client);
        json.field("kinds", worker.kinds);
        json.field("running", worker.running);
        json.field("completed", worker.completed);
        json.field("failed", worker.failed);
        json.field("lost", worker.lost);
        json.end_object();
    }
    json.end_array();
}

}  // namespace

std::string printable(std::string_view text, std::size_t columns) {
    std::string out;
    for (std::size_t count = 0; !text.empty() && count < columns; ++count) {
        const std::size_t length = codec::utf8_sequence_length(text);
        const auto first = static_cast<unsigned char>(text.front());
        const bool is_c1 = length == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
        const bool is_bad = length == 0 || first < 0x20 || first == 0x7f || is_c1;
        out += is_bad ? "?" : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

std::vector<std::string> top_frame(const TopView& view, os::TerminalSize size) {
    const auto rows = static_cast<std::size_t>(std::max(size.rows, 1));
    std::vector<std::string> lines = head_lines(view);
    if (view.now && rows > lines.size() + 2) {
        Table queues = queue_table(view.now->queues), workers = worker_table(view.now->workers);
        const std::size_t room = rows - lines.size() - (workers.rows.empty() ? 1 : 2);
        const std::size_t for_workers = workers.rows.empty() ? 0 : std::min(workers.rows.size() + 1, room / 2);
        lines.emplace_back();
        append(lines, table_lines(std::move(queues), room - for_workers));
        if (for_workers > 0) lines.emplace_back();
        append(lines, table_lines(std::move(workers), for_workers));
    }
    if (lines.size() > rows) lines.resize(rows);
    for (std::string& line : lines) {
        line = printable(line, static_cast<std::size_t>(std::max(size.columns, 1)));
        line.erase(line.find_last_not_of(' ') + 1);
    }
    return lines;
}

std::string top_json(const TopView& view) {
    std::string out;
    codec::JsonWriter json(out);
    const TopSnapshot& now = *view.now;
    json.begin_object();
    json.field("time", codec::format_rfc3339(now.time));
    json.field("health", now.health);
    json.key("tasks");
    json.begin_object();
    for (const char* state : kStates) json.field(state, now.metric(labelled("galley_tasks", "state", state)));
    json.end_object();
    write_rates(json, view);
    json.field("memory_bytes", now.metric("process_resident_memory_bytes"));
    json.field("connections", now.metric("galley_http_connections"));
    json.field("cache_memory_bytes", now.metric("galley_cache_memory_bytes"));
    json.field("cache_disk_bytes", now.metric("galley_cache_disk_bytes"));
    json.field("cache_hit_percent", hit_percent(now));
    json.field("disk_free_bytes", now.metric("galley_disk_free_bytes"));
    json.field("render_processes", now.metric("galley_render_processes"));
    json.field("render_processes_died", now.metric(labelled("galley_render_process_ends_total", "cause", "died")));
    write_queues(json, now.queues);
    write_workers(json, now.workers);
    json.end_object();
    return out;
}

}  // namespace galley::app
