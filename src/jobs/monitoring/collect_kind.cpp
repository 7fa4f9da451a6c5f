#include "jobs/monitoring/collect_kind.h"

#include <memory>

#include "codec/json_writer.h"
#include "jobs/maintenance/input.h"
#include "jobs/maintenance/kinds.h"
#include "os/process.h"

namespace galley::jobs {

namespace {

using tasks::Outcome;
using tasks::TaskContext;

constexpr int kHoursMax = 24 * 366;

struct Order {
    int hours = 24;
    int keep_hours = kMetricFilesKeptHours;
};

Result<Order> order_from(std::string_view input) {
    Order order;
    GALLEY_TRY_VOID(read_input(input, [&order](codec::ObjectReader& reader) {
        const codec::IntegerRule rule{.min = 1, .max = kHoursMax};
        if (const auto given = reader.optional_integer("hours", rule)) order.hours = static_cast<int>(*given);
        if (const auto given = reader.optional_integer("files_older_than_hours", rule))
            order.keep_hours = static_cast<int>(*given);
    }));
    return order;
}

class CollectJob {
 public:
    explicit CollectJob(CollectParts parts) : parts_(std::move(parts)) {}

    Outcome run(TaskContext& task) {
        const Result<Order> order = order_from(task.input());
        if (!order) return Outcome::from_error(order.error());
        const Result<std::string> done = collect(task, *order);
        return done ? Outcome::done(*done) : Outcome::from_error(done.error());
    }

 private:
    Result<std::string> collect(TaskContext& task, const Order& order) {
        GALLEY_TRY(const std::string summary, parts_.summarise(order.hours));
        task.progress(50, "summary");
        GALLEY_TRY(const std::string name, parts_.write_file(summary));
        GALLEY_TRY(const std::size_t removed, remove_old(name, order.keep_hours));
        GALLEY_TRY(const std::uint64_t free, parts_.files.free_bytes(parts_.data_folder));
        const tasks::TaskCounts counts = parts_.tasks.counts();
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        json.field("file", "metrics/" + name);
        json.field("bytes", summary.size());
        json.field("files_removed", removed);
        json.field("memory_bytes", os::resident_memory_bytes());
        json.field("disk_free_bytes", free);
        json.field("tasks_waiting", counts[tasks::TaskState::Pending] + counts[tasks::TaskState::Scheduled]);
        json.field("tasks_running", counts[tasks::TaskState::Running]);
        json.end_object();
        return out;
    }

    // By the time of the file, not of its name. The newest stays, whatever a clock that was put forward makes of it.
    Result<std::size_t> remove_old(const std::string& newest, int keep_hours) {
        const std::string folder = parts_.data_folder + "/metrics";
        const Time before = parts_.clock.now() - std::chrono::hours(keep_hours);
        GALLEY_TRY(const std::vector<os::FileInfo> found, parts_.files.list(folder));
        std::size_t removed = 0;
        for (const os::FileInfo& info : found) {
            const bool ours = info.name.starts_with("metrics_") && info.name.ends_with(".json") && !info.is_directory;
            if (!ours || info.modified >= before || info.name == newest) continue;
            GALLEY_TRY_VOID(parts_.files.remove(folder + "/" + info.name));
            if (++removed == kFilesRemovedMax) break;
        }
        return removed;
    }

    const CollectParts parts_;
};

}  // namespace

void register_collect(tasks::TaskEngine& engine, const CollectParts& parts) {
    engine.register_kind({.name = kCollectKind, .queue = kMonitoringQueue},
                         [job = std::make_shared<CollectJob>(parts)](TaskContext& task) { return job->run(task); });
}

}  // namespace galley::jobs
