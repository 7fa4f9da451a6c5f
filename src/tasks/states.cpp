#include "tasks/states.h"

#include <fmt/format.h>

#include <iterator>

namespace galley::tasks {
namespace {

struct EventText {
    const char* name;
    const char* meaning;
};

constexpr std::array<std::string_view, kTaskStateCount> kStateNames{"scheduled", "pending", "running",
                                                                    "completed", "failed",  "cancelled"};

constexpr std::array<EventText, kTaskEventCount> kEventTexts{{
    {"task.created", "it is durable; enters as `scheduled` (not before a time, or after its parents) or `pending`"},
    {"task.due", "its time has come, or the last of its parents has ended"},
    {"task.started", "a worker took it; the attempt counts"},
    {"task.progress", "progress or message; changes no state"},
    {"task.completed", "the handler is done"},
    {"task.retrying", "the handler asks to try again, or the attempt timed out, and attempts are left"},
    {"task.snoozed", "the handler wants it later; the attempt does not count"},
    {"task.released", "put back at shutdown; the attempt does not count"},
    {"task.rescued", "its worker died, and attempts are left"},
    {"task.deferred", "its worker died once more: tried later, when others run beside it"},
    {"task.failed", "the handler gave up, or attempts are exhausted"},
    {"task.poisoned", "it killed its worker too often: quarantined"},
    {"task.cancelled", "cancelled by a caller, or by the handler"},
    {"task.requeued", "a failed one is tried once more by hand"},
    {"task.expired", "it had not begun by the time that its creator set"},
    {"task.parent_failed", "a parent failed or was cancelled, and it was not to go on without"},
}};

constexpr bool every_nonterminal_state_has_a_way_out() {
    for (int s = 0; s < kTaskStateCount; ++s) {
        const auto state = static_cast<TaskState>(s);
        bool leaves = false;
        for (const Transition& transition : kTransitions) leaves = leaves || transition.from == state;
        if (!leaves && !is_terminal(state)) return false;
    }
    return true;
}
static_assert(every_nonterminal_state_has_a_way_out());

}  // namespace

Result<TaskState> next_state(TaskState from, TaskEvent event) {
    if (const auto to = find_transition(from, event)) return *to;
    return fail(ErrorCode::Conflict, fmt::format("a {} task allows no {}", state_name(from), event_name(event)));
}

std::string_view state_name(TaskState state) {
    return kStateNames[static_cast<std::size_t>(state)];
}

std::optional<TaskState> parse_state(std::string_view name) {
    for (std::size_t i = 0; i < kStateNames.size(); ++i) {
        if (kStateNames[i] == name) return static_cast<TaskState>(i);
    }
    return std::nullopt;
}

std::string_view event_name(TaskEvent event) {
    return kEventTexts[static_cast<std::size_t>(event)].name;
}

std::string states_markdown() {
    std::string out =
        "# States of a task\n\n"
        "Generated from the table in `src/tasks/states.h`, which is the only way to change a state; a test compares.\n"
        "`completed`, `failed` and `cancelled` are terminal; a failed task can be tried again by hand.\n\n"
        "```mermaid\nstateDiagram-v2\n    [*] --> scheduled: created\n    [*] --> pending: created\n";
    for (const Transition& t : kTransitions) {
        fmt::format_to(std::back_inserter(out), "    {} --> {}: {}\n", state_name(t.from), state_name(t.to),
                       event_name(t.event).substr(5));
    }
    out += "    completed --> [*]\n    cancelled --> [*]\n```\n\n| from | event | to |\n| --- | --- | --- |\n";
    for (const Transition& t : kTransitions) {
        fmt::format_to(std::back_inserter(out), "| {} | {} | {} |\n", state_name(t.from), event_name(t.event),
                       state_name(t.to));
    }
    out += "\n| event | meaning |\n| --- | --- |\n";
    for (const EventText& event : kEventTexts) {
        fmt::format_to(std::back_inserter(out), "| {} | {} |\n", event.name, event.meaning);
    }
    return out;
}

}  // namespace galley::tasks
