#include "api/schemas.h"

#include <algorithm>
#include <iterator>

#include "api/document_schemas.h"
#include "api/monitoring_schemas.h"
#include "api/paging.h"
#include "auth/caller.h"
#include "rooms/room_schema.h"
#include "rooms/snapshot.h"
#include "schedule/schedule.h"
#include "tasks/outside.h"
#include "tasks/task.h"

namespace galley::api {

namespace {

constexpr std::int64_t kSecondsInDay = 24 * 3600;

// ---- rooms: from the table that check_room() works by

Schema room_value(const rooms::FieldRule& rule);

Schema room_object(std::span<const rooms::FieldRule> rules) {
    std::vector<SchemaField> fields;
    for (const rooms::FieldRule& rule : rules) {
        Schema value = room_value(rule);
        value.nullable = rule.need == rooms::Need::Nullable;
        const bool required = rule.need == rooms::Need::Required;
        fields.push_back(required ? field(rule.name, std::move(value)) : optional(rule.name, std::move(value)));
    }
    return object(std::move(fields));
}

Schema room_text() {
    return text({.max = rooms::kRoomTextBytesMax});
}

Schema room_value(const rooms::FieldRule& rule) {
    constexpr Bounds kEntries{.max = rooms::kRoomListEntriesMax};
    switch (rule.type) {
        case rooms::FieldType::Text:
            return room_text();
        case rooms::FieldType::Integer:
            return integer();
        case rooms::FieldType::Number:
            return number();
        case rooms::FieldType::Time:
            return time_text();
        case rooms::FieldType::Object:
            return room_object(rule.members);
        case rooms::FieldType::ObjectList:
            return array(room_object(rule.members), kEntries);
        case rooms::FieldType::TextList:
            return array(room_text(), kEntries);
    }
    return any();
}

Schema room_head() {
    return object({field("room_id", text()), field("title", text()),
                   field("version", integer({.min = 1}), "counts the changes of the room"),
                   field("created_at", time_text()), field("updated_at", time_text())});
}

Schema member_role() {
    return one_of({"owner", "broker", "charterer", "viewer"});
}

Schema member() {
    return object({field("email", text()), field("role", member_role()), field("added_at", time_text())});
}

// ---- snapshots

Schema new_snapshot() {
    return object({field("title", text({.min = 1, .max = rooms::kSnapshotTitleBytesMax}), "at most 300 bytes of UTF-8"),
                   optional("snapshot_type", nullable(with_default(one_of({"pdf"}), "\"pdf\""))),
                   optional("include_documents", nullable(with_default(boolean(), "true"))),
                   optional("include_activity", nullable(with_default(boolean(), "true"))),
                   optional("include_approvals", nullable(with_default(boolean(), "true")))});
}

Schema snapshot() {
    return object({field("id", text_like("^snap-")), field("room_id", text()), field("title", text()),
                   field("created_by", text()), field("created_at", time_text()),
                   field("status", one_of({"generating", "completed", "failed"})),
                   field("file_size", integer({.min = 0}), "bytes; 0 until it is completed"),
                   field("snapshot_type", one_of({"pdf"})), field("task_id", text(), "the task that makes it"),
                   field("content_hash", nullable(text_like("^[0-9a-f]{64}$"))),
                   field("page_count", nullable(integer({.min = 1}))), field("error", nullable(text())),
                   field("completed_at", nullable(time_text())), field("include_documents", boolean()),
                   field("include_activity", boolean()), field("include_approvals", boolean()),
                   field("download_url", text(), "path of the PDF")});
}

// ---- tasks

Schema task_state() {
    return one_of({"scheduled", "pending", "running", "completed", "failed", "cancelled"});
}

Schema new_task() {
    const Bounds name{.min = 1, .max = tasks::kNameBytesMax};
    return object(
        {field("task_type", text(name), "a kind that may be enqueued here, such as echo"),
         optional("input", any(), "any JSON; the kind says what it wants"),
         optional("queue", nullable(text(name)), "else the kind's own queue"),
         optional("priority", nullable(with_default(integer({.min = 0, .max = tasks::kPriorityMax}), "5")),
                  "higher goes first"),
         optional("max_attempts", nullable(integer({.min = 1, .max = tasks::kMaxAttemptsMax})), "3 by default"),
         optional("timeout_seconds", nullable(integer({.min = 1, .max = kSecondsInDay})),
                  "of one attempt; 300 by default"),
         optional("unique_key", nullable(text({.min = 1, .max = 500})),
                  "at most one unfinished task of the same caller and kind has this key"),
         optional("unique_policy", nullable(with_default(one_of({"join", "replace", "reject"}), "\"join\"")),
                  "when another has the key: answer with that one, take its place, or 409"),
         optional("unique_window_seconds", nullable(integer({.min = 1, .max = kSecondsInDay})),
                  "the key holds so long after the creation, also when the task has finished"),
         optional("delay_seconds", nullable(integer({.min = 0, .max = 365 * kSecondsInDay}))),
         optional("scheduled_at", nullable(time_text()), "not before; excludes delay_seconds"),
         optional("expires_in_seconds", nullable(integer({.min = 0, .max = 365 * kSecondsInDay}))),
         optional("expires_at", nullable(time_text()),
                  "cancelled when it has not begun by then; excludes expires_in_seconds"),
         optional("limit_key", nullable(text({.min = 1, .max = tasks::kLimitKeyBytesMax})),
                  "tasks of a queue with the same share its limits per key"),
         optional("tags", nullable(array(text({.min = 1, .max = tasks::kTagBytesMax}), {.max = tasks::kTagsMax}))),
         optional("keep_seconds", nullable(integer({.min = 1, .max = 366 * kSecondsInDay})),
                  "how long it is kept when it has finished; 24 hours by default"),
         optional("backoff",
                  nullable(object({optional("base_seconds", nullable(integer({.min = 0, .max = kSecondsInDay}))),
                                   optional("max_seconds", nullable(integer({.min = 0, .max = kSecondsInDay})))})),
                  "the pause before a retry is random, up to base × 2^(attempt − 1), at most max"),
         optional("parents", nullable(array(text(), {.max = tasks::kParentsMax})),
                  "ids of tasks; it waits until all have finished"),
         optional("on_parent_failure", nullable(with_default(one_of({"fail", "continue"}), "\"fail\""))),
         optional("encrypted", nullable(with_default(boolean(), "false")),
                  "input, result and cursor are encrypted at rest; 400 when the server has no payload keys"),
         optional("input_from_parents", nullable(with_default(boolean(), "false")),
                  "the kind gets {input, parents: [{task_id, status, result}]}"),
         optional("open", nullable(with_default(boolean(), "false")), "it waits for POST …/close as well"),
         optional("before", nullable(array(text(), {.max = tasks::kParentsMax})),
                  "ids of open tasks, which wait for this one, too")});
}

Schema batch_task() {
    Schema task = new_task();
    task.fields.push_back(optional("ref", nullable(text({.min = 1, .max = 64})),
                                   "others of the batch name it as ref:… in parents and before"));
    return task;
}

Schema rate() {
    return object({field("starts", integer({.min = 1, .max = tasks::kRateStartsMax})),
                   optional("per_seconds", nullable(with_default(number(), "1")), "0.1 to 86400")});
}

std::vector<SchemaField> queue_limits() {
    const Schema running = nullable(integer({.min = 1, .max = tasks::kRunningLimitMax}));
    return {optional("running_max", running, "so many run at once"),
            optional("running_per_key_max", running, "so many with the same limit_key"),
            optional("rate", nullable(rate()), "so many begin in any stretch of that length"),
            optional("rate_per_key", nullable(rate()), "so many with the same limit_key")};
}

Schema queue() {
    const Schema count = integer({.min = 0});
    std::vector<SchemaField> fields{field("name", text()), field("mode", one_of({"open", "paused", "draining"})),
                                    field("scheduled", count), field("pending", count), field("running", count)};
    for (SchemaField& limit : queue_limits()) fields.push_back(field(limit.name, limit.schema, limit.description));
    return object(std::move(fields));
}

// ---- schedules

Schema expression_text() {
    return text({.min = 1, .max = schedule::kCronTextBytesMax});
}

Schema zone_text() {
    return nullable(with_default(text({.min = 1, .max = schedule::kZoneNameBytesMax}), "\"UTC\""));
}

Schema seconds_first() {
    return nullable(with_default(boolean(), "false"));
}

Schema scheduled_task() {
    const Schema whole = new_task();
    std::vector<SchemaField> fields;
    for (const SchemaField& member : whole.fields) {
        if (member.name == "unique_key") break;  // from here on: what one task may have
        fields.push_back(member);
    }
    return object(std::move(fields));
}

// What POST and PUT say; PUT has the name in its path.
std::vector<SchemaField> schedule_fields() {
    return {
        field("cron", expression_text(), "five, six or seven fields, or @daily and the like: docs/cron.md"),
        optional("seconds_first", seconds_first(), "the first of six or seven fields is the second's"),
        optional("timezone", zone_text(), "of the time zone database, such as Europe/Berlin"),
        field("task", ref("ScheduledTask"), "what is enqueued each time"),
        optional("missed_runs", nullable(with_default(one_of({"skip", "once", "all"}), "\"once\"")),
                 "what becomes of times that passed while nothing could fire"),
        optional("overlap", nullable(with_default(one_of({"allow", "skip", "replace"}), "\"allow\"")),
                 "when the task of the run before has not ended"),
        optional("paused", nullable(with_default(boolean(), "false"))),
        optional("description", nullable(with_default(text({.max = schedule::kScheduleDescriptionBytesMax}), "\"\"")))};
}

Schema schedule_change() {
    return object(schedule_fields());
}

Schema new_schedule() {
    std::vector<SchemaField> fields = schedule_fields();
    fields.insert(fields.begin(), field("name", text({.min = 1, .max = schedule::kScheduleNameBytesMax}),
                                        "letters, digits, '_', '-', '.'; the schedule's id"));
    return object(std::move(fields));
}

Schema schedule_task() {
    return object({field("task_type", text()), field("input", any()), field("queue", nullable(text())),
                   field("priority", integer({.min = 0, .max = tasks::kPriorityMax})),
                   field("max_attempts", nullable(integer({.min = 1}))),
                   field("timeout_seconds", nullable(integer({.min = 1})))});
}

Schema schedule_record() {
    const Schema count = integer({.min = 0});
    return object({field("name", text()),
                   field("cron", text()),
                   field("seconds_first", boolean()),
                   field("timezone", text()),
                   field("words", text(), "the expression in words"),
                   field("task", schedule_task()),
                   field("missed_runs", one_of({"skip", "once", "all"})),
                   field("overlap", one_of({"allow", "skip", "replace"})),
                   field("paused", boolean()),
                   field("description", text()),
                   field("created_by", text(), "tasks are enqueued in this name"),
                   field("built_in", boolean(), "made by the server itself"),
                   field("created_at", time_text()),
                   field("updated_at", time_text()),
                   field("next_run_at", nullable(time_text()), "null: paused, or it never fires again"),
                   field("last_run_at", nullable(time_text())),
                   field("last_task_id", nullable(text())),
                   field("fired", count, "tasks enqueued"),
                   field("skipped", count, "times left out because the task before had not ended"),
                   field("missed", count, "times left out because they had passed")});
}

Schema schedule_run() {
    return object(
        {field("number", integer({.min = 1})),
         field("outcome", one_of({"fired", "fired_late", "fired_by_hand", "overlapped", "missed", "refused"})),
         field("due_at", time_text()), field("at", time_text()),
         field("missed", integer({.min = 0}), "times that this run stands for, or that were left out"),
         field("task_id", nullable(text())), field("error", nullable(text()))});
}

Schema schedule_stats() {
    const Schema count = integer({.min = 0});
    return object({field("schedules", count), field("paused", count), field("fired", count), field("skipped", count),
                   field("missed", count), field("next_run_at", nullable(time_text()))});
}

Schema cron_question() {
    return object(
        {field("cron", expression_text()), optional("seconds_first", seconds_first()),
         optional("timezone", zone_text()),
         optional("from", nullable(time_text()), "count from this moment; else from now"),
         optional("count", nullable(with_default(integer({.min = 1, .max = schedule::kCronTimesMax}), "5")))});
}

Schema cron_times() {
    return object({field("times", array(object({field("utc", time_text()), field("local", text())}))),
                   field("truncated", boolean(), "the search ended 365 days ahead")});
}

Schema cron_verdict() {
    return object({field("valid", boolean()), field("words", nullable(text())),
                   field("errors", array(object({field("pointer", text()), field("message", text())})))});
}

Schema cron_description() {
    return object({field("words", text()), field("runs_per_day", number({.min = 0})),
                   field("shortest_gap_seconds", nullable(integer({.min = 0}))),
                   field("longest_gap_seconds", nullable(integer({.min = 0}))), field("next", ref("CronTimes"))});
}

// ---- what became of an accepted task

Schema task_ref() {
    return object({field("task_id", text()), field("status", task_state()),
                   field("joined", boolean(), "the id is that of a task that was already there (unique_key)")});
}

Schema task() {
    return object({field("task_id", text()),
                   field("task_type", text()),
                   field("status", task_state()),
                   field("progress", integer({.min = 0, .max = 100})),
                   field("message", text()),
                   field("queue", text()),
                   field("priority", integer({.min = 0, .max = tasks::kPriorityMax})),
                   field("attempt", integer({.min = 0})),
                   field("max_attempts", integer({.min = 1})),
                   field("created_at", time_text()),
                   field("scheduled_at", nullable(time_text())),
                   field("started_at", nullable(time_text())),
                   field("completed_at", nullable(time_text())),
                   field("result", any(), "what the kind gives; null until it is completed"),
                   field("error", nullable(text())),
                   field("correlation_id", text(), "the request that made it"),
                   field("created_by", text()),
                   field("parents", array(text()), "the first 100; empty in lists"),
                   field("waits_for", integer({.min = 0}), "parents that have not finished, and one while it is open"),
                   field("open", boolean()),
                   field("encrypted", boolean(), "at rest"),
                   field("tags", array(text())),
                   field("limit_key", nullable(text())),
                   field("expires_at", nullable(time_text())),
                   field("links", map(text()))});
}

// ---- figures and health

Schema statistics() {
    return object({field("min", number()), field("max", number()), field("mean", number()), field("median", number()),
                   field("p95", number()), field("p99", number()), field("count", integer({.min = 0}))});
}

Schema cache_statistics() {
    const Schema count = integer({.min = 0});
    return object({field("memory_entries", count), field("memory_used_mb", number({.min = 0})),
                   field("disk_used_mb", number({.min = 0})), field("memory_hits", count), field("disk_hits", count),
                   field("cache_misses", count), field("cache_evictions", count),
                   field("hit_rate_percent", number({.min = 0, .max = 100}))});
}

Schema cache_health() {
    Schema schema = cache_statistics();
    schema.fields.insert(schema.fields.begin(),
                         {field("status", one_of({"ok", "degraded"}), "degraded: memory alone keeps documents"),
                          field("duration_ms", number({.min = 0}), "what writing a file took"),
                          optional("detail", text(), "what is wrong")});
    return schema;
}

Schema cache_walk() {
    const Schema count = integer({.min = 0});
    return object({field("status", one_of({"idle", "running", "completed", "failed"})),
                   field("started_at", nullable(time_text())), field("completed_at", nullable(time_text())),
                   field("entries_checked", count), field("entries_removed", count, "damaged ones"),
                   field("bytes_checked", count)});
}

Schema metrics_summary() {
    const Schema count = integer({.min = 0});
    const Schema percent = number({.min = 0, .max = 100});
    return object(
        {field("timestamp", time_text()), field("period_hours", integer({.min = 1})),
         field("summary", object({field("total_metrics", count),
                                  field("statistics", object({field("pdf_generation_time", ref("Statistics"))}))})),
         field("pdf_generation",
               object({field("total_generations", count), field("cached_count", count), field("generated_count", count),
                       field("cache_hit_rate_percent", percent), field("statistics", ref("Statistics"))})),
         field("api_performance", object({field("total_requests", count),
                                          field("endpoints", map(ref("Statistics")), "by operation id; seconds")})),
         field("cache", object({field("memory_entries", count), field("memory_used_mb", number()),
                                field("disk_used_mb", number()), field("hit_rate_percent", percent),
                                field("cache_evictions", count)}))});
}

Schema health_part() {
    return object({field("status", one_of({"ok", "degraded", "failed"})), field("duration_ms", number({.min = 0})),
                   optional("detail", text(), "what is wrong, or how much is left")});
}

Schema health() {
    return object(
        {field("status", one_of({"ready", "degraded", "failed"}),
               "degraded: requests are served, something needs an operator"),
         field("parts", map(ref("HealthPart")),
               "by name: database, writer, disk, data_folder, cache_folder, tasks, document_engine, "
               "token_keys, with TLS tls_certificate; or alone server, failed, when the server is stopping")});
}

Schema problem() {
    return object({field("type", text()), field("title", text()), field("status", integer({.min = 400, .max = 599})),
                   optional("detail", text()), field("instance", text(), "urn:galley:request: and the X-Request-Id"),
                   optional("errors", array(object({field("pointer", text(), "JSON pointer into the request's body"),
                                                    field("message", text())})))});
}

Schema account() {
    return object({field("email", text()),
                   field("role", one_of({"admin", "staff", "user", "worker"}),
                         "for sign-in; calls with a token have the token's"),
                   field("name", text()), field("active", boolean(), "false: switched off, every call gets 403"),
                   field("created_at", time_text())});
}

Schema new_account() {
    return object({optional("role", nullable(one_of({"admin", "staff", "user", "worker"}))),
                   optional("name", nullable(text({.max = auth::kDisplayNameBytesMax}))),
                   optional("active", nullable(boolean()))});
}

Schema audit_entry() {
    const Schema hash = text_like("^[0-9a-f]{64}$");
    return object({field("seq", integer({.min = 1}), "1, 2, 3 … without gaps"), field("time", time_text()),
                   field("who", text(), "e-mail address, or `system`"), field("action", text()),
                   field("object", text()), field("from_address", text()),
                   field("outcome", one_of({"success", "denied", "failure"})), field("request_id", text()),
                   field("previous", hash, "the hash of the entry before"), field("hash", hash)});
}

Schema audit_verdict() {
    return object({field("ok", boolean()), field("entries", integer({.min = 0}), "that are good, from the first on"),
                   field("head", text(), "SEQ:HASH of the last good entry"),
                   field("broken_seq", nullable(integer()), "the first entry that is not good"),
                   field("reason", nullable(text()))});
}

Schema task_event() {
    return object({field("task_id", text()), field("task_type", text()), field("status", task_state()),
                   field("progress", integer({.min = 0, .max = 100})), field("message", text()),
                   field("attempt", integer({.min = 0})), field("at", time_text(), "when it happened"),
                   field("error", nullable(text()))});
}

std::vector<NamedSchema> make_schemas() {
    std::vector<NamedSchema> all = {
        {"Account", "what is noted of an address", account()},
        {"ActivityEntry", "one entry of a room's activity", room_object(rooms::activity_schema())},
        {"AuditEntry", "one line of the audit log", audit_entry()},
        {"AuditVerdict", "whether the chain of hashes holds", audit_verdict()},
        {"BatchTask", "one of several tasks that shall be done", batch_task(), Objects::Closed},
        {"CacheHealth", "whether documents can be kept, and the figures since the start", cache_health()},
        {"CacheStatistics", "the document cache since the start", cache_statistics()},
        {"CacheWalk", "a walk through all cached files", cache_walk()},
        {"CronDescription", "an expression in words and figures", cron_description()},
        {"CronQuestion", "an expression, and from when on", cron_question(), Objects::Closed},
        {"CronTimes", "when an expression fires", cron_times()},
        {"CronVerdict", "whether an expression is good", cron_verdict()},
        {"Health", "each part with its state and the time that the look at it took", health()},
        {"HealthPart", "", health_part()},
        {"Member", "", member()},
        {"MetricsSummary", "figures of the last hours; durations in seconds", metrics_summary()},
        {"NewAccount", "what an account shall be", new_account(), Objects::Closed},
        {"NewSchedule", "what a schedule shall be", new_schedule(), Objects::Closed},
        {"NewSnapshot", "what a snapshot shall be", new_snapshot(), Objects::Closed},
        {"NewTask", "what shall be done", new_task(), Objects::Closed},
        {"Problem", "an error (RFC 9457)", problem()},
        {"Queue", "a queue of tasks: how it stands and what is set of it", queue()},
        {"QueueLimits", "what is set of a queue", object(queue_limits()), Objects::Closed},
        {"Room", "a whole room", room_object(rooms::room_schema()), Objects::Closed},
        {"RoomHead", "a room in a list", room_head()},
        {"Schedule", "a task that is enqueued at the times of a cron expression", schedule_record()},
        {"ScheduleChange", "what a schedule shall be from now on", schedule_change(), Objects::Closed},
        {"ScheduleRun", "one entry of a schedule's history", schedule_run()},
        {"ScheduleStatistics", "", schedule_stats()},
        {"ScheduledTask", "what shall be enqueued each time", scheduled_task(), Objects::Closed},
        {"Snapshot", "a room's state rendered to PDF at a moment", snapshot()},
        {"Statistics", "", statistics()},
        {"Task", "one unit of background work", task()},
        {"TaskEvent", "the data of one event of a live stream", task_event()},
        {"TaskRef", "a task that was accepted", task_ref()},
    };
    std::ranges::move(document_schemas(), std::back_inserter(all));
    std::ranges::move(worker_schemas(), std::back_inserter(all));
    std::ranges::move(monitoring_schemas(), std::back_inserter(all));
    std::ranges::sort(all, {}, &NamedSchema::name);
    return all;
}

struct PathParameter {
    std::string_view name;
    std::string_view description;
    std::string_view example;
    Schema (*schema)();
};

constexpr PathParameter kPathParameters[] = {
    {"room_id", "1 to 64 letters, digits, '.', '_' or '-'", "room-1",
     [] { return text_like("^[A-Za-z0-9._-]{1,64}$"); }},
    {"snapshot_id", "the snapshot's id, snap-…", "snap-0000000001c0ffee42", [] { return text_like("^snap-"); }},
    {"hash", "the document's content hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
     [] { return text_like("^[0-9a-f]{64}$"); }},
    {"task_id", "the task's id", "task-0000000001c0ffee",
     [] { return text({.min = 1, .max = tasks::kTaskIdBytesMax}); }},
    {"queue", "the queue's name", "reports", [] { return text({.min = 1, .max = tasks::kNameBytesMax}); }},
    {"kind", "the kind's name", "resize", [] { return text({.min = 1, .max = tasks::kNameBytesMax}); }},
    {"schedule", "the schedule's name", "nightly-report",
     [] { return text({.min = 1, .max = schedule::kScheduleNameBytesMax}); }},
    {"email", "an e-mail address", "ann@example.org", [] { return text({.min = 3, .max = auth::kEmailBytesMax}); }},
};

const PathParameter* find_path_parameter(std::string_view name) {
    const auto* found = std::ranges::find(kPathParameters, name, &PathParameter::name);
    return found == std::end(kPathParameters) ? nullptr : found;
}

}  // namespace

const std::vector<NamedSchema>& all_schemas() {
    static const std::vector<NamedSchema> kSchemas = make_schemas();
    return kSchemas;
}

Schema path_parameter_schema(std::string_view name) {
    const PathParameter* known = find_path_parameter(name);
    return known == nullptr ? text({.min = 1}) : known->schema();
}

std::string_view path_parameter_description(std::string_view name) {
    const PathParameter* known = find_path_parameter(name);
    return known == nullptr ? std::string_view() : known->description;
}

std::string_view path_parameter_example(std::string_view name) {
    const PathParameter* known = find_path_parameter(name);
    return known == nullptr ? name : known->example;
}

QueryParameter wait_parameter() {
    return {"wait", integer({.min = 0, .max = 60}), "seconds to hold the answer until the work is finished"};
}

std::vector<QueryParameter> paged(std::vector<QueryParameter> filters) {
    filters.push_back({"limit",
                       with_default(integer({.min = 1, .max = kPageLimitMax}), std::to_string(kPageLimitDefault)),
                       "entries a page"});
    filters.push_back(
        {"cursor", text({.min = 1, .max = kCursorBytesMax}), "opaque; taken from next of the page before"});
    return filters;
}

Answer answer_of(int status, const char* description, Schema schema) {
    return {.status = status, .description = description, .schema = std::move(schema)};
}

Answer created(const char* description, Schema schema) {
    return {.status = 201,
            .description = description,
            .schema = std::move(schema),
            .headers = {{"Location", "path of what was created"}}};
}

Answer accepted(const char* description, Schema schema, std::vector<AnswerHeader> headers) {
    return {.status = 202, .description = description, .schema = std::move(schema), .headers = std::move(headers)};
}

Answer no_content(const char* description) {
    return {.status = 204, .description = description};
}

}  // namespace galley::api
