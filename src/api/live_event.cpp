#include "api/live_event.h"

#include <charconv>

#include "codec/date.h"
#include "codec/json_writer.h"

namespace galley::api {

namespace {

constexpr std::size_t kIdBytesMax = 64;

// What an event tells of a task, whichever way it is known.
struct Told {
    std::string_view id;
    std::string_view kind;
    tasks::TaskState state;
    int attempt;
    int progress;
    std::string_view message;
    std::string_view error;
    Time at;
};

std::string to_json(const Told& told) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("task_id", told.id);
    json.field("task_type", told.kind);
    json.field("status", tasks::state_name(told.state));
    json.field("progress", told.progress);
    json.field("message", told.message);
    json.field("attempt", told.attempt);
    json.field("at", codec::format_rfc3339(told.at));
    if (told.error.empty()) {
        json.null_field("error");
    } else {
        json.field("error", told.error);
    }
    json.end_object();
    return out;
}

// The number at the front of `text`, which must begin with a digit of the base; it is taken off.
template <typename Number>
std::optional<Number> take_number(std::string_view& text, int base) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc() || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool take_sign(std::string_view& text, char sign) {
    if (!text.starts_with(sign)) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::string to_string(const LiveId& id) {
    char period[17];
    const auto [end, error] = std::to_chars(period, period + sizeof(period), id.period, 16);
    std::string text(period, end);
    text += '-';
    text += std::to_string(id.position);
    if (id.ended_attempt) text += '.' + std::to_string(*id.ended_attempt);
    return text;
}

std::optional<LiveId> parse_live_id(std::string_view text) {
    if (text.size() > kIdBytesMax) return std::nullopt;
    LiveId id;
    const auto period = take_number<std::uint64_t>(text, 16);
    if (!period || !take_sign(text, '-')) return std::nullopt;
    const auto position = take_number<std::uint64_t>(text, 10);
    if (!position) return std::nullopt;
    id = {*period, *position, std::nullopt};
    if (text.empty()) return id;
    if (!take_sign(text, '.')) return std::nullopt;
    id.ended_attempt = take_number<int>(text, 10);
    return id.ended_attempt && text.empty() ? std::optional(id) : std::nullopt;
}

LiveEvent live_event(const tasks::TaskNotice& notice) {
    return {.task = notice.seq,
            .event = notice.event,
            .state = notice.state,
            .attempt = notice.attempt,
            .progress = notice.progress,
            .created_by = std::string(notice.created_by),
            .data = to_json({notice.id, notice.kind, notice.state, notice.attempt, notice.progress, notice.message,
                             notice.error, notice.at})};
}

std::string live_data(const tasks::TaskRecord& task, Time now) {
    const std::string_view error = task.error ? std::string_view(*task.error) : std::string_view();
    return to_json({task.id, task.kind, task.state, task.attempt, task.progress, task.message, error,
                    task.completed_at.value_or(now)});
}

tasks::TaskEvent final_event(tasks::TaskState state) {
    if (state == tasks::TaskState::Completed) return tasks::TaskEvent::Completed;
    if (state == tasks::TaskState::Cancelled) return tasks::TaskEvent::Cancelled;
    return tasks::TaskEvent::Failed;
}

// JSON has no line break outside of its strings, and none that is not escaped inside.
void append_frame(std::string& out, std::string_view id, std::string_view event, std::string_view data) {
    out += "id: ";
    out += id;
    out += "\nevent: ";
    out += event;
    out += "\ndata: ";
    out += data;
    out += "\n\n";
}

void append_frame(std::string& out, const LiveEvent& event) {
    append_frame(out, to_string(event.id), tasks::event_name(event.event), event.data);
}

}  // namespace galley::api
