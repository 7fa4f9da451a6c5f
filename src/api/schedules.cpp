// Schedules: tasks at the times of a cron expression (R71).
#include "api/creation.h"
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schedule_parts.h"
#include "api/schemas.h"
#include "api/task_request.h"
#include "codec/date.h"
#include "codec/object_reader.h"
#include "schedule/cron_text.h"

namespace galley::api {

namespace {

using schedule::NewSchedule;
using schedule::ScheduleRecord;
using schedule::ScheduleRun;
using store::Executor;

constexpr std::size_t kScheduleBatchMax = 100;

// ---- JSON

void append_scheduled_task(codec::JsonWriter& json, const tasks::NewTask& task) {
    json.begin_object();
    json.field("task_type", task.kind);
    json.raw_field("input", task.input);
    optional_field(json, "queue", task.queue);
    json.field("priority", task.priority);
    optional_field(json, "max_attempts", task.max_attempts);
    const auto seconds = [](Duration timeout) { return std::chrono::floor<std::chrono::seconds>(timeout).count(); };
    optional_field(json, "timeout_seconds", task.timeout.transform(seconds));
    json.end_object();
}

// A zone that the system has lost leaves the expression without words.
std::string words_of(const NewSchedule& what) {
    const auto expression = schedule::CronExpression::parse(what.cron, what.seconds);
    return expression ? schedule::describe(*expression) : std::string();
}

void append_schedule(codec::JsonWriter& json, const ScheduleRecord& record) {
    const NewSchedule& what = record.what;
    json.begin_object();
    json.field("name", what.name);
    json.field("cron", what.cron);
    json.field("seconds_first", what.seconds == schedule::SecondsField::First);
    json.field("timezone", what.zone);
    json.field("words", words_of(what));
    json.key("task");
    append_scheduled_task(json, what.task);
    json.field("missed_runs", schedule::missed_runs_name(what.missed_runs));
    json.field("overlap", schedule::overlap_name(what.overlap));
    json.field("paused", what.paused);
    json.field("description", what.description);
    json.field("created_by", what.created_by);
    json.field("built_in", what.built_in);
    time_field(json, "created_at", record.created_at);
    time_field(json, "updated_at", record.updated_at);
    time_field(json, "next_run_at", record.next_run_at);
    time_field(json, "last_run_at", record.last_run_at);
    optional_field(json, "last_task_id", record.last_task_id);
    json.field("fired", record.fired);
    json.field("skipped", record.skipped);
    json.field("missed", record.missed);
    json.end_object();
}

std::string schedule_json(const ScheduleRecord& record) {
    std::string out;
    codec::JsonWriter json(out);
    append_schedule(json, record);
    return out;
}

void append_run(codec::JsonWriter& json, const ScheduleRun& run) {
    json.begin_object();
    json.field("number", run.number);
    json.field("outcome", schedule::outcome_name(run.outcome));
    time_field(json, "due_at", run.due_at);
    time_field(json, "at", run.at);
    json.field("missed", run.missed);
    optional_field(json, "task_id", run.task_id);
    optional_field(json, "error", run.error.empty() ? std::nullopt : std::optional(run.error));
    json.end_object();
}

// ---- reading requests

template <typename Enum, typename Parse>
void read_choice(codec::ObjectReader& reader, const char* name, Parse parse, Enum& into) {
    const auto text = reader.optional_string(name);
    if (!text) return;
    const std::optional<Enum> choice = parse(*text);
    if (!choice) return reader.note(name, "is none of the choices");
    into = *choice;
}

// A fault of validate() with its pointer below this one.
Error below(Error error, const std::string& pointer) {
    for (FieldError& field : error.fields) field.pointer = pointer + field.pointer;
    return error;
}

Result<NewSchedule> schedule_from_json(const Call& call, const codec::JsonValue& value, const std::string& pointer,
                                       std::optional<std::string_view> name) {
    codec::ObjectReader reader(value, pointer);
    NewSchedule out;
    out.name = name ? std::string(*name)
                    : reader.required_string("name", {.bytes_min = 1, .bytes_max = schedule::kScheduleNameBytesMax});
    read_expression(reader, out);
    if (const auto task = reader.optional_object("task")) {
        codec::ObjectReader inner(*task, reader.pointer_to("task"));
        out.task = read_task(inner, call);
        if (Result<void> read = inner.finish(); !read) reader.absorb(std::move(read.error()));
    } else {
        reader.note("task", "is required");
    }
    read_choice(reader, "missed_runs", schedule::parse_missed_runs, out.missed_runs);
    read_choice(reader, "overlap", schedule::parse_overlap, out.overlap);
    out.paused = reader.optional_bool("paused", false);
    out.description =
        reader.optional_string("description", {.bytes_max = schedule::kScheduleDescriptionBytesMax}).value_or("");
    GALLEY_TRY_VOID(reader.finish());
    out.created_by = call.caller().email;
    const Result<void> valid = schedule::validate(out, call.services().clock.now());
    if (!valid) return fail(below(valid.error(), pointer));
    return out;
}

Result<NewSchedule> schedule_from_body(const Call& call, std::optional<std::string_view> name) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::TaskCreate));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    return schedule_from_json(call, body.root(), "", name);
}

