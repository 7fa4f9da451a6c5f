#include "api/task_request.h"

#include <algorithm>

#include "codec/date.h"
#include "jobs/echo/echo_kind.h"
#include "jobs/maintenance/kinds.h"
#include "tasks/outside.h"

namespace galley::api {

tasks::NewTask read_task(codec::ObjectReader& reader, const Call& call) {
    tasks::NewTask task;
    task.kind = reader.required_string("task_type", {.bytes_min = 1, .bytes_max = tasks::kNameBytesMax});
    tasks::TaskEngine& engine = call.services().tasks;
    const bool allowed = jobs::is_public_kind(task.kind, call.services().own_kinds) ||
                         (call.caller().is_admin() && jobs::is_operator_kind(task.kind));
    const bool here = allowed && engine.knows_kind(task.kind);
    if (!task.kind.empty() && !here && !tasks::OutsideWork(engine).knows(task.kind)) {
        reader.note("task_type",
                    "is not a kind of task that can be enqueued here: start a worker that serves it, or declare it "
                    "with POST /api/v1/kinds");
    }
    if (const auto input = reader.optional_any("input")) task.input = input->to_json();
    task.queue = reader.optional_string("queue", {.bytes_min = 1, .bytes_max = tasks::kNameBytesMax});
    task.priority = static_cast<int>(
        reader.optional_integer("priority", {.min = 0, .max = tasks::kPriorityMax}).value_or(tasks::kPriorityDefault));
    if (const auto attempts = reader.optional_integer("max_attempts", {.min = 1, .max = tasks::kMaxAttemptsMax})) {
        task.max_attempts = static_cast<int>(*attempts);
    }
    if (const auto timeout = reader.optional_integer("timeout_seconds", {.min = 1, .max = 24 * 3600})) {
        task.timeout = std::chrono::seconds(*timeout);
    }
    return task;
}

namespace {

std::optional<Time> time_of(codec::ObjectReader& reader, std::string_view name,
                            const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    const Result<Time> time = codec::parse_rfc3339(*text);
    if (time) return *time;
    reader.note(name, "must be an RFC 3339 time");
    return std::nullopt;
}

}  // namespace

std::optional<Time> read_time(codec::ObjectReader& reader, std::string_view name) {
    return time_of(reader, name, reader.optional_string(name));
}

namespace {

constexpr std::int64_t kDelaySecondsMax = 365LL * 24 * 3600;
constexpr std::int64_t kSecondsInDay = 24 * 3600;

// A moment, said as a time or as seconds from now.
std::optional<Time> read_moment(codec::ObjectReader& reader, const char* at_name, const char* in_name, Time now) {
    const auto seconds = reader.optional_integer(in_name, {.min = 0, .max = kDelaySecondsMax});
    const auto at = reader.optional_string(at_name);
    if (seconds && at) reader.note(at_name, std::string("and ") + in_name + " exclude each other");
    if (seconds) return now + std::chrono::seconds(*seconds);
    return time_of(reader, at_name, at);
}

void read_unique(codec::ObjectReader& reader, const Call& call, tasks::NewTask& task) {
    const auto key = reader.optional_string("unique_key", {.bytes_min = 1, .bytes_max = 500});
    const auto policy = reader.optional_string("unique_policy");
    const auto window = reader.optional_integer("unique_window_seconds", {.min = 1, .max = kSecondsInDay});
    if (key) task.unique_key = sha256(call.caller().email + '\n' + task.kind + '\n' + *key);
    if (!key && policy) reader.note("unique_policy", "needs a unique_key");
    if (!key && window) reader.note("unique_window_seconds", "needs a unique_key");
    if (policy == "replace") {
        task.unique_policy = tasks::UniquePolicy::Replace;
    } else if (policy == "reject") {
        task.unique_policy = tasks::UniquePolicy::Reject;
    } else if (policy && policy != "join") {
        reader.note("unique_policy", "must be join, replace or reject");
    }
    if (window) task.unique_window = std::chrono::seconds(*window);
}

std::vector<std::string> read_texts(codec::ObjectReader& reader, std::string_view name, std::size_t size_max) {
    std::vector<std::string> texts;
    const auto list = reader.optional_array(name, size_max);
    if (!list) return texts;
    for (const codec::JsonValue& value : list->elements()) {
        if (!value.is_string()) {
            reader.note(name, "must hold strings only");
            return {};
        }
        texts.emplace_back(value.string());
    }
    return texts;
}

void read_backoff(codec::ObjectReader& reader, tasks::NewTask& task) {
    const auto value = reader.optional_object("backoff");
    if (!value) return;
    codec::ObjectReader part(*value, reader.pointer_to("backoff"));
    const codec::IntegerRule seconds{.min = 0, .max = kSecondsInDay};
    tasks::Backoff backoff;
    const auto base = part.optional_integer("base_seconds", seconds);
    const auto cap = part.optional_integer("max_seconds", seconds);
    if (base) backoff.base = std::chrono::seconds(*base);
    backoff.cap = cap ? Duration(std::chrono::seconds(*cap)) : std::max(backoff.cap, backoff.base);
    if (backoff.cap < backoff.base) part.note("max_seconds", "must not be less than base_seconds");
    if (Result<void> read = part.finish(); !read) reader.absorb(std::move(read.error()));
    task.backoff = backoff;
}

void read_family(codec::ObjectReader& reader, const Call& call, tasks::NewTask& task) {
    task.parents = read_texts(reader, "parents", tasks::kParentsMax);
    task.before = read_texts(reader, "before", tasks::kParentsMax);
    task.open = reader.optional_bool("open", false);
    task.input_from_parents = reader.optional_bool("input_from_parents", false);
    if (!call.caller().is_admin()) task.family_of = call.caller().email;
    const auto policy = reader.optional_string("on_parent_failure");
    if (policy == "continue") {
        task.on_parent_failure = tasks::OnParentFailure::Continue;
    } else if (policy && policy != "fail") {
        reader.note("on_parent_failure", "must be fail or continue");
    }
}

}  // namespace

void read_options(codec::ObjectReader& reader, const Call& call, tasks::NewTask& task) {
    const Time now = call.services().clock.now();
    read_unique(reader, call, task);
    task.run_at = read_moment(reader, "scheduled_at", "delay_seconds", now);
    task.expires_at = read_moment(reader, "expires_at", "expires_in_seconds", now);
    task.limit_key =
        reader.optional_string("limit_key", {.bytes_min = 1, .bytes_max = tasks::kLimitKeyBytesMax}).value_or("");
    task.tags = read_texts(reader, "tags", tasks::kTagsMax);
    if (const auto keep = reader.optional_integer("keep_seconds", {.min = 1, .max = 366 * kSecondsInDay})) {
        task.keep = std::chrono::seconds(*keep);
    }
    task.encrypted = reader.optional_bool("encrypted", false);
    read_backoff(reader, task);
    read_family(reader, call, task);
    task.created_by = call.caller().email;
    task.correlation_id = call.request().request_id;
}

}  // namespace galley::api
