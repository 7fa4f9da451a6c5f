// Workers over HTTP (R52, R56): lease, heartbeat, progress and ends. docs/workers.md is the protocol.
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/schemas.h"
#include "api/worker_request.h"

namespace galley::api {

namespace {

using store::Executor;
using tasks::OutsideWork;

// A worker that is silent for this share of its lease is late by one beat, not lost.
constexpr double kBeatsPerLease = 5;

double seconds_of(Duration duration) {
    return static_cast<double>(duration.count()) / 1000;
}

// ---- lease

void append_leased(codec::JsonWriter& json, const tasks::LeasedTask& leased) {
    const tasks::TaskRecord& task = leased.task;
    json.begin_object();
    json.field("task_id", task.id);
    json.field("task_type", task.kind);
    json.field("queue", task.queue);
    json.field("priority", task.priority);
    json.field("attempt", task.attempt);
    json.field("max_attempts", task.max_attempts);
    json.field("kills", task.kills);
    json.field("timeout_seconds", seconds_of(task.timeout));
    time_field(json, "created_at", task.created_at);
    json.field("created_by", task.created_by);
    json.field("correlation_id", task.correlation_id);
    json.raw_field("input", leased.input);
    json.end_object();
}

std::string lease_json(const tasks::Leased& leased, Duration lease) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.key("tasks");
    json.begin_array();
    for (const tasks::LeasedTask& task : leased.tasks) append_leased(json, task);
    json.end_array();
    json.field("lease_seconds", seconds_of(lease));
    json.field("heartbeat_seconds", seconds_of(lease) / kBeatsPerLease);
    json.end_object();
    return out;
}

// The worker left before its tasks came: they go back, uncounted.
void give_back(OutsideWork work, const tasks::WorkerIdentity& who, const tasks::Leased& leased) {
    std::vector<tasks::OutsideEnd> ends;
    for (const tasks::LeasedTask& one : leased.tasks) {
        ends.push_back({one.task.id, one.task.attempt, tasks::OutsideEnd::Kind::Release});
    }
    work.settle(who, std::move(ends), [](const auto&) {});
}

// On the request's loop.
void wait_for_lease(Call call, LeaseAsked asked) {
    Services& services = call.services();
    OutsideWork work(services.tasks);
    const auto shared = std::make_shared<Call>(std::move(call));
    const auto gone = std::make_shared<bool>(false);
    const Duration lease = asked.request.lease.value_or(work.limits().lease);
    auto answer = [shared, gone, work, lease, who = asked.request.who](Result<tasks::Leased> leased) {
        shared->on_loop([shared, gone, work, lease, who, leased = std::move(leased)] {
            if (*gone) {
                if (leased) give_back(work, who, *leased);
                return std::move(*shared).abandon();
            }
            if (!leased) return std::move(*shared).fail(leased.error());
            std::move(*shared).json_unstored(200, lease_json(*leased, lease));
        });
    };
    const MonotonicTime deadline = services.clock.monotonic() + asked.wait;
    const tasks::WaitId wait = work.lease(std::move(asked.request), deadline, std::move(answer));
    shared->on_abandoned([gone, work, wait]() mutable {
        *gone = true;
        work.cancel_lease(wait);
    });
}

void lease_tasks(Call call) {
    Result<LeaseAsked> asked = lease_from_body(call);
    if (!asked) return std::move(call).fail(asked.error());
    OutsideWork work(call.services().tasks);
    std::vector<tasks::OutsideKind> unknown;
    for (const std::string& kind : asked->request.kinds) {
        if (work.knows(kind)) continue;
        unknown.push_back(
            {.name = kind, .declared_by = call.caller().email, .declared_at = call.services().clock.now()});
    }
    if (unknown.empty()) {
        auto shared = std::make_shared<Call>(std::move(call));
        return shared->on_loop(
            [shared, asked = std::move(*asked)]() mutable { wait_for_lease(std::move(*shared), std::move(asked)); });
    }
    auto declare = [work, unknown = std::move(unknown)](Executor& executor) mutable -> Result<Nothing> {
        GALLEY_TRY_VOID(work.declare_in(executor, unknown));
        return Nothing{};
    };
    write_then(std::move(call), std::move(declare),
               [asked = std::move(*asked)](Call done, Nothing) { wait_for_lease(std::move(done), asked); });
}

// ---- heartbeat and progress

void append_ids(codec::JsonWriter& json, std::string_view name, const std::vector<std::string>& ids) {
    json.key(name);
    json.begin_array();
    for (const std::string& id : ids) json.value(id);
    json.end_array();
}

Result<std::string> heartbeat_json(const Call& call) {
    GALLEY_TRY(const Held held, held_from_body(call));
    const tasks::HeldAnswer answer = OutsideWork(call.services().tasks).heartbeat(held.who, held.tasks);
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    append_ids(json, "cancelled", answer.cancelled);
    append_ids(json, "lost", answer.lost);
    json.end_object();
    return out;
}

std::string standing_json(int percent, bool cancelled) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("percent", percent);
    json.field("cancelled", cancelled);
    json.end_object();
    return out;
}

