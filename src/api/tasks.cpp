// Tasks: enqueue, read, list, cancel, retry (R50–R53, R57).
#include "api/creation.h"
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "api/task_access.h"
#include "api/task_batch.h"
#include "api/task_request.h"
#include "api/waiting.h"
#include "codec/object_reader.h"

namespace galley::api {

namespace {

using store::Executor;

constexpr std::size_t kBulkStatusMax = 100;
// The body of POST /tasks.
Result<tasks::NewTask> task_from_json(const Call& call, const codec::JsonValue& value) {
    codec::ObjectReader reader(value, "");
    tasks::NewTask task = read_task(reader, call);
    read_options(reader, call, task);
    GALLEY_TRY_VOID(reader.finish());
    return task;
}

void append_ref(codec::JsonWriter& json, const tasks::TaskRef& ref) {
    json.begin_object();
    json.field("task_id", ref.id);
    json.field("status", tasks::state_name(ref.state));
    json.field("joined", ref.joined);
    json.end_object();
}

Result<tasks::NewTask> task_from_body(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::TaskCreate));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    return task_from_json(call, body.root());
}

void create_task(Call call) {
    Result<tasks::NewTask> task = task_from_body(call);
    if (!task) return std::move(call).fail(task.error());
    auto work = [&engine = call.services().tasks, task = std::move(*task)](Executor& executor) {
        return engine.enqueue(executor, task);
    };
    create_then(std::move(call), std::move(work), [](const net::Request&, const tasks::TaskRef& ref) {
        std::string out;
        codec::JsonWriter json(out);
        append_ref(json, ref);
        return KeptAnswer{202, "/api/v1/tasks/" + ref.id, std::move(out)};
    });
}

Result<TaskBatch> batch_from_body(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::TaskCreate));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const auto list = reader.optional_array("tasks", tasks::kTaskBatchMax);
    if (!list || list->size() == 0) reader.note("tasks", "must hold 1 to 10000 tasks");
    GALLEY_TRY_VOID(reader.finish());
    return TaskBatch::read(call, *list);
}

void create_batch(Call call) {
    Result<TaskBatch> batch = batch_from_body(call);
    if (!batch) return std::move(call).fail(batch.error());
    using Refs = std::vector<tasks::TaskRef>;
    auto work = [&engine = call.services().tasks, batch = std::move(*batch)](Executor& executor) -> Result<Refs> {
        return batch.enqueue(engine, executor);
    };
    create_then(std::move(call), std::move(work), [](const net::Request&, const Refs& refs) {
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        json.key("tasks");
        json.begin_array();
        for (const tasks::TaskRef& ref : refs) append_ref(json, ref);
        json.end_array();
        json.end_object();
        return KeptAnswer{202, {}, std::move(out)};
    });
}

void get_task(Call call) {
    const Result<std::optional<Duration>> wait = wait_request(call);
    if (!wait) return std::move(call).fail(wait.error());
    if (!*wait) return answer_task(std::move(call));
    const Result<tasks::TaskRecord> task = find_task(call);
    if (!task) return std::move(call).fail(task.error());
    wait_for_task(std::move(call), task->id, **wait, answer_task);
}

Result<tasks::TaskFilter> filter_from_query(const Call& call) {
    GALLEY_TRY(const NumberedPageRequest page, numbered_page_request(call));
    tasks::TaskFilter filter;
    filter.before = page.before;
    filter.limit = page.limit;
    GALLEY_TRY(const auto status, query_parameter(call, "status"));
    if (status) filter.state = tasks::parse_state(*status);
    GALLEY_TRY(filter.kind, query_parameter(call, "task_type"));
    GALLEY_TRY(filter.queue, query_parameter(call, "queue"));
    GALLEY_TRY(filter.created_by, query_parameter(call, "created_by"));
    GALLEY_TRY(filter.tag, query_parameter(call, "tag"));
    GALLEY_TRY(filter.created_after, query_time(call, "created_after"));
    GALLEY_TRY(filter.created_before, query_time(call, "created_before"));
    if (!call.caller().is_admin()) filter.created_by = call.caller().email;
    return filter;
}

Result<std::string> list_json(const Call& call) {
    GALLEY_TRY(const tasks::TaskFilter filter, filter_from_query(call));
    GALLEY_TRY(const tasks::TaskPage page, call.services().tasks.list(filter));
    return page_json(call.request(), page.tasks, position_of(page.next), append_task);
}

void list_tasks(Call call) {
    Result<std::string> body = list_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

Result<std::vector<std::string>> ids_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const auto list = reader.optional_array("task_ids", kBulkStatusMax);
    if (!list) reader.note("task_ids", "is required");
    std::vector<std::string> ids;
    if (list) {
        for (const codec::JsonValue& id : list->elements()) {
            if (id.is_string())
                ids.emplace_back(id.string());
            else
                reader.note("task_ids", "must hold strings only");
        }
    }
    GALLEY_TRY_VOID(reader.finish());
    return ids;
}

