// Kinds that workers outside of this process run, and those workers (R56).
#include <algorithm>

#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "auth/audit.h"
#include "codec/object_reader.h"
#include "tasks/outside.h"

namespace galley::api {

namespace {

using store::Executor;
using tasks::OutsideKind;
using tasks::OutsideWork;

constexpr std::int64_t kTimeoutSecondsMax = 24 * 3600;

struct ListedKind {
    OutsideKind kind;
    bool own = false;  // of the program that the server is part of
};

void append_kind(codec::JsonWriter& json, const ListedKind& listed) {
    const OutsideKind& kind = listed.kind;
    json.begin_object();
    json.field("name", kind.name);
    json.field("queue", kind.queue);
    json.field("max_attempts", kind.max_attempts);
    json.field("timeout_seconds", kind.timeout / std::chrono::seconds(1));
    json.field("served_by", listed.own ? "server" : "workers");
    optional_field(json, "declared_by", listed.own ? std::nullopt : std::optional(kind.declared_by));
    time_field(json, "declared_at", listed.own ? std::nullopt : std::optional(kind.declared_at));
    json.end_object();
}

std::string kinds_json(const net::Request& request, const std::vector<OutsideKind>& kinds) {
    std::vector<ListedKind> listed;
    for (const OutsideKind& kind : kinds) listed.push_back({kind});
    return page_json(request, listed, std::nullopt, append_kind);
}

// A kind that was declared before the program brought it along is the program's.
std::vector<ListedKind> known_kinds(const Services& services) {
    std::vector<ListedKind> listed;
    for (const OutsideKind& kind : OutsideWork(services.tasks).kinds()) {
        if (!services.tasks.knows_kind(kind.name)) listed.push_back({kind});
    }
    for (const jobs::OwnKind& own : services.own_kinds) {
        const tasks::KindOptions& options = own.options;
        OutsideKind kind;
        kind.name = options.name;
        kind.queue = options.queue;
        kind.max_attempts = options.max_attempts;
        kind.timeout = options.timeout;
        listed.push_back({std::move(kind), true});
    }
    std::ranges::sort(listed, {}, [](const ListedKind& one) -> const std::string& { return one.kind.name; });
    return listed;
}

// What the body leaves out stays as it is declared.
Result<OutsideKind> kind_from_json(const Call& call, const codec::JsonValue& value, const std::string& pointer) {
    codec::ObjectReader reader(value, pointer);
    OutsideKind kind;
    kind.name = reader.required_string("name", {.bytes_min = 1, .bytes_max = tasks::kNameBytesMax});
    for (const OutsideKind& known : OutsideWork(call.services().tasks).kinds()) {
        if (known.name == kind.name) kind = known;
    }
    if (const auto queue = reader.optional_string("queue", {.bytes_min = 1, .bytes_max = tasks::kNameBytesMax})) {
        kind.queue = *queue;
    }
    if (const auto most = reader.optional_integer("max_attempts", {.min = 1, .max = tasks::kMaxAttemptsMax})) {
        kind.max_attempts = static_cast<int>(*most);
    }
    if (const auto timeout = reader.optional_integer("timeout_seconds", {.min = 1, .max = kTimeoutSecondsMax})) {
        kind.timeout = std::chrono::seconds(*timeout);
    }
    if (const auto valid = tasks::validate(kind); !valid) {
        reader.note(valid.error().where == "/queue" ? "queue" : "name", valid.error().message);
    }
    GALLEY_TRY_VOID(reader.finish());
    kind.declared_by = call.caller().email;
    kind.declared_at = call.services().clock.now();
    return kind;
}

Result<std::vector<OutsideKind>> kinds_from_body(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::TaskServe));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const auto list = reader.optional_array("kinds", tasks::kLeaseKindsMax);
    if (!list || list->size() == 0) reader.note("kinds", "must hold 1 to 100 kinds");
    GALLEY_TRY_VOID(reader.finish());
    std::vector<OutsideKind> kinds;
    for (const codec::JsonValue& value : list->elements()) {
        GALLEY_TRY(OutsideKind kind, kind_from_json(call, value, "/kinds/" + std::to_string(kinds.size())));
        kinds.push_back(std::move(kind));
    }
    return kinds;
}

void declare_kinds(Call call) {
    Result<std::vector<OutsideKind>> kinds = kinds_from_body(call);
    if (!kinds) return std::move(call).fail(kinds.error());
    OutsideWork work(call.services().tasks);
    auto declare = [work, kinds = *kinds](Executor& executor) mutable -> Result<Nothing> {
        GALLEY_TRY_VOID(work.declare_in(executor, kinds));
        return Nothing{};
    };
    write_then(std::move(call), std::move(declare), [kinds = std::move(*kinds)](Call done, Nothing) {
        std::string body = kinds_json(done.request(), kinds);
        std::move(done).json_unstored(200, std::move(body));
    });
}

