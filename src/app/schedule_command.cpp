#include "app/schedule_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/commands.h"
#include "app/listing.h"
#include "codec/json_writer.h"
#include "codec/url.h"

namespace galley::app {

namespace {

constexpr std::array<Column, 9> kScheduleColumns{{{"SCHEDULE", "name"},
                                                  {"CRON", "cron"},
                                                  {"ZONE", "timezone"},
                                                  {"PAUSED", "paused"},
                                                  {"NEXT", "next_run_at"},
                                                  {"LAST", "last_run_at"},
                                                  {"FIRED", "fired"},
                                                  {"MISSED", "missed"},
                                                  {"BY", "created_by"}}};
constexpr std::array<Column, 6> kRunColumns{{{"RUN", "number"},
                                             {"OUTCOME", "outcome"},
                                             {"DUE", "due_at"},
                                             {"MISSED", "missed"},
                                             {"TASK", "task_id"},
                                             {"ERROR", "error"}}};
constexpr const char* kPath = "/api/v1/schedules";
constexpr int kPageMax = 200;

std::string path_of(const std::string& name, const char* part = "") {
    return std::string(kPath) + '/' + codec::percent_encode(name) + part;
}

int print_list(const ScheduleCommand& command, const std::string& path, std::span<const Column> columns) {
    const auto found = list_items(command.remote, path, columns, static_cast<std::size_t>(command.limit));
    if (!found) return report(found.error());
    print_listing(*found, columns, command.json);
    return 0;
}

// One after the other, so that what went wrong is known by its name; the others are done all the same.
template <typename Tell>
int each_schedule(const ScheduleCommand& command, const char* method, const char* part, Tell tell) {
    int code = 0;
    for (const std::string& name : command.names) {
        const auto answer = ask_server(command.remote, method, path_of(name, part));
        if (!answer) {
            fmt::print(stderr, "galley: {}: {}\n", name, answer.error().to_string());
            code = 1;
        } else if (command.json) {
            print_answer(answer->root(), true);
        } else {
            tell(name, answer->root());
        }
    }
    return code;
}

std::string text_of(const codec::JsonValue& object, const char* member) {
    const auto value = object.find(member);
    return value && value->is_string() ? std::string(value->string()) : "never";
}

// The task: --options with type and input set.
Result<std::string> task_json(const ScheduleCommand& command) {
    GALLEY_TRY(const codec::JsonDocument options, codec::JsonDocument::parse(command.options));
    GALLEY_TRY(const codec::JsonDocument input, codec::JsonDocument::parse(command.input));
    if (!options.root().is_object()) return fail(ErrorCode::InvalidInput, "--options must be a JSON object");
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    options.root().for_each_member([&](std::string_view name, const codec::JsonValue& value) {
        if (name != "task_type" && name != "input") json.raw_field(name, value.to_json());
    });
    json.field("task_type", command.kind);
    json.raw_field("input", input.root().to_json());
    json.end_object();
    return out;
}

Result<std::string> schedule_json(const ScheduleCommand& command) {
    GALLEY_TRY(const std::string task, task_json(command));
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    if (!command.replace) json.field("name", command.name);
    json.field("cron", command.cron);
    json.field("seconds_first", command.seconds_first);
    json.field("timezone", command.zone);
    json.raw_field("task", task);
    json.field("missed_runs", command.missed);
    json.field("overlap", command.overlap);
    json.field("paused", command.paused);
    json.field("description", command.description);
    json.end_object();
    return out;
}

}  // namespace

int schedule_list(const ScheduleCommand& command) {
    const std::string path =
        fmt::format("{}?limit={}{}", kPath, std::min(command.limit, kPageMax), command.paused ? "&paused=true" : "");
    return print_list(command, path, kScheduleColumns);
}

int schedule_show(const ScheduleCommand& command) {
    const auto answer = ask_server(command.remote, "GET", path_of(command.names.front()));
    if (!answer) return report(answer.error());
    print_answer(answer->root(), command.json);
    return 0;
}

int schedule_create(const ScheduleCommand& command) {
    const Result<std::string> body = schedule_json(command);
    if (!body) return report(body.error());
    const auto made = command.replace ? ask_server(command.remote, "PUT", path_of(command.name), *body)
                                      : ask_server(command.remote, "POST", kPath, *body);
    if (!made) return report(made.error());
    if (command.json) {
        print_answer(made->root(), true);
    } else {
        fmt::print("{}: {}; next at {}\n", command.name, text_of(made->root(), "words"),
                   text_of(made->root(), "next_run_at"));
    }
    return 0;
}

int schedule_pause(const ScheduleCommand& command) {
    return each_schedule(command, "POST", "/pause",
                         [](const std::string& name, const codec::JsonValue&) { fmt::print("{} is paused\n", name); });
}

int schedule_resume(const ScheduleCommand& command) {
    return each_schedule(command, "POST", "/resume", [](const std::string& name, const codec::JsonValue& schedule) {
        fmt::print("{} goes on; next at {}\n", name, text_of(schedule, "next_run_at"));
    });
}

int schedule_run(const ScheduleCommand& command) {
    return each_schedule(command, "POST", "/run", [](const std::string& name, const codec::JsonValue& run) {
        fmt::print("{} has enqueued {}\n", name, text_of(run, "task_id"));
    });
}

int schedule_delete(const ScheduleCommand& command) {
    return each_schedule(command, "DELETE", "",
                         [](const std::string& name, const codec::JsonValue&) { fmt::print("{} is removed\n", name); });
}

int schedule_history(const ScheduleCommand& command) {
    const std::string part = fmt::format("/runs?limit={}", std::min(command.limit, kPageMax));
    return print_list(command, path_of(command.names.front(), part.c_str()), kRunColumns);
}

}  // namespace galley::app
