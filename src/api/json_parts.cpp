#include "api/json_parts.h"

#include "codec/date.h"
#include "codec/url.h"

namespace galley::api {

namespace {

void optional_text(codec::JsonWriter& json, std::string_view name, const std::optional<std::string>& text) {
    if (text) return json.field(name, *text);
    json.null_field(name);
}

std::string snapshot_path(const rooms::Snapshot& snapshot) {
    return "/api/v1/rooms/" + codec::percent_encode(snapshot.room_id) + "/snapshots/" + to_string(snapshot.id);
}

void append_links(codec::JsonWriter& json, const tasks::TaskRecord& task) {
    json.key("links");
    json.begin_object();
    json.field("self", "/api/v1/tasks/" + codec::percent_encode(task.id));
    json.end_object();
}

}  // namespace

void time_field(codec::JsonWriter& json, std::string_view name, std::optional<Time> time) {
    if (time) return json.field(name, codec::format_rfc3339(*time));
    json.null_field(name);
}

void append_task_counts(codec::JsonWriter& json, const tasks::TaskCounts& counts) {
    json.begin_object();
    for (int i = 0; i < tasks::kTaskStateCount; ++i) {
        const auto state = static_cast<tasks::TaskState>(i);
        json.field(tasks::state_name(state), counts[state]);
    }
    json.end_object();
}

void append_texts(codec::JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name);
    json.begin_array();
    for (const std::string& text : texts) json.value(text);
    json.end_array();
}

void append_task(codec::JsonWriter& json, const tasks::TaskRecord& task) {
    json.begin_object();
    json.field("task_id", task.id);
    json.field("task_type", task.kind);
    json.field("status", tasks::state_name(task.state));
    json.field("progress", task.progress);
    json.field("message", task.message);
    json.field("queue", task.queue);
    json.field("priority", task.priority);
    json.field("attempt", task.attempt);
    json.field("max_attempts", task.max_attempts);
    time_field(json, "created_at", task.created_at);
    time_field(json, "scheduled_at", task.scheduled_at);
    time_field(json, "started_at", task.started_at);
    time_field(json, "completed_at", task.completed_at);
    if (task.result) {
        json.raw_field("result", *task.result);
    } else {
        json.null_field("result");
    }
    optional_text(json, "error", task.error);
    json.field("correlation_id", task.correlation_id);
    json.field("created_by", task.created_by);
    append_texts(json, "parents", task.parents);
    json.field("waits_for", task.parents_left);
    json.field("open", task.open);
    json.field("encrypted", task.encrypted);
    append_texts(json, "tags", task.tags);
    optional_text(json, "limit_key", task.limit_key.empty() ? std::nullopt : std::optional(task.limit_key));
    time_field(json, "expires_at", task.expires_at);
    append_links(json, task);
    json.end_object();
}

void append_snapshot(codec::JsonWriter& json, const rooms::Snapshot& snapshot) {
    json.begin_object();
    json.field("id", to_string(snapshot.id));
    json.field("room_id", snapshot.room_id);
    json.field("title", snapshot.title);
    json.field("created_by", snapshot.created_by);
    time_field(json, "created_at", snapshot.created_at);
    json.field("status", rooms::snapshot_state_name(snapshot.state));
    json.field("file_size", snapshot.file_size);
    json.field("snapshot_type", "pdf");
    json.field("task_id", rooms::snapshot_task_id(snapshot.id));
    if (snapshot.content_hash) {
        json.field("content_hash", snapshot.content_hash->hex());
    } else {
        json.null_field("content_hash");
    }
    if (snapshot.page_count) {
        json.field("page_count", *snapshot.page_count);
    } else {
        json.null_field("page_count");
    }
    optional_text(json, "error", snapshot.error);
    time_field(json, "completed_at", snapshot.completed_at);
    json.field("include_documents", snapshot.includes.documents);
    json.field("include_activity", snapshot.includes.activity);
    json.field("include_approvals", snapshot.includes.approvals);
    json.field("download_url", snapshot_path(snapshot) + "/download");
    json.end_object();
}

std::string task_json(const tasks::TaskRecord& task) {
    std::string out;
    codec::JsonWriter json(out);
    append_task(json, task);
    return out;
}

std::string snapshot_json(const rooms::Snapshot& snapshot) {
    std::string out;
    codec::JsonWriter json(out);
    append_snapshot(json, snapshot);
    return out;
}

}  // namespace galley::api
