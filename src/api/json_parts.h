// src/api/json_parts.h — the JSON forms that several resources share: tasks (R50), snapshots (R21–R22).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
void append_texts(codec::JsonWriter& json, std::string_view name, const std::vector<std::string>& texts);

// {"items":[…]}: a list that has no pages. append(json, item) writes one.
template <typename Items, typename Append>
std::string items_json(const Items& items, Append append) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.key("items");
    json.begin_array();
    for (const auto& item : items) append(json, item);
    json.end_array();
    json.end_object();
    return out;
}

void append_task(codec::JsonWriter& json, const tasks::TaskRecord& task);
void append_snapshot(codec::JsonWriter& json, const rooms::Snapshot& snapshot);
std::string task_json(const tasks::TaskRecord& task);
std::string snapshot_json(const rooms::Snapshot& snapshot);

}  // namespace galley::api