// Unknown ids, and those of others, are left out.
Result<std::string> bulk_json(const Call& call) {
    GALLEY_TRY(const std::vector<std::string> ids, ids_from_body(call));
    GALLEY_TRY(const std::vector<tasks::TaskRecord> found, call.services().tasks.get_many(ids));
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.key("items");
    json.begin_array();
    for (const tasks::TaskRecord& task : found) {
        if (auth::check_task_visible(call.caller(), task.created_by)) append_task(json, task);
    }
    json.end_array();
    json.end_object();
    return out;
}

}  // namespace

void bulk_status(Call call) {
    Result<std::string> body = bulk_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

std::vector<EndpointRow> task_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Post,
         .pattern = "/api/v1/tasks",
         .name = "task_create",
         .tag = "tasks",
         .summary = "Enqueue a task",
         .description = "Answers once the task is durable. docs/tasks.md says what each option does.",
         .rate_class = Write,
         .idempotency = Idempotency::Keyed,
         .body = ref("NewTask"),
         .body_example = R"({"task_type":"echo","input":{"n":1}})",
         .answers = {accepted("accepted", ref("TaskRef"), {{"Location", "path of the task"}})},
         .problems = {{409, "the unique key is taken, the queue is draining, or a task in `before` is not open"}},
         .handler = create_task},
        {.method = Post,
         .pattern = "/api/v1/tasks/batch",
         .name = "task_batch",
         .tag = "tasks",
         .summary = "Enqueue up to 10,000 tasks, all or none",
         .description = "A task with `ref` may be named in `parents` and `before` of others of the batch as "
                        "`ref:NAME`.",
         .rate_class = Batch,
         .body_bytes_max = &ServiceLimits::batch_body_bytes_max,
         .idempotency = Idempotency::Keyed,
         .body = object({field("tasks", array(ref("BatchTask"), {.min = 1, .max = tasks::kTaskBatchMax}))}),
         .body_example =
             R"({"tasks":[{"task_type":"echo","ref":"a"},{"task_type":"echo","parents":["ref:a"],"priority":9}]})",
         .answers = {accepted("all accepted, in the order of the request",
                              object({field("tasks", array(ref("TaskRef")))}))},
         .problems = {{409, "a unique key is taken, a queue is draining, or a task in `before` is not open"}},
         .handler = create_batch},
        {.method = Post,
         .pattern = "/api/v1/tasks/bulk-status",
         .name = "task_bulk_status",
         .tag = "tasks",
         .summary = "Up to 100 tasks by id",
         .description = "Ids that do not exist, and tasks of others, are left out.",
         .body = object({field("task_ids", array(text(), {.max = kBulkStatusMax}))}),
         .body_example = R"({"task_ids":["task-0000000100000000"]})",
         .answers = {answer_of(200, "the tasks that were found", object({field("items", array(ref("Task")))}))},
         .handler = bulk_status},
        {.method = Get,
         .pattern = "/api/v1/tasks",
         .name = "task_list",
         .tag = "tasks",
         .summary = "Tasks, newest first",
         .description = "Administrators see all tasks, others their own. A page may be short, even empty, while `next` "
                        "is set. Results and "
                        "errors are left out: ask for the task itself.",
         .query = paged({
             {"status", one_of({"scheduled", "pending", "running", "completed", "failed", "cancelled"}),
              "in this state"},
             {"task_type", text({.min = 1, .max = tasks::kNameBytesMax}), "of this kind"},
             {"queue", text({.min = 1, .max = tasks::kNameBytesMax}), "in this queue"},
             {"created_by", text({.min = 1, .max = auth::kEmailBytesMax}), "for administrators: of this caller"},
             {"tag", text({.min = 1, .max = tasks::kTagBytesMax}), "with this tag"},
             {"created_after", time_text(), "created at this moment or later"},
             {"created_before", time_text(), "created earlier than this moment"},
         }),
         .answers = {answer_of(200, "a page of tasks", page_of(ref("Task")))},
         .handler = list_tasks},
        {.method = Get,
         .pattern = "/api/v1/tasks/{task_id}",
         .name = "task_get",
         .tag = "tasks",
         .summary = "One task",
         .description = "`?wait=` holds the answer until the task is finished or the time is up.",
         .query = {wait_parameter()},
         .answers = {answer_of(200, "the task", ref("Task"))},
         .handler = get_task},
        {.method = Get,
         .pattern = "/api/v1/snapshots/tasks/{task_id}",
         .name = "snapshot_task_get",
         .tag = "tasks",
         .summary = "One task, at the path of older clients",
         .query = {wait_parameter()},
         .answers = {answer_of(200, "the task", ref("Task"))},
         .handler = get_task},
    };
}

}  // namespace galley::api
