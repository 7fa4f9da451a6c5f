#include "rooms/snapshot.h"

#include <fmt/format.h>

#include <charconv>

namespace galley::rooms {

namespace {

constexpr std::string_view kIdPrefix = "snap-";
constexpr std::string_view kTaskPrefix = "snapshot-";
constexpr std::size_t kSeqDigits = 10;
constexpr std::size_t kTagDigits = 8;

template <typename Number>
bool parse_lower_hex(std::string_view text, Number& number) {
    for (const char c : text)
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    return std::from_chars(text.data(), text.data() + text.size(), number, 16).ec == std::errc();
}

}  // namespace

std::string_view snapshot_state_name(SnapshotState state) {
    constexpr std::array<std::string_view, 3> kNames = {"generating", "completed", "failed"};
    return kNames.at(static_cast<std::size_t>(state));
}

std::optional<SnapshotState> parse_snapshot_state(std::string_view name) {
    for (const auto state : {SnapshotState::Generating, SnapshotState::Completed, SnapshotState::Failed}) {
        if (name == snapshot_state_name(state)) return state;
    }
    return std::nullopt;
}

std::string to_string(SnapshotId id) {
    return fmt::format("snap-{:010x}{:08x}", id.seq, id.tag);
}

std::optional<SnapshotId> parse_snapshot_id(std::string_view text) {
    if (!text.starts_with(kIdPrefix)) return std::nullopt;
    text.remove_prefix(kIdPrefix.size());
    SnapshotId id;
    if (text.size() != kSeqDigits + kTagDigits || !parse_lower_hex(text.substr(0, kSeqDigits), id.seq) ||
        !parse_lower_hex(text.substr(kSeqDigits), id.tag)) {
        return std::nullopt;
    }
    return id;
}

std::string snapshot_task_id(SnapshotId id) {
    return std::string(kTaskPrefix) + to_string(id);
}

std::optional<SnapshotId> parse_snapshot_task_id(std::string_view text) {
    if (!text.starts_with(kTaskPrefix)) return std::nullopt;
    return parse_snapshot_id(text.substr(kTaskPrefix.size()));
}

}  // namespace galley::rooms
