#include "app/housekeeping.h"

#include <algorithm>
#include <memory>
#include <semaphore>
#include <vector>

#include "api/health_json.h"
#include "api/idempotency.h"
#include "api/metrics_summary.h"
#include "app/backup.h"
#include "base/log.h"
#include "jobs/maintenance/backup_kind.h"
#include "jobs/maintenance/cleanup_kind.h"
#include "jobs/maintenance/kinds.h"
#include "jobs/maintenance/optimize_kind.h"
#include "jobs/maintenance/verify_cache_kind.h"
#include "jobs/monitoring/collect_kind.h"
#include "jobs/monitoring/health_kind.h"

namespace galley::app {

namespace {

using schedule::NewSchedule;
using store::Executor;

// A look answers within api::kLookTimeMax, also when a part hangs.
constexpr Duration kLookPatience = std::chrono::seconds(30);

jobs::HealthLook look_of(const api::HealthReport& report) {
    jobs::HealthLook look;
    for (const api::PartReport& part : report.parts) {
        if (part.state == api::PartState::Ok) continue;
        if (!look.faults.empty()) look.faults += "; ";
        look.faults += std::string(part.name) + ": " + part.detail;
    }
    look.state = static_cast<jobs::HealthLook::State>(report.state);
    look.json = api::health_json(report);
    return look;
}
static_assert(static_cast<int>(jobs::HealthLook::State::Failed) == static_cast<int>(api::PartState::Failed));

// The monitor may answer after nobody waits any more.
Result<jobs::HealthLook> look_at_health(api::HealthMonitor& health) {
    struct Answer {
        std::binary_semaphore given{0};
        jobs::HealthLook look;
    };
    const auto answer = std::make_shared<Answer>();
    health.check([answer](const api::HealthReport& report) {
        answer->look = look_of(report);
        answer->given.release();
    });
    if (answer->given.try_acquire_for(kLookPatience)) return answer->look;
    return fail(ErrorCode::Unavailable, "the look at the parts does not end");
}

jobs::BackupParts backup_parts(const HousekeepingParts& parts) {
    const api::Services& services = parts.services;
    const auto make = [data = services.data_folder, &clock = services.clock](
                          const std::string& path, const jobs::BackupProgress& progress) -> Result<jobs::BackupMade> {
        GALLEY_TRY(const BackupManifest made, make_backup(data, path, clock, progress));
        return jobs::BackupMade{made.total_bytes(), made.files.size() - 1, made.documents_missing};
    };
    return {.folder = parts.config.backup_folder,
            .keep = parts.config.backups_kept,
            .make = make,
            .files = services.files,
            .clock = services.clock};
}

jobs::CollectParts collect_parts(api::Services& services) {
    return {
        .tasks = services.tasks,
        .data_folder = services.data_folder,
        .summarise = [&services](int hours) { return api::make_metrics_summary(services, hours); },
        .write_file = [&services](const std::string& summary) { return api::write_metrics_file(services, summary); },
        .files = services.files,
        .clock = services.clock};
}

// ---- schedules

// Times in UTC, spread out, so that no two fall together; heavy ones at night. Low priority: work goes first.
struct BuiltIn {
    const char* kind;
    const char* cron;
    schedule::MissedRuns missed_runs;
    const char* description;
};
constexpr BuiltIn kBuiltIn[] = {
    {jobs::kCleanupKind, "17 * * * *", schedule::MissedRuns::Once,
     "Removes kept answers, figures and documents that are old"},
    {jobs::kBackupKind, "30 2 * * *", schedule::MissedRuns::Once, "Makes a backup and removes the oldest"},
    {jobs::kOptimizeKind, "50 3 * * *", schedule::MissedRuns::Once, "Gives the disk what the database does not need"},
    {jobs::kVerifyCacheKind, "10 4 * * *", schedule::MissedRuns::Once, "Reads cached documents, removes damaged ones"},
    {jobs::kHealthKind, "2-57/5 * * * *", schedule::MissedRuns::Skip, "Looks at every part of the server"},
    {jobs::kCollectKind, "8-53/15 * * * *", schedule::MissedRuns::Skip, "Writes the metrics summary to a file"},
};
constexpr int kPriority = 2;

NewSchedule schedule_of(const BuiltIn& built_in) {
    NewSchedule out;
    out.name = built_in.kind;
    out.cron = built_in.cron;
    out.task.kind = built_in.kind;
    out.task.priority = kPriority;
    out.missed_runs = built_in.missed_runs;
    out.overlap = schedule::Overlap::Skip;
    out.description = built_in.description;
    out.created_by = kSystemCaller;
    out.built_in = true;
    return out;
}

bool is_wanted(const BuiltIn& built_in, const ServeConfig& config) {
    return built_in.kind != std::string_view(jobs::kBackupKind) || !config.backup_folder.empty();
}

}  // namespace

void register_housekeeping(const HousekeepingParts& parts) {
    api::Services& services = parts.services;
    tasks::TaskEngine& engine = services.tasks;
    jobs::register_cleanup(engine, {.tasks = engine,
                                    .database = services.database,
                                    .journal = services.journal,
                                    .clock = services.clock,
                                    .documents = services.document_store,
                                    .cache = services.documents,
                                    .documents_kept = parts.config.documents_kept,
                                    .remove_answers = api::remove_dead_answers_in});
    jobs::register_backup(engine, backup_parts(parts));
    jobs::register_optimize(engine, services.database);
    jobs::register_verify_cache(engine, services.documents, services.random);
    jobs::register_health(engine, [&health = parts.health] { return look_at_health(health); });
    jobs::register_collect(engine, collect_parts(services));
}

Result<void> settle_built_in_schedules(store::Database& database, schedule::ScheduleStore& schedules,
                                       const ServeConfig& config, const os::Clock& clock) {
    return database.write([&](Executor& executor) -> Result<void> {
        if (!config.built_in_schedules) {
            GALLEY_TRY(const std::int64_t removed, schedules.remove_built_in_in(executor));
            if (removed > 0) log(LogLevel::Info, "built_in_schedules_removed", {{"schedules", removed}});
            return {};
        }
        for (const BuiltIn& built_in : kBuiltIn) {
            if (!is_wanted(built_in, config)) continue;
            GALLEY_TRY(const auto found, schedules.find_in(executor, built_in.kind));
            if (!found) GALLEY_TRY_VOID(schedules.create_in(executor, schedule_of(built_in), clock.now()));
        }
        return {};
    });
}

}  // namespace galley::app
