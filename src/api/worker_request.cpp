#include "api/worker_request.h"

#include <algorithm>

namespace galley::api {

namespace {

using codec::JsonValue;
using codec::ObjectReader;

constexpr std::size_t kErrorTextBytesMax = 64 * 1024;  // what is kept of it: tasks::kErrorBytesMax
constexpr std::int64_t kAttemptMax = 1'000'000;

tasks::WorkerIdentity read_identity(ObjectReader& reader, const Call& call) {
    std::string worker = reader.required_string("worker", {.bytes_min = 1, .bytes_max = tasks::kWorkerNameBytesMax});
    const bool visible = std::ranges::all_of(worker, [](char c) { return c > ' ' && c < 0x7f; });
    if (!visible) reader.note("worker", "must be visible ASCII characters");
    return {call.caller().email, std::move(worker)};
}

bool is_kind(const std::string& name) {
    return tasks::validate(tasks::OutsideKind{.name = name}).has_value();
}

std::vector<std::string> read_names(ObjectReader& reader, std::string_view member, std::size_t size_max) {
    std::vector<std::string> names;
    const auto list = reader.optional_array(member, size_max);
    if (!list) return names;
    for (const JsonValue& element : list->elements()) {
        if (element.is_string()) names.emplace_back(element.string());
    }
    const bool good = names.size() == list->size() && std::ranges::all_of(names, is_kind);
    if (!good) reader.note(member, "must hold names of 1 to 64 letters, digits, '_', '-', '.'");
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return names;
}

Duration milliseconds_of(double seconds) {
    return Duration(static_cast<std::int64_t>(seconds * 1000));
}

int read_attempt(ObjectReader& reader) {
    return static_cast<int>(reader.required_integer("attempt", {.min = 1, .max = kAttemptMax}));
}

// Lines for the task's log, in their order.
std::vector<std::string> read_log(ObjectReader& reader) {
    std::vector<std::string> lines;
    const auto list = reader.optional_array("log", tasks::kLogLinesMax);
    if (!list) return lines;
    for (const JsonValue& element : list->elements()) {
        if (element.is_string()) lines.emplace_back(element.string());
    }
    if (lines.size() != list->size()) reader.note("log", "must hold texts");
    return lines;
}

Result<codec::JsonDocument> body_of_worker(const Call& call) {
    GALLEY_TRY_VOID(auth::check_right(call.caller(), auth::Action::TaskServe));
    return parse_body(call);
}

// Each element of "tasks" by `read(ObjectReader&, Entry&)`.
template <typename Entry, typename Read>
Result<std::vector<Entry>> read_tasks(ObjectReader& reader, Read read) {
    std::vector<Entry> entries;
    const auto list = reader.optional_array("tasks", tasks::kHeldTasksMax);
    if (!list) {
        reader.note("tasks", "is required");
        return entries;
    }
    entries.reserve(list->size());
    for (const JsonValue& value : list->elements()) {
        ObjectReader element(value, "/tasks/" + std::to_string(entries.size()));
        Entry& entry = entries.emplace_back();
        entry.id = element.required_string("task_id", {.bytes_min = 1, .bytes_max = tasks::kTaskIdBytesMax});
        entry.attempt = read_attempt(element);
        read(element, entry);
        GALLEY_TRY_VOID(element.finish());
    }
    return entries;
}

}  // namespace

Result<LeaseAsked> lease_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, body_of_worker(call));
    ObjectReader reader(body.root(), "");
    LeaseAsked asked;
    tasks::LeaseRequest& request = asked.request;
    request.who = read_identity(reader, call);
    request.kinds = read_names(reader, "kinds", tasks::kLeaseKindsMax);
    if (request.kinds.empty()) reader.note("kinds", "must name at least one kind");
    request.queues = read_names(reader, "queues", tasks::kLeaseQueuesMax);
    const std::int64_t most = tasks::kLeaseTasksMax;
    request.tasks_max =
        static_cast<std::size_t>(reader.optional_integer("tasks_max", {.min = 1, .max = most}).value_or(1));
    const auto lease_bounds = codec::IntegerRule{.min = tasks::kLeaseMin / std::chrono::seconds(1),
                                                 .max = tasks::kLeaseMax / std::chrono::seconds(1)};
    if (const auto lease = reader.optional_integer("lease_seconds", lease_bounds)) {
        request.lease = std::chrono::seconds(*lease);
    }
    const auto wait = reader.optional_integer("wait_seconds", {.min = 0, .max = kLeaseWaitSecondsMax});
    asked.wait = std::chrono::seconds(wait.value_or(0));
    request.client = reader.optional_string("client", {.bytes_max = tasks::kClientNameBytesMax}).value_or("");
    GALLEY_TRY_VOID(reader.finish());
    request.address = call.request().peer_address;
    return asked;
}

