#include "tasks/lane.h"

#include <functional>

#include "base/digest.h"

namespace galley::tasks {

LaneView lane_of(const TaskRecord& task) {
    return {task.queue, task.kind, task.priority, task.created_by, task.limit_key};
}

// None of the parts holds a NUL: names and keys are checked when they come in.
LaneId lane_id(const LaneView& lane) {
    std::string text;
    text.reserve(lane.queue.size() + lane.kind.size() + lane.caller.size() + lane.limit_key.size() + 8);
    for (const std::string_view part : {lane.queue, lane.kind, lane.caller, lane.limit_key}) {
        text += part;
        text += '\0';
    }
    text += static_cast<char>('0' + lane.priority);
    const Digest digest = sha256(text);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof bits; ++i) bits = bits << 8 | digest.bytes[i];
    return static_cast<LaneId>(bits >> 1) | 1;
}

std::size_t LaneHash::operator()(const LaneView& lane) const {
    const std::hash<std::string_view> hash;
    std::size_t sum = static_cast<std::size_t>(lane.priority);
    for (const std::string_view part : {lane.queue, lane.kind, lane.caller, lane.limit_key}) {
        sum = (sum ^ hash(part)) * 0x9e3779b97f4a7c15ull;
    }
    return sum;
}

}  // namespace galley::tasks