Result<std::string> one_heartbeat_json(const Call& call) {
    GALLEY_TRY(const Held held, one_held_from_body(call));
    const tasks::HeldTask& task = held.tasks.front();
    GALLEY_TRY(const tasks::ProgressAnswer stands, OutsideWork(call.services().tasks).beat(held.who, task));
    return standing_json(stands.percent, stands.cancelled);
}

Result<std::string> progress_json(const Call& call) {
    GALLEY_TRY(const ProgressReport report, progress_from_body(call));
    GALLEY_TRY(const tasks::ProgressAnswer stands, OutsideWork(call.services().tasks)
                                                       .progress(report.who, call.parameter("task_id"), report.attempt,
                                                                 report.percent, report.message, report.log));
    return standing_json(stands.percent, stands.cancelled);
}

template <Result<std::string> (*Make)(const Call&)>
void answer_worker(Call call) {
    Result<std::string> body = Make(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json_unstored(200, std::move(*body));
}

// ---- ends

std::string end_json(tasks::TaskState state) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("status", tasks::state_name(state));
    json.end_object();
    return out;
}

template <ReadEnd Read>
void end_one(Call call) {
    Result<Ends> ends = one_end_from_body(call, Read);
    if (!ends) return std::move(call).fail(ends.error());
    OutsideWork work(call.services().tasks);
    const auto shared = std::make_shared<Call>(std::move(call));
    work.settle(ends->who, std::move(ends->ends), [shared](std::vector<Result<tasks::TaskState>> states) {
        shared->on_loop([shared, state = std::move(states.front())] {
            if (!state) return std::move(*shared).fail(state.error());
            std::move(*shared).json_unstored(200, end_json(*state));
        });
    });
}

std::string ends_json(const std::vector<std::string>& ids, const std::vector<Result<tasks::TaskState>>& states) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.key("refused");
    json.begin_array();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (states[i]) continue;
        json.begin_object();
        json.field("task_id", ids[i]);
        json.field("reason", error_code_name(states[i].error().code));
        json.field("detail", states[i].error().code == ErrorCode::Unavailable ? "the end was not written; say it again"
                                                                              : states[i].error().message);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out;
}

template <ReadEnd Read>
void end_many(Call call) {
    Result<Ends> ends = ends_from_body(call, Read);
    if (!ends) return std::move(call).fail(ends.error());
    OutsideWork work(call.services().tasks);
    std::vector<std::string> ids;
    for (const tasks::OutsideEnd& end : ends->ends) ids.push_back(end.id);
    const auto shared = std::make_shared<Call>(std::move(call));
    work.settle(ends->who, std::move(ends->ends),
                [shared, ids = std::move(ids)](std::vector<Result<tasks::TaskState>> states) {
                    shared->on_loop([shared, ids, states = std::move(states)] {
                        std::move(*shared).json_unstored(200, ends_json(ids, states));
                    });
                });
}

const ProblemAnswer kForeign{404, "no such task, or not leased to this worker"};
const ProblemAnswer kOver{409, "the attempt is over, or another one is under way: stop the work, say no more of it"};

EndpointRow task_row(const char* pattern, const char* name, const char* summary, Schema body, const char* example,
                     Answer answer, void (*handler)(Call)) {
    return {.method = net::Method::Post,
            .pattern = pattern,
            .name = name,
            .tag = "workers",
            .summary = summary,
            .rate_class = auth::RateClass::Write,
            .body_bytes_max = &ServiceLimits::worker_body_bytes_max,
            .body = std::move(body),
            .body_example = example,
            .answers = {std::move(answer)},
            .problems = {kForeign, kOver},
            .handler = handler};
}