Result<Held> held_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, body_of_worker(call));
    ObjectReader reader(body.root(), "");
    Held held;
    held.who = read_identity(reader, call);
    GALLEY_TRY(held.tasks, read_tasks<tasks::HeldTask>(reader, [](ObjectReader& element, tasks::HeldTask& task) {
                   task.waiting = element.optional_bool("waiting", false);
                   task.log = read_log(element);
               }));
    GALLEY_TRY_VOID(reader.finish());
    return held;
}

Result<Held> one_held_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, body_of_worker(call));
    ObjectReader reader(body.root(), "");
    Held held;
    held.who = read_identity(reader, call);
    held.tasks.push_back({std::string(call.parameter("task_id")), read_attempt(reader),
                          reader.optional_bool("waiting", false), read_log(reader)});
    GALLEY_TRY_VOID(reader.finish());
    return held;
}

void read_completion(ObjectReader& reader, tasks::OutsideEnd& end) {
    end.kind = tasks::OutsideEnd::Kind::Done;
    const auto result = reader.optional_any("result");
    end.text = result ? result->to_json() : "null";
}

void read_failure(ObjectReader& reader, tasks::OutsideEnd& end) {
    using Kind = tasks::OutsideEnd::Kind;
    end.text = reader.required_string("error", {.bytes_min = 1, .bytes_max = kErrorTextBytesMax});
    const std::string outcome = reader.optional_string("outcome").value_or("retry");
    const auto delay = reader.optional_number("retry_in_seconds", 0, kSnoozeSecondsMax);
    if (delay) end.delay = milliseconds_of(*delay);
    if (outcome == "retry") {
        end.kind = Kind::Retry;
    } else if (outcome == "fail") {
        end.kind = Kind::Fail;
    } else if (outcome == "cancel") {
        end.kind = Kind::Cancel;
    } else if (outcome == "crash") {
        end.kind = Kind::Crash;
    } else {
        reader.note("outcome", "must be retry, fail, cancel or crash");
    }
    if (delay && end.kind != Kind::Retry) reader.note("retry_in_seconds", "goes with the outcome retry only");
}

void read_snooze(ObjectReader& reader, tasks::OutsideEnd& end) {
    end.kind = tasks::OutsideEnd::Kind::Snooze;
    const auto delay = reader.optional_number("delay_seconds", 0, kSnoozeSecondsMax);
    if (!delay) reader.note("delay_seconds", "is required");
    end.delay = milliseconds_of(delay.value_or(0));
}

void read_release(ObjectReader&, tasks::OutsideEnd& end) {
    end.kind = tasks::OutsideEnd::Kind::Release;
}

Result<Ends> ends_from_body(const Call& call, ReadEnd read) {
    GALLEY_TRY(const codec::JsonDocument body, body_of_worker(call));
    ObjectReader reader(body.root(), "");
    Ends ends;
    ends.who = read_identity(reader, call);
    GALLEY_TRY(ends.ends, read_tasks<tasks::OutsideEnd>(reader, [read](ObjectReader& element, tasks::OutsideEnd& end) {
                   read(element, end);
                   end.log = read_log(element);
               }));
    GALLEY_TRY_VOID(reader.finish());
    return ends;
}

Result<Ends> one_end_from_body(const Call& call, ReadEnd read) {
    GALLEY_TRY(const codec::JsonDocument body, body_of_worker(call));
    ObjectReader reader(body.root(), "");
    Ends ends;
    ends.who = read_identity(reader, call);
    tasks::OutsideEnd& end = ends.ends.emplace_back();
    end.id = call.parameter("task_id");
    end.attempt = read_attempt(reader);
    read(reader, end);
    end.log = read_log(reader);
    GALLEY_TRY_VOID(reader.finish());
    return ends;
}

Result<ProgressReport> progress_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, body_of_worker(call));
    ObjectReader reader(body.root(), "");
    ProgressReport report;
    report.who = read_identity(reader, call);
    report.attempt = read_attempt(reader);
    report.percent = static_cast<int>(reader.required_integer("percent", {.min = 0, .max = 100}));
    report.message = reader.optional_string("message", {.bytes_max = tasks::kMessageBytesMax}).value_or("");
    report.log = read_log(reader);
    GALLEY_TRY_VOID(reader.finish());
    return report;
}

}  // namespace galley::api
