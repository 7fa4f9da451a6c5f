#include "jobs/maintenance/verify_cache_kind.h"

#include <memory>

#include "base/mutex.h"
#include "codec/json_writer.h"
#include "jobs/maintenance/input.h"
#include "jobs/maintenance/kinds.h"

namespace galley::jobs {

namespace {

using tasks::Outcome;
using tasks::TaskContext;

Result<std::uint64_t> bytes_max_from(std::string_view input) {
    std::int64_t bytes_max = kVerifyBytesMax;
    GALLEY_TRY_VOID(read_input(input, [&bytes_max](codec::ObjectReader& reader) {
        bytes_max = reader.optional_integer("bytes_max", {.min = 1}).value_or(bytes_max);
    }));
    return static_cast<std::uint64_t>(bytes_max);
}

std::string result_json(const cache::VerifyReport& report) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("documents_checked", report.entries_checked);
    json.field("documents_damaged", report.entries_removed);
    json.field("bytes_checked", report.bytes_checked);
    json.field("whole", !report.unfinished.has_value());
    json.end_object();
    return out;
}

class VerifyJob {
 public:
    VerifyJob(cache::DocumentCache& documents, os::Random& random) : documents_(documents) {
        Digest anywhere;
        random.fill(anywhere.bytes);
        behind_ = anywhere;
    }

    Outcome run(TaskContext& task) {
        const Result<std::uint64_t> bytes_max = bytes_max_from(task.input());
        if (!bytes_max) return Outcome::from_error(bytes_max.error());
        const Result<cache::VerifyReport> report = documents_.verify(
            {.after = behind(),
             .bytes_max = *bytes_max,
             .stop = task.stop_token(),
             .progress = [&task](auto done, auto all) { task.progress(static_cast<int>(100 * done / all)); }});
        if (!report) return Outcome::from_error(report.error());
        if (report->unfinished) go_on_behind(*report->unfinished);
        if (task.stopped()) return Outcome::cancel("stopped");
        return Outcome::done(result_json(*report));
    }

 private:
    Digest behind() {
        const MutexLock lock(mutex_);
        return behind_;
    }
    void go_on_behind(const Digest& key) {
        const MutexLock lock(mutex_);
        behind_ = key;
    }

    cache::DocumentCache& documents_;
    Mutex mutex_;
    Digest behind_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace

void register_verify_cache(tasks::TaskEngine& engine, cache::DocumentCache& documents, os::Random& random) {
    engine.register_kind(
        {.name = kVerifyCacheKind, .queue = kMaintenanceQueue, .timeout = std::chrono::hours(1)},
        [job = std::make_shared<VerifyJob>(documents, random)](TaskContext& task) { return job->run(task); });
}

}  // namespace galley::jobs
