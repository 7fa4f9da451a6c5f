// The shapes of what workers say and hear (R56).
#include "api/schemas.h"
#include "api/worker_request.h"
#include "tasks/outside.h"

namespace galley::api {

namespace {

constexpr std::int64_t kSecondsInDay = 24 * 3600;

Schema kind_name() {
    return text_like("^[A-Za-z0-9_.-]{1,64}$");
}

Schema worker_name() {
    return text_like("^[!-~]{1,100}$");
}

SchemaField worker_field() {
    return field("worker", worker_name(), "a name for this process, its own for as long as it runs");
}

SchemaField attempt_field() {
    return field("attempt", integer({.min = 1}), "the number that the lease came with: the fencing token");
}

SchemaField id_field() {
    return field("task_id", text({.min = 1, .max = tasks::kTaskIdBytesMax}));
}

SchemaField log_field() {
    return optional("log", nullable(array(text(), {.max = tasks::kLogLinesMax})),
                    "lines for the task's log, each cut at 1,000 bytes; the last 200 of a task are kept");
}

// The members of one task's report, with its worker: the body of a call for one task.
Schema report(std::vector<SchemaField> more) {
    std::vector<SchemaField> fields{worker_field(), attempt_field()};
    for (SchemaField& one : more) fields.push_back(std::move(one));
    fields.push_back(log_field());
    return object(std::move(fields));
}

// The same for many tasks of one worker.
Schema reports(std::vector<SchemaField> more) {
    std::vector<SchemaField> fields{id_field(), attempt_field()};
    for (SchemaField& one : more) fields.push_back(std::move(one));
    fields.push_back(log_field());
    return object({worker_field(), field("tasks", array(object(std::move(fields)), {.max = tasks::kHeldTasksMax}))});
}

SchemaField waiting_field() {
    return optional("waiting", nullable(with_default(boolean(), "false")),
                    "leased ahead and not begun: the worker's death is none of its doing");
}

SchemaField result_field() {
    return optional("result", any(), "any JSON");
}

Schema lease() {
    return object(
        {worker_field(), field("kinds", array(kind_name(), {.min = 1, .max = tasks::kLeaseKindsMax})),
         optional("queues", nullable(array(kind_name(), {.max = tasks::kLeaseQueuesMax})),
                  "else `default` and the queues that the kinds were declared with"),
         optional("tasks_max", nullable(with_default(integer({.min = 1, .max = tasks::kLeaseTasksMax}), "1"))),
         optional("lease_seconds",
                  nullable(integer({.min = tasks::kLeaseMin / std::chrono::seconds(1),
                                    .max = tasks::kLeaseMax / std::chrono::seconds(1)})),
                  "how long a task stays leased without a word; 5 by default"),
         optional("wait_seconds", nullable(with_default(integer({.min = 0, .max = kLeaseWaitSecondsMax}), "0")),
                  "how long to hold the answer while nothing is ready"),
         optional("client", nullable(text({.max = tasks::kClientNameBytesMax})), "program and version, for people")});
}

Schema leased_task() {
    return object({field("task_id", text()), field("task_type", text()), field("queue", text()),
                   field("priority", integer({.min = 0, .max = tasks::kPriorityMax})), attempt_field(),
                   field("max_attempts", integer({.min = 1})),
                   field("kills", integer({.min = 0}), "workers that were lost with it before"),
                   field("timeout_seconds", number({.min = 0}), "from the lease on"), field("created_at", time_text()),
                   field("created_by", text()), field("correlation_id", text()), field("input", any())});
}

Schema leased() {
    return object({field("tasks", array(ref("LeasedTask"))), field("lease_seconds", number({.min = 0})),
                   field("heartbeat_seconds", number({.min = 0}), "how often to send a heartbeat")});
}

Schema failure() {
    return report(
        {field("error", text({.min = 1, .max = 65536}), "what is kept of it: 4,000 bytes"),
         optional("outcome", nullable(with_default(one_of({"retry", "fail", "cancel", "crash"}), "\"retry\"")),
                  "crash: the process that ran it died; three of those end the task"),
         optional("retry_in_seconds", nullable(number({.min = 0, .max = kSnoozeSecondsMax})),
                  "with retry: instead of the backoff")});
}

Schema end() {
    return object({field("status", one_of({"scheduled", "pending", "running", "completed", "failed", "cancelled"}),
                         "of the task now; cancelled when that was asked for meanwhile")});
}

Schema ends() {
    return object({field(
        "refused",
        array(object({field("task_id", text()), field("reason", one_of({"not_found", "conflict", "unavailable"})),
                      field("detail", text())})),
        "all others are taken and durable")});
}

Schema kind() {
    return object({field("name", text()), field("queue", text(), "where its tasks go unless they say otherwise"),
                   field("max_attempts", integer({.min = 1})), field("timeout_seconds", integer({.min = 1})),
                   field("served_by", one_of({"server", "workers"})),
                   field("declared_by", nullable(text()), "null: the server runs it"),
                   field("declared_at", nullable(time_text()))});
}

Schema new_kind() {
    return object({field("name", kind_name()), optional("queue", nullable(kind_name())),
                   optional("max_attempts", nullable(integer({.min = 1, .max = tasks::kMaxAttemptsMax}))),
                   optional("timeout_seconds", nullable(integer({.min = 1, .max = kSecondsInDay})))});
}

Schema worker() {
    const Schema count = integer({.min = 0});
    return object({field("worker", text()), field("caller", text(), "whose token it came with"),
                   field("client", text()), field("address", text()), field("kinds", array(text())),
                   field("queues", array(text())), field("since", time_text()), field("last_seen", time_text()),
                   field("waiting", boolean(), "a lease of its is open"), field("running", count, "tasks it holds"),
                   field("leased", count), field("completed", count), field("failed", count),
                   field("lost", count, "leases that ran out")});
}

}  // namespace

std::vector<NamedSchema> worker_schemas() {
    return {
        {"Kind", "a kind of task that outside workers run, or a program that has the server as a library", kind()},
        {"LeasedTask", "a task to be run, and the attempt that it is", leased_task()},
        {"NewKind", "what a kind shall be; what is left out stays as it was", new_kind(), Objects::Closed},
        {"Worker", "an outside worker, since it was seen first by this process", worker()},
        {"WorkerAttempt", "one attempt of one worker", report({waiting_field()}), Objects::Closed},
        {"WorkerCompletion", "how one task ended", report({result_field()}), Objects::Closed},
        {"WorkerCompletions", "how many tasks ended", reports({result_field()}), Objects::Closed},
        {"WorkerEnd", "", end()},
        {"WorkerEnds", "", ends()},
        {"WorkerFailure", "why one attempt ended without a result", failure(), Objects::Closed},
        {"WorkerHeard", "what to stop",
         object({field("cancelled", array(text()), "to be stopped, and then ended in any way"),
                 field("lost", array(text()), "over, or another's: nothing said of them counts any more")})},
        {"WorkerHeartbeat", "the tasks that a worker holds", reports({waiting_field()}), Objects::Closed},
        {"WorkerLease", "what a worker can run", lease(), Objects::Closed},
        {"WorkerLeased", "", leased()},
        {"WorkerProgress", "how far an attempt is",
         report({field("percent", integer({.min = 0, .max = 100}), "never goes back: a smaller one changes nothing"),
                 optional("message", nullable(text({.max = tasks::kMessageBytesMax})))}),
         Objects::Closed},
        {"WorkerRelease", "one attempt to be given back", report({}), Objects::Closed},
        {"WorkerReleases", "attempts to be given back", reports({}), Objects::Closed},
        {"WorkerSnooze", "one attempt to be put off",
         report({field("delay_seconds", number({.min = 0, .max = kSnoozeSecondsMax}))}), Objects::Closed},
        {"WorkerStanding", "",
         object({field("percent", integer({.min = 0, .max = 100})), field("cancelled", boolean())})},
    };
}

}  // namespace galley::api
