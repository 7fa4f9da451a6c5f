// What is done to tasks that are there: cancel, retry, close, many at once; and what they left behind (R53, R53a, R55).
#include "api/creation.h"
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "api/task_access.h"
#include "api/task_request.h"
#include "codec/object_reader.h"

namespace galley::api {

namespace {

constexpr int kBulkDefault = 1'000;
constexpr int kBulkMax = 10'000;
constexpr std::string_view kBulkScope = "tasks/bulk";

// What an administrator does to another's task; their own is nobody's business.
Result<void> audit_if_foreign(const Call& call, const tasks::TaskRecord& task, const char* action) {
    if (task.created_by == call.caller().email) return {};
    auth::AuditEntry entry = audit_of(call, auth::Action::TaskAdminister);
    entry.action = action;
    entry.object = task.id;
    return call.services().audit.add(entry);
}

// Runs `change(engine, id)`, which waits for the disk, then answers with the task as it is by then.
template <typename Change>
void change_task(Call call, const char* action, Change change) {
    const Result<tasks::TaskRecord> task = find_task(call);
    if (!task) return std::move(call).fail(task.error());
    auto work = [task = *task, action, change](Call& waiting) -> Result<Nothing> {
        GALLEY_TRY_VOID(change(waiting.services().tasks, task.id));
        GALLEY_TRY_VOID(audit_if_foreign(waiting, task, action));
        return Nothing{};
    };
    block_then(std::move(call), std::move(work), [](Call done, Nothing) { answer_task(std::move(done)); });
}

void retry_task(Call call) {
    change_task(std::move(call), "task_retry",
                [](tasks::TaskEngine& engine, const std::string& id) { return engine.retry(id); });
}

void close_task(Call call) {
    change_task(std::move(call), "task_close",
                [](tasks::TaskEngine& engine, const std::string& id) { return engine.close(id); });
}

Result<std::string> log_json(const Call& call) {
    GALLEY_TRY(const tasks::TaskRecord task, find_task(call));
    GALLEY_TRY(const auto lines, call.services().tasks.log_lines(task.id));
    return items_json(lines, [](codec::JsonWriter& json, const tasks::LogLine& line) {
        json.begin_object();
        json.field("attempt", line.attempt);
        time_field(json, "at", line.at);
        json.field("text", line.text);
        json.end_object();
    });
}

Result<std::string> attempts_json(const Call& call) {
    GALLEY_TRY(const tasks::TaskRecord task, find_task(call));
    GALLEY_TRY(const auto errors, call.services().tasks.attempt_errors(task.id));
    return items_json(errors, [](codec::JsonWriter& json, const tasks::AttemptError& one) {
        json.begin_object();
        json.field("attempt", one.attempt);
        time_field(json, "at", one.at);
        json.field("error", one.error);
        json.end_object();
    });
}

struct BulkRequest {
    tasks::BulkAction action = tasks::BulkAction::Cancel;
    tasks::TaskFilter filter{};
    int limit = kBulkDefault;
    std::string shown{};  // for the audit log
};

tasks::TaskFilter read_filter(codec::ObjectReader& outer) {
    tasks::TaskFilter filter;
    const auto value = outer.optional_object("filter");
    if (!value) {
        outer.note("filter", "is required");
        return filter;
    }
    codec::ObjectReader reader(*value, outer.pointer_to("filter"));
    const codec::StringRule name{.bytes_min = 1, .bytes_max = tasks::kNameBytesMax};
    if (const auto state = reader.optional_string("status")) {
        filter.state = tasks::parse_state(*state);
        if (!filter.state) reader.note("status", "is no state of a task");
    }
    filter.kind = reader.optional_string("task_type", name);
    filter.queue = reader.optional_string("queue", name);
    filter.tag = reader.optional_string("tag", {.bytes_min = 1, .bytes_max = tasks::kTagBytesMax});
    filter.created_by = reader.optional_string("created_by", {.bytes_min = 1, .bytes_max = auth::kEmailBytesMax});
    filter.created_after = read_time(reader, "created_after");
    filter.created_before = read_time(reader, "created_before");
    const bool any = filter.state || filter.kind || filter.queue || filter.tag || filter.created_by ||
                     filter.created_after || filter.created_before;
    if (Result<void> read = reader.finish(); !read) {
        outer.absorb(std::move(read.error()));
    } else if (!any) {
        outer.note("filter", "must name at least one property: nobody means all tasks by accident");
    }
    return filter;
}

Result<BulkRequest> bulk_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    BulkRequest request;
    const std::string action = reader.required_string("action");
    if (action == "retry") {
        request.action = tasks::BulkAction::Retry;
    } else if (action == "delete") {
        request.action = tasks::BulkAction::Delete;
    } else if (action != "cancel") {
        reader.note("action", "must be cancel, retry or delete");
    }
    request.filter = read_filter(reader);
    request.limit =
        static_cast<int>(reader.optional_integer("limit", {.min = 1, .max = kBulkMax}).value_or(kBulkDefault));
    const auto after = reader.optional_string("after", {.bytes_max = kCursorBytesMax});
    GALLEY_TRY_VOID(reader.finish());
    if (after) {
        GALLEY_TRY(const std::string position, read_cursor(kBulkScope, *after));
        request.filter.before = std::strtoll(position.c_str(), nullptr, 10);
    }
    if (!call.caller().is_admin()) request.filter.created_by = call.caller().email;
    request.shown = action + ' ' + body.root().to_json();
    return request;
}

std::string bulk_json(const tasks::BulkResult& result) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("matched", result.matched);
    json.field("changed", result.changed);
    if (result.next) {
        json.field("next", make_cursor(kBulkScope, std::to_string(*result.next)));
    } else {
        json.null_field("next");
    }
    json.end_object();
    return out;
}