std::vector<EndpointRow> single_endpoints() {
    const Answer stands = answer_of(200, "what stands now", ref("WorkerStanding"));
    const Answer ended = answer_of(200, "the end is durable", ref("WorkerEnd"));
    return {
        task_row("/api/v1/worker/tasks/{task_id}/heartbeat", "worker_task_heartbeat", "Renew the lease of one task",
                 ref("WorkerAttempt"), R"({"worker":"web-1","attempt":1})", stands, answer_worker<one_heartbeat_json>),
        task_row("/api/v1/worker/tasks/{task_id}/progress", "worker_task_progress",
                 "Report progress, and renew the lease", ref("WorkerProgress"),
                 R"({"worker":"web-1","attempt":1,"percent":40,"message":"half of the pages"})", stands,
                 answer_worker<progress_json>),
        task_row("/api/v1/worker/tasks/{task_id}/complete", "worker_task_complete", "Complete a task with its result",
                 ref("WorkerCompletion"), R"({"worker":"web-1","attempt":1,"result":{"pages":3}})", ended,
                 end_one<read_completion>),
        task_row("/api/v1/worker/tasks/{task_id}/fail", "worker_task_fail",
                 "End an attempt without a result: try again, fail for good, cancel, or say that it crashed",
                 ref("WorkerFailure"), R"({"worker":"web-1","attempt":1,"error":"no route to host","outcome":"retry"})",
                 ended, end_one<read_failure>),
        task_row("/api/v1/worker/tasks/{task_id}/snooze", "worker_task_snooze",
                 "Put a task off; the attempt does not count", ref("WorkerSnooze"),
                 R"({"worker":"web-1","attempt":1,"delay_seconds":30})", ended, end_one<read_snooze>),
        task_row("/api/v1/worker/tasks/{task_id}/release", "worker_task_release",
                 "Put a task back at once; the attempt does not count", ref("WorkerRelease"),
                 R"({"worker":"web-1","attempt":1})", ended, end_one<read_release>),
    };
}

EndpointRow many_row(const char* pattern, const char* name, const char* summary, const char* schema,
                     const char* example, Answer answer, void (*handler)(Call)) {
    EndpointRow row = task_row(pattern, name, summary, ref(schema), example, std::move(answer), handler);
    row.problems.clear();
    return row;
}

}  // namespace

std::vector<EndpointRow> worker_endpoints() {
    std::vector<EndpointRow> rows = single_endpoints();
    rows.push_back({.method = net::Method::Post,
                    .pattern = "/api/v1/worker/lease",
                    .name = "worker_lease",
                    .tag = "workers",
                    .summary = "Take ready tasks to run, waiting for some if need be",
                    .description = "Kinds that are not known yet are declared with their defaults. Who leaves before "
                                   "the answer gets nothing, and nothing is lost.",
                    .rate_class = auth::RateClass::Write,
                    .body = ref("WorkerLease"),
                    .body_example = R"({"worker":"web-1","kinds":["resize"],"tasks_max":10,"wait_seconds":30})",
                    .answers = {answer_of(200, "the tasks, possibly none", ref("WorkerLeased"))},
                    .problems = {{409, "the server itself runs one of these kinds"}},
                    .handler = lease_tasks});
    rows.push_back(many_row("/api/v1/worker/heartbeat", "worker_heartbeat",
                            "Renew the leases of all tasks that a worker holds", "WorkerHeartbeat",
                            R"({"worker":"web-1","tasks":[{"task_id":"task-0000000001c0ffee","attempt":1}]})",
                            answer_of(200, "what to stop", ref("WorkerHeard")), answer_worker<heartbeat_json>));
    rows.push_back(
        many_row("/api/v1/worker/complete", "worker_complete", "Complete many tasks", "WorkerCompletions",
                 R"({"worker":"web-1","tasks":[{"task_id":"task-0000000001c0ffee","attempt":1,"result":3}]})",
                 answer_of(200, "durable, but for what is refused", ref("WorkerEnds")), end_many<read_completion>));
    rows.push_back(many_row("/api/v1/worker/release", "worker_release", "Put many tasks back", "WorkerReleases",
                            R"({"worker":"web-1","tasks":[{"task_id":"task-0000000001c0ffee","attempt":1}]})",
                            answer_of(200, "durable, but for what is refused", ref("WorkerEnds")),
                            end_many<read_release>));
    return rows;
}

}  // namespace galley::api
