// src/tasks/states.h — the states of a task, as a table: the only way to change one.
//
// Shape    kTransitions lists (from, event, to). next_state() looks a transition up; the drawing in docs/states.md is
//          generated from the same table (a test compares). The names are what the API and the event stream show; the
//          numbers are stored in the database and never change.
// Errors   next_state: Conflict, naming the state and the event.
// Source   SPEC R50. A short task's start and end may reach the database in one update; both transitions happened.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace galley::tasks {

enum class TaskState : std::uint8_t {
    Scheduled = 0,
    Pending = 1,
    Running = 2,
    Completed = 3,
    Failed = 4,
    Cancelled = 5
};
inline constexpr int kTaskStateCount = 6;

enum class TaskEvent : std::uint8_t {
    Created,    // enters as scheduled or pending
    Due,        // its time has come, or its parents have ended
    Started,    // a worker took it
    Progress,   // changes no state
    Completed,  // handler: done
    Retrying,   // handler: retry, or the attempt timed out, and attempts are left
    Snoozed,    // handler: later, attempt not counted
    Released,   // put back at shutdown, attempt not counted
    Rescued,    // its worker died, and attempts are left
    Deferred,   // its worker died once more: tried later, when others run beside it
    Failed,     // handler: fail for good, or attempts exhausted
    Poisoned,   // killed its worker too often
    Cancelled,
    Requeued,      // a failed one is tried again by hand
    Expired,       // it had not begun by its time
    ParentFailed,  // a parent failed or was cancelled
};
inline constexpr int kTaskEventCount = 16;

struct Transition {
    TaskState from;
    TaskEvent event;
    TaskState to;
};

inline constexpr std::array kTransitions{
    Transition{TaskState::Scheduled, TaskEvent::Due, TaskState::Pending},
    Transition{TaskState::Scheduled, TaskEvent::Cancelled, TaskState::Cancelled},
    Transition{TaskState::Scheduled, TaskEvent::Expired, TaskState::Cancelled},
    Transition{TaskState::Scheduled, TaskEvent::ParentFailed, TaskState::Failed},
    Transition{TaskState::Pending, TaskEvent::Started, TaskState::Running},
    Transition{TaskState::Pending, TaskEvent::Cancelled, TaskState::Cancelled},
    Transition{TaskState::Pending, TaskEvent::Expired, TaskState::Cancelled},
    Transition{TaskState::Running, TaskEvent::Completed, TaskState::Completed},
    Transition{TaskState::Running, TaskEvent::Retrying, TaskState::Scheduled},
    Transition{TaskState::Running, TaskEvent::Snoozed, TaskState::Scheduled},
    Transition{TaskState::Running, TaskEvent::Released, TaskState::Pending},
    Transition{TaskState::Running, TaskEvent::Rescued, TaskState::Pending},
    Transition{TaskState::Running, TaskEvent::Deferred, TaskState::Scheduled},
    Transition{TaskState::Running, TaskEvent::Failed, TaskState::Failed},
    Transition{TaskState::Running, TaskEvent::Poisoned, TaskState::Failed},
    Transition{TaskState::Running, TaskEvent::Cancelled, TaskState::Cancelled},
    Transition{TaskState::Failed, TaskEvent::Requeued, TaskState::Pending},
};

constexpr std::optional<TaskState> find_transition(TaskState from, TaskEvent event) {
    for (const Transition& transition : kTransitions) {
        if (transition.from == from && transition.event == event) return transition.to;
    }
    return std::nullopt;
}

Result<TaskState> next_state(TaskState from, TaskEvent event);

constexpr bool is_terminal(TaskState state) {
    return state >= TaskState::Completed;
}

std::string_view state_name(TaskState state);  // "pending"
std::optional<TaskState> parse_state(std::string_view name);
std::string_view event_name(TaskEvent event);  // "task.started"

// docs/states.md: the table and its diagram.
std::string states_markdown();

}  // namespace galley::tasks