// ---- whose

// As a task: its maker's and the administrators', and nothing to all others.
Result<void> check_visible(const auth::Caller& caller, const ScheduleRecord& record) {
    if (caller.is_admin() || record.what.created_by == caller.email) return {};
    return fail(ErrorCode::NotFound, "no such schedule");
}

Result<ScheduleRecord> find_schedule(const Call& call) {
    GALLEY_TRY(ScheduleRecord record, call.services().schedules.get(call.parameter("schedule")));
    GALLEY_TRY_VOID(check_visible(call.caller(), record));
    return record;
}

// Who asks, for a change inside the writer.
struct Asker {
    Services& services;
    auth::Caller caller;
    auth::AuditEntry audit;

    Asker(const Call& call, const char* action)
        : services(call.services()), caller(call.caller()), audit(audit_of(call, auth::Action::TaskAdminister)) {
        audit.action = action;
        audit.object = call.parameter("schedule");
    }
    Time now() const { return services.clock.now(); }

    // Whether they may; what an administrator does to another's schedule stands in the audit log, in the transaction of
    // the change.
    Result<void> check_in(Executor& executor, const ScheduleRecord& record) const {
        GALLEY_TRY_VOID(check_visible(caller, record));
        if (record.what.created_by == caller.email) return {};
        return auth::append_audit(executor, audit);
    }
    Result<void> check_in(Executor& executor, std::string_view name) const {
        GALLEY_TRY(const auto found, services.schedules.find_in(executor, name));
        if (!found) return fail(ErrorCode::NotFound, "no such schedule");
        return check_in(executor, *found);
    }
};

void answer_schedule(Call call, const ScheduleRecord& record) {
    std::move(call).json(200, schedule_json(record));
}

// ---- endpoints

void create_schedule(Call call) {
    Result<NewSchedule> wanted = schedule_from_body(call, std::nullopt);
    if (!wanted) return std::move(call).fail(wanted.error());
    auto work = [&services = call.services(), wanted = std::move(*wanted)](Executor& executor) {
        return services.schedules.create_in(executor, wanted, services.clock.now());
    };
    create_then(std::move(call), std::move(work), [](const net::Request&, const ScheduleRecord& record) {
        return KeptAnswer{201, "/api/v1/schedules/" + record.what.name, schedule_json(record)};
    });
}

Result<std::vector<NewSchedule>> batch_from_body(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::TaskCreate));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const auto list = reader.optional_array("schedules", kScheduleBatchMax);
    if (!list || list->size() == 0) reader.note("schedules", "must hold 1 to 100 schedules");
    GALLEY_TRY_VOID(reader.finish());
    std::vector<NewSchedule> batch;
    for (const codec::JsonValue& value : list->elements()) {
        const std::string pointer = "/schedules/" + std::to_string(batch.size());
        GALLEY_TRY(NewSchedule wanted, schedule_from_json(call, value, pointer, std::nullopt));
        batch.push_back(std::move(wanted));
    }
    return batch;
}

