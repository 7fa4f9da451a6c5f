// src/api/json_parts.h — the JSON forms that several resources share: tasks (R50), snapshots (R21–R22).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/json_writer.h"
#include "rooms/snapshot.h"
#include "tasks/task.h"

namespace galley::api {

void time_field(codec::JsonWriter& json, std::string_view name, std::optional<Time> time);

template <typename Value>
void optional_field(codec::JsonWriter& json, std::string_view name, const std::optional<Value>& value) {
    if (value) {
        json.field(name, *value);
    } else {
        json.null_field(name);
    }
}

// {"scheduled": 0, "pending": 2, …}
void append_task_counts(codec::JsonWriter& json, const tasks::TaskCounts& counts);
void append_task(codec::JsonWriter& json, const tasks::TaskRecord& task);
void append_snapshot(codec::JsonWriter& json, const rooms::Snapshot& snapshot);
std::string task_json(const tasks::TaskRecord& task);
std::string snapshot_json(const rooms::Snapshot& snapshot);

}  // namespace galley::api
