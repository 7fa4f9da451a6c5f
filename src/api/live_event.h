// src/api/live_event.h — what a listener of a live stream gets: one change of one task, and its form on the wire.
//
// Shape    A LiveEvent is made once and shared by history and listeners. append_frame() writes it as a Server-Sent
//          Event: id, name, one line of JSON.
//          An id is PERIOD-POSITION: the hub's period of recording in hexadecimal, and the event's number in it. The id
//          of a task's end says in which attempt: PERIOD-POSITION.ATTEMPT. So a listener that comes again with the end
//          of an attempt as the last it saw is known to need nothing more, in any later process.
// Errors   parse_live_id: nullopt for whatever we did not write.
// Threads  values.
// Source   R58; https://html.spec.whatwg.org/multipage/server-sent-events.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tasks/engine.h"

namespace galley::api {

struct LiveId {
    std::uint64_t period = 0;
    std::uint64_t position = 0;
    std::optional<int> ended_attempt{};  // the event was the end of its task
    bool operator==(const LiveId&) const = default;
};
std::string to_string(const LiveId& id);
std::optional<LiveId> parse_live_id(std::string_view text);

struct LiveEvent {
    tasks::TaskSeq task = 0;
    tasks::TaskEvent event = tasks::TaskEvent::Created;
    tasks::TaskState state = tasks::TaskState::Pending;
    int attempt = 0;
    int progress = 0;
    std::string created_by;
    std::string data;  // JSON
    LiveId id{};       // given by the history

    bool is_progress() const { return event == tasks::TaskEvent::Progress; }
    bool is_final() const { return tasks::is_terminal(state) && !is_progress(); }
    std::size_t bytes() const { return sizeof(LiveEvent) + created_by.size() + data.size(); }
};
using LiveEventPtr = std::shared_ptr<const LiveEvent>;

// As the engine tells it, without an id.
LiveEvent live_event(const tasks::TaskNotice& notice);
// A task's present state as the record has it: `data` of the events "task.snapshot" and of an end that was missed.
std::string live_data(const tasks::TaskRecord& task, Time now);
// What ends a task in this state, as far as the record says.
tasks::TaskEvent final_event(tasks::TaskState state);

void append_frame(std::string& out, std::string_view id, std::string_view event, std::string_view data);
void append_frame(std::string& out, const LiveEvent& event);

}  // namespace galley::api
