// src/rooms/snapshot.h — what a snapshot is, its states as a table, and its public id.
//
// Shape    id = "snap-" + 18 hex digits (row number and a random tag); its task's id = "snapshot-" + id (R21).
// Errors   parse_snapshot_id: nullopt.
// Limits   kSnapshotTitleBytesMax.
// Source   SPEC R21–R22; docs/states.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/error.h"
#include "base/time.h"

namespace galley::rooms {

inline constexpr std::size_t kSnapshotTitleBytesMax = 300;

enum class SnapshotState : std::uint8_t { Generating = 0, Completed = 1, Failed = 2 };
enum class SnapshotEvent : std::uint8_t { Rendered, RenderFailed, RenderRetried };

struct SnapshotTransition {
    SnapshotState from;
    SnapshotEvent event;
    SnapshotState to;
};

inline constexpr std::array kSnapshotTransitions{
    SnapshotTransition{SnapshotState::Generating, SnapshotEvent::Rendered, SnapshotState::Completed},
    SnapshotTransition{SnapshotState::Generating, SnapshotEvent::RenderFailed, SnapshotState::Failed},
    SnapshotTransition{SnapshotState::Failed, SnapshotEvent::RenderRetried, SnapshotState::Generating},
};

// The one transition of an event: statements take their states from it.
consteval SnapshotTransition snapshot_transition(SnapshotEvent event) {
    for (const SnapshotTransition& transition : kSnapshotTransitions)
        if (transition.event == event) return transition;
    throw "an event without a transition";
}

std::string_view snapshot_state_name(SnapshotState state);  // "generating", "completed", "failed"
std::optional<SnapshotState> parse_snapshot_state(std::string_view name);

// Which sections are printed.
struct Includes {
    bool documents = true, activity = true, approvals = true;
    bool operator==(const Includes&) const = default;
    int bits() const { return (documents ? 1 : 0) | (activity ? 2 : 0) | (approvals ? 4 : 0); }
    static Includes from_bits(std::int64_t bits) { return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0}; }
};

struct SnapshotId {
    std::int64_t seq = 0;
    std::uint32_t tag = 0;
    bool operator==(const SnapshotId&) const = default;
};

std::string to_string(SnapshotId id);
std::optional<SnapshotId> parse_snapshot_id(std::string_view text);
std::string snapshot_task_id(SnapshotId id);
// Of "snapshot-snap-…".
std::optional<SnapshotId> parse_snapshot_task_id(std::string_view text);

struct Snapshot {
    SnapshotId id;
    std::string room_id;
    std::string title;
    std::string created_by;
    Time created_at{};
    Includes includes;
    SnapshotState state = SnapshotState::Generating;
    std::optional<Digest> content_hash;
    std::int64_t file_size = 0;
    std::optional<int> page_count;
    std::optional<std::string> error;
    std::optional<Time> completed_at;
};

}  // namespace galley::rooms
