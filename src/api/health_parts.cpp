#include "api/health_parts.h"

#include <memory>

#include "base/mutex.h"

namespace galley::api {

namespace {

PartVerdict failed(const char* detail) {
    return {.state = PartState::Failed, .detail = detail};
}

PartVerdict degraded(std::string detail) {
    return {.state = PartState::Degraded, .detail = std::move(detail)};
}

PartVerdict look_at_database(store::Database& database) {
    const Result<void> read = database.read([](store::Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(executor.query_integer("SELECT 1"));
        return {};
    });
    return read ? PartVerdict{} : failed("cannot be read");
}

// An empty commit now and then. It is not waited for: what the one before took, or since when it is awaited, says
// enough. Shared with the writer, which may answer after the monitor is gone.
struct CommitProbe {
    Mutex mutex;
    bool under_way GALLEY_GUARDED_BY(mutex) = false;
    bool failed GALLEY_GUARDED_BY(mutex) = false;
    MonotonicTime begun GALLEY_GUARDED_BY(mutex){};
    std::chrono::duration<double, std::milli> took GALLEY_GUARDED_BY(mutex){};
};

// True when a new commit is due; it then counts as under way.
bool take_turn(CommitProbe& probe, MonotonicTime now) {
    const MutexLock lock(probe.mutex);
    if (probe.under_way || now - probe.begun < kProbeInterval) return false;
    probe.under_way = true;
    probe.begun = now;
    return true;
}

void begin_commit(store::Database& database, const os::Clock& clock, const std::shared_ptr<CommitProbe>& probe) {
    if (!take_turn(*probe, clock.monotonic())) return;
    database.submit([](store::Executor&) -> Result<void> { return {}; },
                    [probe, &clock](const Result<void>& committed) {
                        const MutexLock lock(probe->mutex);
                        probe->under_way = false;
                        probe->failed = !committed.has_value();
                        probe->took = clock.monotonic() - probe->begun;
                    });
}

PartVerdict look_at_writer(const HealthSubjects& subjects, const std::shared_ptr<CommitProbe>& probe) {
    begin_commit(subjects.database, subjects.clock, probe);
    const std::uint64_t waiting = subjects.database.stats().queue_depth;
    const MonotonicTime now = subjects.clock.monotonic();
    PartVerdict verdict;
    if (waiting * 2 > subjects.writes_waiting_max) verdict = degraded(std::to_string(waiting) + " writes wait");
    const MutexLock lock(probe->mutex);
    const bool late = probe->under_way && now - probe->begun > kCommitTimeMax;
    if (probe->failed) verdict = failed("cannot commit");
    if (late) verdict = failed("a commit does not end");
    verdict.milliseconds = (late ? now - probe->begun : probe->took).count();
    return verdict;
}

PartVerdict look_at_disk(os::Files& files, const std::string& folder) {
    constexpr std::uint64_t kMegabyte = 1'000'000;
    const Result<std::uint64_t> free_bytes = files.free_bytes(folder);
    if (!free_bytes) return failed("cannot be asked for its free space");
    if (*free_bytes < kFreeBytesMin) return degraded(std::to_string(*free_bytes / kMegabyte) + " MB are free");
    return {};
}

PartVerdict look_at_folder(os::Files& files, const std::string& folder) {
    const std::string probe = folder + "/.health-probe";
    Result<void> done = files.write(probe, {"galley"}, os::Files::Sync::Yes);
    if (done) done = files.remove(probe);
    return done ? PartVerdict{} : failed("cannot be written");
}

// Workers that are all busy start nothing for a while; when that lasts, they hang.
class TasksLook {
 public:
    TasksLook(std::function<tasks::EngineStats()> stats, const os::Clock& clock)
        : stats_(std::move(stats)), clock_(clock), since_(clock.monotonic()) {}

    PartVerdict operator()() {
        const tasks::EngineStats stats = stats_();
        const MonotonicTime now = clock_.monotonic();
        if (stats.ready_in_memory == 0 || stats.started != started_) since_ = now;
        started_ = stats.started;
        if (now - since_ < kNoTaskStartedMax) return {};
        const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(now - since_).count();
        return degraded("tasks wait and none was started for " + std::to_string(minutes) + " minutes");
    }

 private:
    std::function<tasks::EngineStats()> stats_;
    const os::Clock& clock_;
    MonotonicTime since_;
    std::uint64_t started_ = 0;
};

}  // namespace

std::vector<HealthPart> health_parts(const HealthSubjects& subjects) {
    const auto folder = [&files = subjects.files](const std::string& path) {
        return [&files, path] { return look_at_folder(files, path); };
    };
    const auto writer = [subjects, probe = std::make_shared<CommitProbe>()] { return look_at_writer(subjects, probe); };
    return {
        {"database", PartNeed::Vital, Duration(0),
         [&subject = subjects.database] { return look_at_database(subject); }},
        {"writer", PartNeed::Vital, Duration(0), writer},
        {"disk", PartNeed::Helpful, Duration(0),
         [&files = subjects.files, path = subjects.data_folder] { return look_at_disk(files, path); }},
        {"data_folder", PartNeed::Helpful, kProbeInterval, folder(subjects.data_folder)},
        {"cache_folder", PartNeed::Helpful, kProbeInterval, folder(subjects.cache_folder)},
        {"tasks", PartNeed::Helpful, Duration(0), TasksLook(subjects.task_stats, subjects.clock)},
    };
}

}  // namespace galley::api
