#include "jobs/monitoring/health_kind.h"

#include <memory>

#include "base/log.h"
#include "base/mutex.h"
#include "jobs/maintenance/kinds.h"

namespace galley::jobs {

namespace {

using tasks::Outcome;

class HealthJob {
 public:
    explicit HealthJob(std::function<Result<HealthLook>()> look) : look_(std::move(look)) {}

    Outcome run(tasks::TaskContext& task) {
        Result<HealthLook> seen = look_();
        if (!seen) return Outcome::from_error(seen.error());
        if (!seen->faults.empty()) task.log(seen->faults);
        tell_change(*seen);
        if (seen->state == HealthLook::State::Failed) return Outcome::fail(seen->faults);
        return Outcome::done(std::move(seen->json));
    }

 private:
    void tell_change(const HealthLook& seen) {
        const MutexLock lock(mutex_);
        if (seen.faults == told_) return;
        told_ = seen.faults;
        if (told_.empty()) {
            log(LogLevel::Info, "health_restored", {});
        } else {
            log(LogLevel::Warning, "health_impaired", {{"faults", told_}});
        }
    }

    const std::function<Result<HealthLook>()> look_;
    Mutex mutex_;
    std::string told_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace

void register_health(tasks::TaskEngine& engine, std::function<Result<HealthLook>()> look) {
    engine.register_kind(
        {.name = kHealthKind, .queue = kMonitoringQueue, .max_attempts = 1},
        [job = std::make_shared<HealthJob>(std::move(look))](tasks::TaskContext& task) { return job->run(task); });
}

}  // namespace galley::jobs