Result<std::string> list_kinds(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::TaskCreate));
    return page_json(call.request(), known_kinds(call.services()), std::nullopt, append_kind);
}

void forget_kind(Call call) {
    const Result<void> right = auth::check_right(call.caller(), auth::Action::QueueAdminister);
    if (!right) return std::move(call).fail(right.error());
    auth::AuditEntry entry = audit_of(call, auth::Action::QueueAdminister);
    entry.action = "kind_forget";
    entry.object = call.parameter("kind");
    auto forget = [work = OutsideWork(call.services().tasks), entry](Executor& executor) mutable -> Result<Nothing> {
        GALLEY_TRY_VOID(work.forget_in(executor, entry.object));
        GALLEY_TRY_VOID(auth::append_audit(executor, entry));
        return Nothing{};
    };
    write_then(std::move(call), std::move(forget),
               [](Call done, Nothing) { std::move(done).respond(net::Response{.status = 204, .content_type = {}}); });
}

void append_worker(codec::JsonWriter& json, const tasks::WorkerView& worker) {
    json.begin_object();
    json.field("worker", worker.who.worker);
    json.field("caller", worker.who.caller);
    json.field("client", worker.client);
    json.field("address", worker.address);
    append_texts(json, "kinds", worker.kinds);
    append_texts(json, "queues", worker.queues);
    time_field(json, "since", worker.since);
    time_field(json, "last_seen", worker.last_seen);
    json.field("waiting", worker.waiting);
    json.field("running", worker.running);
    json.field("leased", worker.leased);
    json.field("completed", worker.completed);
    json.field("failed", worker.failed);
    json.field("lost", worker.lost);
    json.end_object();
}

Result<std::string> list_workers(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::MonitoringRead));
    GALLEY_TRY(const PageRequest page, page_request(call));
    std::vector<tasks::WorkerView> workers = OutsideWork(call.services().tasks).workers();
    const auto key = [](const tasks::WorkerView& worker) { return worker.who.caller + ' ' + worker.who.worker; };
    if (page.after) std::erase_if(workers, [&](const auto& worker) { return key(worker) <= *page.after; });
    std::optional<std::string> next;
    if (workers.size() > static_cast<std::size_t>(page.limit)) {
        workers.resize(static_cast<std::size_t>(page.limit));
        next = key(workers.back());
    }
    return page_json(call.request(), workers, next, append_worker);
}

}  // namespace

std::vector<EndpointRow> kind_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {
        {.method = Get,
         .pattern = "/api/v1/kinds",
         .name = "kind_list",
         .tag = "workers",
         .summary = "The kinds of task that outside workers or the program run",
         .answers = {answer_of(200, "all of them, by name", page_of(ref("Kind")))},
         .handler = answer_with<list_kinds>},
        {.method = Post,
         .pattern = "/api/v1/kinds",
         .name = "kind_declare",
         .tag = "workers",
         .summary = "Declare kinds of task that outside workers run",
         .description = "From then on, through restarts, tasks of these kinds can be enqueued. Declaring a kind again "
                        "changes what the body names.",
         .rate_class = Write,
         .body = object({field("kinds", array(ref("NewKind"), {.min = 1, .max = tasks::kLeaseKindsMax}))}),
         .body_example = R"({"kinds":[{"name":"resize","queue":"images","max_attempts":5,"timeout_seconds":60}]})",
         .answers = {answer_of(200, "the kinds as declared", page_of(ref("Kind")))},
         .problems = {{409, "the server itself runs one of these kinds"}},
         .handler = declare_kinds},
        {.method = Delete,
         .pattern = "/api/v1/kinds/{kind}",
         .name = "kind_forget",
         .tag = "workers",
         .summary = "Forget a kind",
         .description = "No more tasks of it can be enqueued. Those that wait stay, and a worker that leases declares "
                        "the kind again.",
         .rate_class = Administration,
         .answers = {no_content("forgotten")},
         .problems = {{404, "no such kind"}},
         .handler = forget_kind},
        {.method = Get,
         .pattern = "/api/v1/workers",
         .name = "worker_list",
         .tag = "workers",
         .summary = "Outside workers that were seen lately",
         .rate_class = Administration,
         .query = paged({}),
         .answers = {answer_of(200, "by caller and name", page_of(ref("Worker")))},
         .handler = answer_with<list_workers>},
    };
}

}  // namespace galley::api