void create_batch(Call call) {
    Result<std::vector<NewSchedule>> batch = batch_from_body(call);
    if (!batch) return std::move(call).fail(batch.error());
    using Records = std::vector<ScheduleRecord>;
    auto work = [&services = call.services(), batch = std::move(*batch)](Executor& executor) -> Result<Records> {
        Records made;
        for (const NewSchedule& wanted : batch) {
            GALLEY_TRY(ScheduleRecord record, services.schedules.create_in(executor, wanted, services.clock.now()));
            made.push_back(std::move(record));
        }
        return made;
    };
    create_then(std::move(call), std::move(work), [](const net::Request&, const Records& made) {
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        json.key("schedules");
        json.begin_array();
        for (const ScheduleRecord& record : made) append_schedule(json, record);
        json.end_array();
        json.end_object();
        return KeptAnswer{201, "/api/v1/schedules", std::move(out)};
    });
}

struct Put {
    ScheduleRecord record;
    bool made = false;
};

Result<Put> put_in(Executor& executor, const Asker& asker, const NewSchedule& wanted) {
    schedule::ScheduleStore& schedules = asker.services.schedules;
    GALLEY_TRY(const auto before, schedules.find_in(executor, wanted.name));
    if (!before) {
        GALLEY_TRY(ScheduleRecord made, schedules.create_in(executor, wanted, asker.now()));
        return Put{std::move(made), true};
    }
    GALLEY_TRY_VOID(asker.check_in(executor, *before));
    GALLEY_TRY(ScheduleRecord replaced, schedules.replace_in(executor, wanted, asker.now()));
    return Put{std::move(replaced), false};
}

void put_schedule(Call call) {
    Result<NewSchedule> wanted = schedule_from_body(call, call.parameter("schedule"));
    if (!wanted) return std::move(call).fail(wanted.error());
    auto work = [asker = Asker(call, "schedule_change"), wanted = std::move(*wanted)](Executor& executor) {
        return put_in(executor, asker, wanted);
    };
    write_then(std::move(call), std::move(work), [](Call done, const Put& put) {
        std::move(done).json(put.made ? 201 : 200, schedule_json(put.record));
    });
}

void get_schedule(Call call) {
    const Result<ScheduleRecord> found = find_schedule(call);
    if (!found) return std::move(call).fail(found.error());
    answer_schedule(std::move(call), *found);
}

