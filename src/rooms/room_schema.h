// src/rooms/room_schema.h — what a room's JSON must look like, as one table; and which of its fields a snapshot prints.
//
// Shape    {"room":{…}, "parties":[…], "vessels":[…], "documents":[…], "approvals":[…], "activity":[…], "summary":{…},
//          "generated_at":"…"}; see assets/demo/room.json. `room` is required, the rest may be absent.
// Errors   check_room: InvalidInput with a JSON pointer for every fault (at most kRoomFaultsMax); unknown members are
//          faults (R1).
// Limits   k…Max below.
// Source   SPEC R20, R24.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "codec/json.h"

namespace galley::rooms {

inline constexpr std::size_t kRoomListEntriesMax = 10'000;
inline constexpr std::size_t kRoomTextBytesMax = 20'000;
inline constexpr std::size_t kRoomFaultsMax = 50;
inline constexpr std::size_t kRoomIdBytesMax = 64;

enum class FieldType : std::uint8_t { Text, Integer, Number, Object, ObjectList, TextList, Time };
enum class Need : std::uint8_t { Required, Optional, Nullable };  // Nullable: may be absent or null
enum class Print : std::uint8_t { Yes, No };

struct FieldRule {
    const char* name;
    FieldType type;
    Need need = Need::Optional;
    Print print = Print::No;
    std::span<const FieldRule> members{};  // of Object and ObjectList
};

std::span<const FieldRule> room_schema();      // the whole body
std::span<const FieldRule> activity_schema();  // one activity entry

// `room.id` must equal `room_id` when it is given.
Result<void> check_room(const codec::JsonValue& body, std::string_view room_id);
Result<void> check_activity_entry(const codec::JsonValue& entry);
// Letters, digits, '.', '_', '-'; 1 to kRoomIdBytesMax bytes.
bool is_room_id(std::string_view text);

// The printed members of `value` as JSON, in the table's order.
std::string printed_json(const codec::JsonValue& value, std::span<const FieldRule> rules);

}  // namespace galley::rooms
