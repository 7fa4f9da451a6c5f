#include "jobs/maintenance/cleanup_kind.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "codec/json_writer.h"
#include "jobs/maintenance/input.h"
#include "jobs/maintenance/kinds.h"

namespace galley::jobs {

namespace {

using store::Executor;
using tasks::Outcome;
using tasks::TaskContext;

struct Ages {
    std::optional<int> tasks_hours{};
    int metrics_hours = kMetricsKeptHours;
    std::optional<int> documents_hours{};
};

Result<Ages> ages_from(std::string_view input) {
    Ages ages;
    GALLEY_TRY_VOID(read_input(input, [&ages](codec::ObjectReader& reader) {
        const codec::IntegerRule hours{.min = 1, .max = kCleanupHoursMax};
        if (const auto given = reader.optional_integer("tasks_older_than_hours", hours))
            ages.tasks_hours = static_cast<int>(*given);
        if (const auto given = reader.optional_integer("metrics_older_than_hours", hours))
            ages.metrics_hours = static_cast<int>(*given);
        if (const auto given = reader.optional_integer("documents_older_than_hours", hours))
            ages.documents_hours = static_cast<int>(*given);
    }));
    return ages;
}

class CleanupJob {
 public:
    explicit CleanupJob(const CleanupParts& parts)
        : parts_(parts), wall_at_start_(parts.clock.now()), started_at_(parts.clock.monotonic()) {}

    Outcome run(TaskContext& task) {
        const Result<Ages> ages = ages_from(task.input());
        if (!ages) return Outcome::from_error(ages.error());
        const Result<std::string> done = clean(task, *ages);
        return done ? Outcome::done(*done) : Outcome::from_error(done.error());
    }

 private:
    Time trusted_now() const {
        const auto passed = std::chrono::duration_cast<Duration>(parts_.clock.monotonic() - started_at_);
        return std::min(parts_.clock.now(), wall_at_start_ + passed);
    }

    Result<std::int64_t> clean_answers(TaskContext& task) {
        std::int64_t removed = 0;
        for (std::int64_t step = kAnswersAtOnce; step == kAnswersAtOnce && !task.stopped(); removed += step) {
            GALLEY_TRY(step, parts_.database.write([this](Executor& executor) {
                return parts_.remove_answers(executor, trusted_now(), kAnswersAtOnce);
            }));
        }
        return removed;
    }

    // A clock that is ahead makes the running hour a later one: then no hour is cleared.
    Result<std::int64_t> clean_metrics(int hours) {
        if (parts_.clock.now() - trusted_now() > std::chrono::hours(1)) return 0;
        return parts_.database.write(
            [this, hours](Executor& executor) { return parts_.journal.clear_in(executor, hours); });
    }

    Result<std::int64_t> clean_tasks(TaskContext& task, std::optional<int> hours) {
        if (!hours) return 0;
        return parts_.tasks.cleanup(trusted_now() - std::chrono::hours(*hours), [&task] { return task.stopped(); });
    }

    Result<std::int64_t> clean_documents(TaskContext& task, std::optional<int> hours) {
        const Duration kept = hours ? Duration(std::chrono::hours(*hours)) : parts_.documents_kept;
        if (kept <= Duration(0)) return 0;
        std::int64_t removed = 0;
        LetGo step;
        do {
            GALLEY_TRY(step, parts_.database.write([&](Executor& executor) {
                return parts_.documents.let_go_older_in(executor, trusted_now() - kept, kDocumentsAtOnce);
            }));
            removed += step.holds;
            for (const Digest& hash : step.last) {
                (void)parts_.cache.invalidate(hash);      // NotFound is as good
                (void)parts_.documents.order_gone(hash);  // what stays is swept at the next start
            }
        } while (step.holds == kDocumentsAtOnce && !task.stopped());
        return removed;
    }

    Result<std::string> clean(TaskContext& task, const Ages& ages) {
        GALLEY_TRY(const std::int64_t tasks, clean_tasks(task, ages.tasks_hours));
        task.progress(50, "tasks");
        GALLEY_TRY(const std::int64_t answers, clean_answers(task));
        task.progress(80, "answers kept for an Idempotency-Key");
        GALLEY_TRY(const std::int64_t metrics, clean_metrics(ages.metrics_hours));
        GALLEY_TRY(const std::int64_t documents, clean_documents(task, ages.documents_hours));
        if (task.stopped()) return fail(ErrorCode::Cancelled, "stopped");
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        json.field("tasks_removed", tasks);
        json.field("answers_removed", answers);
        json.field("metric_rows_removed", metrics);
        json.field("documents_removed", documents);
        json.end_object();
        return out;
    }

    const CleanupParts parts_;
    const Time wall_at_start_;
    const MonotonicTime started_at_;
};

}  // namespace

void register_cleanup(tasks::TaskEngine& engine, const CleanupParts& parts) {
    engine.register_kind({.name = kCleanupKind, .queue = kMaintenanceQueue, .timeout = std::chrono::minutes(30)},
                         [job = std::make_shared<CleanupJob>(parts)](TaskContext& task) { return job->run(task); });
}

}  // namespace galley::jobs