void delete_schedule(Call call) {
    auto work = [asker = Asker(call, "schedule_delete")](Executor& executor) -> Result<Nothing> {
        GALLEY_TRY_VOID(asker.check_in(executor, asker.audit.object));
        GALLEY_TRY_VOID(asker.services.schedules.remove_in(executor, asker.audit.object));
        return Nothing{};
    };
    write_then(std::move(call), std::move(work), [](Call done, Nothing) {
        std::move(done).respond({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    });
}

void set_paused(Call call, bool paused) {
    auto work = [asker = Asker(call, paused ? "schedule_pause" : "schedule_resume"),
                 paused](Executor& executor) -> Result<ScheduleRecord> {
        GALLEY_TRY_VOID(asker.check_in(executor, asker.audit.object));
        return asker.services.schedules.set_paused_in(executor, asker.audit.object, paused, asker.now());
    };
    write_then(std::move(call), std::move(work), answer_schedule);
}

void pause_schedule(Call call) {
    set_paused(std::move(call), true);
}

void resume_schedule(Call call) {
    set_paused(std::move(call), false);
}

using Keyed = std::optional<IdempotentRequest>;

Result<Outcome> run_in(Executor& executor, const Asker& asker, const Keyed& keyed, const ScheduleRecord& record) {
    GALLEY_TRY_VOID(asker.check_in(executor, record));
    GALLEY_TRY(const ScheduleRun run, asker.services.scheduler.run_in(executor, record));
    KeptAnswer answer{202, "", {}};
    codec::JsonWriter json(answer.body);
    append_run(json, run);
    if (keyed) GALLEY_TRY_VOID(keep_answer_in(executor, *keyed, answer));
    return Outcome{std::move(answer), Answered::Now};
}

Result<std::optional<KeptAnswer>> answer_before(const Asker& asker, const Keyed& keyed) {
    if (!keyed) return std::optional<KeptAnswer>();
    return asker.services.database.write([&](Executor& executor) { return find_answer_in(executor, *keyed); });
}

// The answer of before comes first: else a call that is repeated would meet the task that it has itself begun. Nothing
// comes between, as the runs by hand are made one after the other, on the background queue.
void run_schedule(Call call) {
    const Result<ScheduleRecord> found = find_schedule(call);
    if (!found) return std::move(call).fail(found.error());
    const Result<Keyed> keyed = idempotent_request(call);
    if (!keyed) return std::move(call).fail(keyed.error());
    auto work = [asker = Asker(call, "schedule_run"), keyed = *keyed,
                 name = found->what.name](Call&) -> Result<Outcome> {
        GALLEY_TRY(std::optional<KeptAnswer> before, answer_before(asker, keyed));
        if (before) return Outcome{std::move(*before), Answered::Before};
        GALLEY_TRY(const ScheduleRecord record, asker.services.scheduler.make_way(name));
        return asker.services.database.write(
            [&](Executor& executor) { return run_in(executor, asker, keyed, record); });
    };
    block_then(std::move(call), std::move(work),
               [](Call done, Outcome outcome) { send_outcome(std::move(done), std::move(outcome)); });
}

Result<std::string> list_json(const Call& call) {
    GALLEY_TRY(const PageRequest page, page_request(call));
    GALLEY_TRY(const auto paused, query_parameter(call, "paused"));
    schedule::ScheduleFilter filter{.after = page.after.value_or(""), .limit = page.limit};
    if (paused) filter.paused = *paused == "true";
    if (!call.caller().is_admin()) filter.created_by = call.caller().email;
    GALLEY_TRY(const schedule::SchedulePage found, call.services().schedules.list(filter));
    return page_json(call.request(), found.schedules, found.next, append_schedule);
}

Result<std::string> runs_json(const Call& call) {
    GALLEY_TRY(const ScheduleRecord record, find_schedule(call));
    GALLEY_TRY(const NumberedPageRequest page, numbered_page_request(call));
    GALLEY_TRY(const schedule::ScheduleRunPage found,
               call.services().schedules.runs(record.seq, page.before, page.limit));
    return page_json(call.request(), found.runs, position_of(found.next), append_run);
}

Result<std::string> stats_json(const Call& call) {
    std::optional<std::string> whose;
    if (!call.caller().is_admin()) whose = call.caller().email;
    GALLEY_TRY(const schedule::ScheduleStats stats, call.services().schedules.stats(whose));
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("schedules", stats.schedules);
    json.field("paused", stats.paused);
    json.field("fired", stats.fired);
    json.field("skipped", stats.skipped);
    json.field("missed", stats.missed);
    time_field(json, "next_run_at", stats.next_run_at);
    json.end_object();
    return out;
}

Result<std::string> next_json(const Call& call) {
    GALLEY_TRY(const ScheduleRecord record, find_schedule(call));
    GALLEY_TRY(const auto count, query_number(call, "count"));
    GALLEY_TRY(const schedule::Recurrence recurrence, schedule::recurrence_of(record.what));
    std::string out;
    codec::JsonWriter json(out);
    append_times(json, recurrence.zone,
                 schedule::next_times(recurrence.expression, recurrence.zone, call.services().clock.now(),
                                      static_cast<std::size_t>(count.value_or(kCronTimesDefault))));
    return out;
}

constexpr char kExample[] =
    R"({"name":"nightly","cron":"30 2 * * *","timezone":"Europe/Oslo","task":{"task_type":"echo","input":{"n":1}}})";

}  // namespace

std::vector<EndpointRow> schedule_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    const ProblemAnswer taken{409, "the name is taken"};
    return {
        {.method = Post,
         .pattern = "/api/v1/schedules",
         .name = "schedule_create",
         .tag = "schedules",
         .summary = "Create a schedule",
         .description =
             "From then on a task is enqueued at each of its times, in the name of the caller, exactly once.",
         .rate_class = Write,
         .idempotency = Idempotency::Keyed,
         .body = ref("NewSchedule"),
         .body_example = kExample,
         .answers = {created("created", ref("Schedule"))},
         .problems = {taken},
         .handler = create_schedule},
        {.method = Post,
         .pattern = "/api/v1/schedules/batch",
         .name = "schedule_batch",
         .tag = "schedules",
         .summary = "Create up to 100 schedules, all or none",
         .rate_class = Batch,
         .idempotency = Idempotency::Keyed,
         .body = object({field("schedules", array(ref("NewSchedule"), {.min = 1, .max = kScheduleBatchMax}))}),
         .body_example =
             R"({"schedules":[{"name":"a","cron":"@daily","task":{"task_type":"echo"}},{"name":"b","cron":"@hourly","task":{"task_type":"echo"}}]})",
         .answers = {created("all created, in the order of the request",
                             object({field("schedules", array(ref("Schedule")))}))},
         .problems = {taken},
         .handler = create_batch},
        {.method = Get,
         .pattern = "/api/v1/schedules",
         .name = "schedule_list",
         .tag = "schedules",
         .summary = "Schedules by name",
         .description = "Administrators see all, others their own.",
         .query = paged({{"paused", boolean(), "only those that are paused, or are not"}}),
         .answers = {answer_of(200, "a page of schedules", page_of(ref("Schedule")))},
         .handler = answer_with<list_json>},
        {.method = Get,
         .pattern = "/api/v1/schedules/stats",
         .name = "schedule_stats",
         .tag = "schedules",
         .summary = "Counts over all schedules that the caller sees",
         .answers = {answer_of(200, "the counts", ref("ScheduleStatistics"))},
         .handler = answer_with<stats_json>},
        {.method = Get,
         .pattern = "/api/v1/schedules/{schedule}",
         .name = "schedule_get",
         .tag = "schedules",
         .summary = "One schedule",
         .answers = {answer_of(200, "the schedule", ref("Schedule"))},
         .handler = get_schedule},
        {.method = Put,
         .pattern = "/api/v1/schedules/{schedule}",
         .name = "schedule_put",
         .tag = "schedules",
         .summary = "Create a schedule or replace what it is",
         .description = "Replaced, it keeps its creator, counts and history; the next run is counted from now.",
         .rate_class = Write,
         .body = ref("ScheduleChange"),
         .body_example = R"({"cron":"0 3 * * *","task":{"task_type":"echo"}})",
         .answers = {answer_of(200, "replaced", ref("Schedule")), answer_of(201, "created", ref("Schedule"))},
         .handler = put_schedule},
        {.method = Delete,
         .pattern = "/api/v1/schedules/{schedule}",
         .name = "schedule_delete",
         .tag = "schedules",
         .summary = "Remove a schedule with its history",
         .description = "Tasks that it enqueued go on.",
         .rate_class = Write,
         .answers = {no_content("removed")},
         .problems = {{409, "it is built in: pause it instead"}},
         .handler = delete_schedule},
        {.method = Post,
         .pattern = "/api/v1/schedules/{schedule}/pause",
         .name = "schedule_pause",
         .tag = "schedules",
         .summary = "Pause a schedule",
         .description = "What comes due meanwhile does not count as missed.",
         .rate_class = Write,
         .answers = {answer_of(200, "the schedule", ref("Schedule"))},
         .handler = pause_schedule},
        {.method = Post,
         .pattern = "/api/v1/schedules/{schedule}/resume",
         .name = "schedule_resume",
         .tag = "schedules",
         .summary = "Let a paused schedule fire again",
         .rate_class = Write,
         .answers = {answer_of(200, "the schedule", ref("Schedule"))},
         .handler = resume_schedule},
        {.method = Post,
         .pattern = "/api/v1/schedules/{schedule}/run",
         .name = "schedule_run",
         .tag = "schedules",
         .summary = "Enqueue its task now",
         .description = "Paused or not; the times stay as they are.",
         .rate_class = Write,
         .idempotency = Idempotency::Keyed,
         .answers = {accepted("the run", ref("ScheduleRun"))},
         .problems = {{409,
                       "`overlap` is `skip` and the task before has not ended, the creator's account is switched "
                       "off, or the schedule has fired meanwhile"}},
         .handler = run_schedule},
        {.method = Get,
         .pattern = "/api/v1/schedules/{schedule}/next",
         .name = "schedule_next",
         .tag = "schedules",
         .summary = "The times at which it fires next, were it not paused",
         .query = {{"count", with_default(integer({.min = 1, .max = schedule::kCronTimesMax}), "5"), "how many"}},
         .answers = {answer_of(200, "the next times", ref("CronTimes"))},
         .handler = answer_with<next_json>},
        {.method = Get,
         .pattern = "/api/v1/schedules/{schedule}/runs",
         .name = "schedule_runs",
         .tag = "schedules",
         .summary = "Its history, newest first; the last hundred entries are kept",
         .query = paged({}),
         .answers = {answer_of(200, "a page of the history", page_of(ref("ScheduleRun")))},
         .handler = answer_with<runs_json>},
    };
}

}  // namespace galley::api