void bulk(Call call) {
    const Result<BulkRequest> request = bulk_from_body(call);
    if (!request) return std::move(call).fail(request.error());
    auto work = [request = *request](Call& waiting) -> Result<tasks::BulkResult> {
        GALLEY_TRY(const tasks::BulkResult result,
                   waiting.services().tasks.bulk(request.action, request.filter, request.limit));
        if (!waiting.caller().is_admin() || result.changed == 0) return result;
        auth::AuditEntry entry = audit_of(waiting, auth::Action::TaskAdminister);
        entry.action = "task_bulk";
        entry.object = request.shown;
        GALLEY_TRY_VOID(waiting.services().audit.add(entry));
        return result;
    };
    block_then(std::move(call), std::move(work),
               [](Call done, const tasks::BulkResult& result) { std::move(done).json(200, bulk_json(result)); });
}

Schema bulk_request() {
    const Schema name = nullable(text({.min = 1, .max = tasks::kNameBytesMax}));
    return object(
        {field("action", one_of({"cancel", "retry", "delete"}),
               "of those whose state allows it: what has not ended, what failed, what has ended"),
         field("filter",
               object({optional("status", nullable(text())), optional("task_type", name), optional("queue", name),
                       optional("tag", nullable(text({.min = 1, .max = tasks::kTagBytesMax}))),
                       optional("created_by", nullable(text({.min = 1, .max = auth::kEmailBytesMax}))),
                       optional("created_after", nullable(time_text())),
                       optional("created_before", nullable(time_text()))}),
               "at least one of these; for others than administrators, their own tasks only"),
         optional("limit", nullable(with_default(integer({.min = 1, .max = kBulkMax}), "1000"))),
         optional("after", nullable(text({.max = kCursorBytesMax})), "`next` of the answer before")});
}

}  // namespace

void cancel_task(Call call) {
    change_task(std::move(call), "task_cancel",
                [](tasks::TaskEngine& engine, const std::string& id) { return engine.cancel(id); });
}

std::vector<EndpointRow> task_change_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {
        {.method = Post,
         .pattern = "/api/v1/tasks/bulk",
         .name = "task_bulk",
         .tag = "tasks",
         .summary = "Cancel, retry or delete the tasks that match a filter",
         .description =
             "Newest first. While `next` is not null there is more to look at: ask again with it as `after`.",
         .rate_class = Batch,
         .body = bulk_request(),
         .body_example = R"({"action":"cancel","filter":{"queue":"reports","tag":"nightly"}})",
         .answers = {answer_of(200, "how many matched and how many were changed",
                               object({field("matched", integer({.min = 0})), field("changed", integer({.min = 0})),
                                       field("next", nullable(text()))}))},
         .handler = bulk},
        {.method = Post,
         .pattern = "/api/v1/tasks/{task_id}/cancel",
         .name = "task_cancel",
         .tag = "tasks",
         .summary = "Cancel a waiting or running task",
         .description = "A waiting task is cancelled when this answers. A running one is told to stop: it may still "
                        "complete or fail, but it does not run again, whatever happens to the server.",
         .rate_class = Write,
         .answers = {answer_of(200, "the task", ref("Task"))},
         .problems = {{409, "the task has ended already"}},
         .handler = cancel_task},
        {.method = Post,
         .pattern = "/api/v1/tasks/{task_id}/retry",
         .name = "task_retry",
         .tag = "tasks",
         .summary = "Try a failed task again",
         .rate_class = Write,
         .answers = {answer_of(200, "the task", ref("Task"))},
         .problems = {{409, "the task has not failed"}},
         .handler = retry_task},
        {.method = Post,
         .pattern = "/api/v1/tasks/{task_id}/close",
         .name = "task_close",
         .tag = "tasks",
         .summary = "Close an open task: no more tasks may join those it waits for",
         .rate_class = Write,
         .answers = {answer_of(200, "the task", ref("Task"))},
         .problems = {{409, "the task is not open"}},
         .handler = close_task},
        {.method = Get,
         .pattern = "/api/v1/tasks/{task_id}/log",
         .name = "task_log",
         .tag = "tasks",
         .summary = "The last lines that a task's handler wrote",
         .answers = {answer_of(
             200, "up to 200 lines, oldest first",
             object({field("items", array(object({field("attempt", integer({.min = 0})), field("at", time_text()),
                                                  field("text", text())})))}))},
         .handler = answer_with<log_json>},
        {.method = Get,
         .pattern = "/api/v1/tasks/{task_id}/attempts",
         .name = "task_attempts",
         .tag = "tasks",
         .summary = "The error of each attempt that failed",
         .answers = {answer_of(
             200, "by attempt",
             object({field("items", array(object({field("attempt", integer({.min = 0})), field("at", time_text()),
                                                  field("error", text())})))}))},
         .handler = answer_with<attempts_json>},
    };
}

}  // namespace galley::api
