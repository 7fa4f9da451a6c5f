// Queues of tasks: how they stand, what is set of them, pause, resume and drain (R53).
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "codec/object_reader.h"

namespace galley::api {

namespace {

using tasks::QueueMode;
using tasks::QueueSettings;
using tasks::QueueStatus;

constexpr double kPerSecondsMin = 0.1;
constexpr double kPerSecondsMax = 24 * 3600;

void append_rate(codec::JsonWriter& json, std::string_view name, const tasks::Rate& rate) {
    if (rate.starts == 0) return json.null_field(name);
    json.key(name);
    json.begin_object();
    json.field("starts", rate.starts);
    json.field("per_seconds", static_cast<double>(rate.per.count()) / 1e3);
    json.end_object();
}

void append_limit(codec::JsonWriter& json, std::string_view name, int limit) {
    if (limit == 0) return json.null_field(name);
    json.field(name, limit);
}

void append_queue(codec::JsonWriter& json, const QueueStatus& queue) {
    json.begin_object();
    json.field("name", queue.name);
    json.field("mode", tasks::queue_mode_name(queue.settings.mode));
    json.field("scheduled", queue.counts.scheduled);
    json.field("pending", queue.counts.pending);
    json.field("running", queue.counts.running);
    append_limit(json, "running_max", queue.settings.running_max);
    append_limit(json, "running_per_key_max", queue.settings.running_per_key_max);
    append_rate(json, "rate", queue.settings.rate);
    append_rate(json, "rate_per_key", queue.settings.rate_per_key);
    json.end_object();
}

std::string queue_json(const QueueStatus& queue) {
    std::string out;
    codec::JsonWriter json(out);
    append_queue(json, queue);
    return out;
}

Result<void> may_see(const Call& call) {
    return auth::check_right(call.caller(), auth::Action::MonitoringRead);
}
Result<void> may_manage(const Call& call) {
    return auth::check_right(call.caller(), auth::Action::QueueAdminister);
}

Result<std::string> list_json(const Call& call) {
    GALLEY_TRY_VOID(may_see(call));
    return items_json(call.services().tasks.queues(), append_queue);
}

Result<std::string> one_json(const Call& call) {
    GALLEY_TRY_VOID(may_see(call));
    const QueueStatus queue = call.services().tasks.queue(call.parameter("queue"));
    const bool exists = queue.settings != QueueSettings{} || queue.counts != tasks::QueueCounts{};
    if (!exists) return fail(ErrorCode::NotFound, "no such queue: nothing waits in it, and nothing is set of it");
    return queue_json(queue);
}

tasks::Rate read_rate(codec::ObjectReader& reader, std::string_view name) {
    const auto value = reader.optional_object(name);
    if (!value) return {};
    codec::ObjectReader part(*value, reader.pointer_to(name));
    tasks::Rate rate;
    rate.starts = static_cast<int>(part.required_integer("starts", {.min = 1, .max = tasks::kRateStartsMax}));
    const double seconds = part.optional_number("per_seconds", kPerSecondsMin, kPerSecondsMax).value_or(1);
    rate.per = Duration(static_cast<Duration::rep>(seconds * 1e3));
    if (Result<void> read = part.finish(); !read) reader.absorb(std::move(read.error()));
    return rate;
}

Result<QueueSettings> settings_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const codec::IntegerRule running{.min = 1, .max = tasks::kRunningLimitMax};
    QueueSettings settings;
    settings.running_max = static_cast<int>(reader.optional_integer("running_max", running).value_or(0));
    settings.running_per_key_max =
        static_cast<int>(reader.optional_integer("running_per_key_max", running).value_or(0));
    settings.rate = read_rate(reader, "rate");
    settings.rate_per_key = read_rate(reader, "rate_per_key");
    GALLEY_TRY_VOID(reader.finish());
    return settings;
}

void change_queue(Call call, const char* action, tasks::QueueChange change) {
    auto work = [action, change = std::move(change)](Call& waiting) -> Result<QueueStatus> {
        GALLEY_TRY(QueueStatus queue, waiting.services().tasks.set_queue(waiting.parameter("queue"), change));
        auth::AuditEntry entry = audit_of(waiting, auth::Action::QueueAdminister);
        entry.action = action;
        entry.object = queue.name;
        GALLEY_TRY_VOID(waiting.services().audit.add(entry));
        return queue;
    };
    block_then(std::move(call), std::move(work),
               [](Call done, const QueueStatus& queue) { std::move(done).json(200, queue_json(queue)); });
}

void put_queue(Call call) {
    if (const auto allowed = may_manage(call); !allowed) return std::move(call).fail(allowed.error());
    const Result<QueueSettings> wanted = settings_from_body(call);
    if (!wanted) return std::move(call).fail(wanted.error());
    change_queue(std::move(call), "queue_set", [settings = *wanted](QueueSettings& queue) {
        const QueueMode mode = queue.mode;
        queue = settings;
        queue.mode = mode;
        return Result<void>();
    });
}

template <QueueMode Mode>
void set_mode(Call call) {
    if (const auto allowed = may_manage(call); !allowed) return std::move(call).fail(allowed.error());
    constexpr const char* kActions[] = {"queue_resume", "queue_pause", "queue_drain"};
    change_queue(std::move(call), kActions[static_cast<int>(Mode)], [](QueueSettings& queue) {
        queue.mode = Mode;
        return Result<void>();
    });
}

}  // namespace

std::vector<EndpointRow> queue_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    const Answer queue = answer_of(200, "the queue", ref("Queue"));
    return {
        {.method = Get,
         .pattern = "/api/v1/queues",
         .name = "queue_list",
         .tag = "queues",
         .summary = "Queues in which something waits or runs, or of which something is set",
         .answers = {answer_of(200, "the queues by name", object({field("items", array(ref("Queue")))}))},
         .handler = answer_with<list_json>},
        {.method = Get,
         .pattern = "/api/v1/queues/{queue}",
         .name = "queue_get",
         .tag = "queues",
         .summary = "One queue",
         .answers = {queue},
         .handler = answer_with<one_json>},
        {.method = Put,
         .pattern = "/api/v1/queues/{queue}",
         .name = "queue_set",
         .tag = "queues",
         .summary = "Set a queue's limits",
         .description =
             "They hold at once, for all workers. What is left out has no limit from then on. Tasks that run "
             "already go on.",
         .rate_class = Write,
         .body = ref("QueueLimits"),
         .body_example = R"({"running_max":4,"rate_per_key":{"starts":100,"per_seconds":60}})",
         .answers = {queue},
         .handler = put_queue},
        {.method = Post,
         .pattern = "/api/v1/queues/{queue}/pause",
         .name = "queue_pause",
         .tag = "queues",
         .summary = "Take tasks in, but start none",
         .description = "What runs already goes on.",
         .rate_class = Write,
         .answers = {queue},
         .handler = set_mode<QueueMode::Paused>},
        {.method = Post,
         .pattern = "/api/v1/queues/{queue}/resume",
         .name = "queue_resume",
         .tag = "queues",
         .summary = "Undo pause and drain",
         .rate_class = Write,
         .answers = {queue},
         .handler = set_mode<QueueMode::Open>},
        {.method = Post,
         .pattern = "/api/v1/queues/{queue}/drain",
         .name = "queue_drain",
         .tag = "queues",
         .summary = "Work off what waits, but take no new tasks in",
         .description = "New tasks for it are answered 409.",
         .rate_class = Write,
         .answers = {queue},
         .handler = set_mode<QueueMode::Draining>},
    };
}

}  // namespace galley::api
