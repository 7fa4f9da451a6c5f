// Live streams: what happens to one task, or to all that the caller may see, as Server-Sent Events (R58, R95).
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/live_hub.h"
#include "api/schemas.h"
#include "api/task_access.h"
#include "codec/date.h"
#include "net/problem.h"

namespace galley::api {

namespace {

constexpr std::string_view kRetry = "retry: 2000\n\n";
constexpr std::string_view kResumed = ": resumed\n\n";
constexpr const char* kRetryAfterSeconds = "15";
// A task that changes faster than its record is read: what follows is still right.
constexpr int kReadsMax = 4;

// How a stream begins.
struct Opening {
    std::string first;
    std::vector<LiveEventPtr> missed;
};

// Ids that we did not make are as good as none: the present state is sent.
std::optional<LiveId> last_event_id(const net::Request& request) {
    const auto text = request.header("Last-Event-ID");
    return text ? parse_live_id(*text) : std::nullopt;
}

net::Response event_stream(net::StreamBody body) {
    net::Response response;
    response.content_type = "text/event-stream";
    response.add_header("Cache-Control", "no-store");
    response.add_header("X-Accel-Buffering", "no");
    response.body = std::move(body);
    return response;
}

void refuse(Call call, const Error& error) {
    if (error.code != ErrorCode::LimitExceeded) return std::move(call).fail(error);
    net::Response response =
        net::problem({.status = 429, .detail = error.message, .request_id = call.request().request_id, .errors = {}});
    response.add_header("Retry-After", kRetryAfterSeconds);
    std::move(call).respond(std::move(response));
}

LiveWish wish_of(const Call& call, std::optional<tasks::TaskSeq> task) {
    const auth::Accounts& accounts = call.services().accounts;
    auto may_stay = [&accounts, who = call.caller().email] { return accounts.is_active(who); };
    return {.caller = call.caller(), .task = task, .may_stay = std::move(may_stay)};
}

// ---- one task

// The last event before a client was cut off may have been the task's end: then nothing is left to say, and 204 tells a
// browser's EventSource not to come again.
bool has_seen_the_end(const std::optional<LiveId>& seen, const tasks::TaskRecord& task) {
    return seen && seen->ended_attempt == task.attempt && tasks::is_terminal(task.state);
}

LiveEventPtr end_of(const tasks::TaskRecord& task, LiveId id, Time now) {
    LiveEvent event;
    event.task = task.seq;
    event.event = final_event(task.state);
    event.state = task.state;
    event.attempt = task.attempt;
    event.data = live_data(task, now);
    event.id = {id.period, id.position, task.attempt};
    return std::make_shared<const LiveEvent>(std::move(event));
}

// The present state from the record, which holds all that was told until it was read.
Result<Opening> present_state(const Call& call, const tasks::TaskRecord& task, LiveHub::Joined& joined,
                              net::EventLoop& loop) {
    const Services& services = call.services();
    tasks::TaskRecord now = task;
    for (int reads = 1; reads < kReadsMax; ++reads) {
        const std::optional<LiveId> newest = services.live.skip_queued(*joined.listener, loop);
        if (!newest) break;
        joined.newest = *newest;
        GALLEY_TRY(now, services.tasks.get(task.id));
    }
    joined.listener->start_with(now);
    Opening opening{std::string(kRetry), {}};
    append_frame(opening.first, to_string(joined.newest), "task.snapshot", live_data(now, services.clock.now()));
    if (tasks::is_terminal(now.state)) opening.missed.push_back(end_of(now, joined.newest, services.clock.now()));
    return opening;
}

Result<Opening> open_on_task(const Call& call, const std::string& task_id, LiveHub::Joined& joined,
                             net::EventLoop& loop) {
    GALLEY_TRY(const tasks::TaskRecord task, call.services().tasks.get(task_id));
    const bool misses_end = tasks::is_terminal(task.state) &&
                            (!joined.missed || joined.missed->empty() || !joined.missed->back()->is_final());
    if (!joined.missed || misses_end) return present_state(call, task, joined, loop);
    return Opening{std::string(kRetry) + std::string(kResumed), std::move(*joined.missed)};
}

void stream_task(Call call) {
    const Result<tasks::TaskRecord> task = find_task(call);
    if (!task) return std::move(call).fail(task.error());
    const std::optional<LiveId> seen = last_event_id(call.request());
    if (has_seen_the_end(seen, *task)) {
        return std::move(call).respond({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    }
    LiveHub& hub = call.services().live;
    net::EventLoop& loop = call.loop();
    Result<LiveHub::Joined> joined = hub.join(loop, wish_of(call, task->seq), seen);
    if (!joined) return refuse(std::move(call), joined.error());
    net::StreamBody body(joined->listener->shared_stream());
    Result<Opening> opening = open_on_task(call, task->id, *joined, loop);
    if (!opening) return std::move(call).fail(opening.error());
    hub.open(joined->listener, loop, opening->first, std::move(opening->missed));
    std::move(call).respond(event_stream(std::move(body)));
}

// ---- all tasks

// How many tasks there are is for administrators.
std::string overview_json(const Call& call, bool missed) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("at", codec::format_rfc3339(call.services().clock.now()));
    json.field("missed", missed);
    json.key("counts");
    if (call.caller().is_admin()) {
        append_task_counts(json, call.services().tasks.counts());
    } else {
        json.null();
    }
    json.end_object();
    return out;
}

void stream_tasks(Call call) {
    const std::optional<LiveId> seen = last_event_id(call.request());
    LiveHub& hub = call.services().live;
    net::EventLoop& loop = call.loop();
    Result<LiveHub::Joined> joined = hub.join(loop, wish_of(call, std::nullopt), seen);
    if (!joined) return refuse(std::move(call), joined.error());
    net::StreamBody body(joined->listener->shared_stream());
    Opening opening{std::string(kRetry), std::move(joined->missed).value_or(std::vector<LiveEventPtr>())};
    if (joined->missed) {
        opening.first += kResumed;
    } else {
        const bool missed = call.request().header("Last-Event-ID").has_value();
        append_frame(opening.first, to_string(joined->newest), "tasks.snapshot", overview_json(call, missed));
    }
    hub.open(joined->listener, loop, opening.first, std::move(opening.missed));
    std::move(call).respond(event_stream(std::move(body)));
}

Answer live_answer(const char* description) {
    return {.status = 200,
            .description = description,
            .schema = ref("TaskEvent"),
            .content_type = "text/event-stream",
            .headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no: proxies are not to hold it back"}}};
}

EndpointRow task_stream_row(const char* pattern, const char* name, const char* summary) {
    return {.method = net::Method::Get,
            .pattern = pattern,
            .name = name,
            .tag = "tasks",
            .summary = summary,
            .description =
                "Server-Sent Events; the data of each is a `TaskEvent`. The first is `task.snapshot`, the "
                "present state; then what happens (`task.started`, `task.progress`, …) until the task has "
                "ended, when the stream closes. `Last-Event-ID` resumes.",
            .answers = {live_answer("events until the task has ended"),
                        no_content("the client has seen the task's end: it need not come again")},
            .handler = stream_task};
}

}  // namespace

std::vector<EndpointRow> live_endpoints() {
    return {
        {.method = net::Method::Get,
         .pattern = "/api/v1/tasks/events",
         .name = "task_events_all",
         .tag = "tasks",
         .summary = "What happens to all tasks, live",
         .description = "Server-Sent Events; the data of each is a `TaskEvent`, but for the first, `tasks.snapshot`. "
                        "Administrators see all tasks, others their own. `Last-Event-ID` resumes.",
         .answers = {live_answer("events as they happen")},
         .handler = stream_tasks},
        task_stream_row("/api/v1/tasks/{task_id}/events", "task_events", "What happens to one task, live"),
        task_stream_row("/async-monitoring/tasks/{task_id}/stream/", "monitoring_task_stream",
                        "The same at the path of older clients"),
        task_stream_row("/async-monitoring/tasks/{task_id}/stream", "monitoring_task_stream_bare",
                        "The same without the slash"),
    };
}

}  // namespace galley::api
