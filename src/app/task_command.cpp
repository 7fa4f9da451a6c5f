#include "app/task_command.h"

#include <fmt/format.h>

#include <array>

#include "app/commands.h"
#include "app/listing.h"
#include "codec/json_writer.h"
#include "codec/url.h"

namespace galley::app {

namespace {

constexpr std::array<Column, 8> kTaskColumns{{{"TASK", "task_id"},
                                              {"TYPE", "task_type"},
                                              {"STATUS", "status"},
                                              {"%", "progress"},
                                              {"QUEUE", "queue"},
                                              {"ATTEMPT", "attempt"},
                                              {"CREATED", "created_at"},
                                              {"BY", "created_by"}}};
constexpr std::array<Column, 3> kLogColumns{{{"ATTEMPT", "attempt"}, {"AT", "at"}, {"TEXT", "text"}}};
constexpr std::array<Column, 9> kQueueColumns{{{"QUEUE", "name"},
                                               {"MODE", "mode"},
                                               {"SCHEDULED", "scheduled"},
                                               {"PENDING", "pending"},
                                               {"RUNNING", "running"},
                                               {"MAX", "running_max"},
                                               {"PER KEY", "running_per_key_max"},
                                               {"RATE", "rate"},
                                               {"RATE PER KEY", "rate_per_key"}}};
constexpr std::size_t kItemsMax = 10'000;

std::string task_path(const std::string& id, const char* part = "") {
    return "/api/v1/tasks/" + codec::percent_encode(id) + part;
}

std::string queue_path(const QueueCommand& command, const char* part = "") {
    return "/api/v1/queues/" + codec::percent_encode(command.name) + part;
}

template <typename See>
void each_filter(const TaskCommand& command, See see) {
    const std::pair<const char*, const std::optional<std::string>*> kFilters[] = {{"status", &command.status},
                                                                                  {"task_type", &command.kind},
                                                                                  {"queue", &command.queue},
                                                                                  {"tag", &command.tag},
                                                                                  {"created_by", &command.created_by}};
    for (const auto& [name, value] : kFilters) {
        if (*value) see(name, **value);
    }
}

int print(const Result<codec::JsonDocument>& answer, bool as_json) {
    if (!answer) return report(answer.error());
    print_answer(answer->root(), as_json);
    return 0;
}

int print_list(const Result<Listing>& listing, std::span<const Column> columns, bool as_json) {
    if (!listing) return report(listing.error());
    print_listing(*listing, columns, as_json);
    return 0;
}

// One after the other, so that what went wrong is known by its id; the others are done all the same.
int each_task(const TaskCommand& command, const char* part) {
    int code = 0;
    for (const std::string& id : command.ids) {
        const auto answer = ask_server(command.remote, "POST", task_path(id, part));
        if (!answer) {
            fmt::print(stderr, "galley: {}: {}\n", id, answer.error().to_string());
            code = 1;
        } else if (command.json) {
            print_answer(answer->root(), true);
        } else {
            const auto status = answer->root().find("status");
            fmt::print("{} is {}\n", id, status && status->is_string() ? status->string() : "?");
        }
    }
    return code;
}

// "100/60s", "5/s": so many starts in so many seconds.
Result<std::string> rate_json(const std::string& text) {
    const std::size_t slash = text.find('/');
    const std::string_view starts = std::string_view(text).substr(0, slash);
    std::string_view per = slash == std::string::npos ? "" : std::string_view(text).substr(slash + 1);
    const bool digits = !starts.empty() && starts.find_first_not_of("0123456789") == starts.npos;
    if (!digits || !per.ends_with('s')) {
        return fail(ErrorCode::InvalidInput, "a rate is STARTS/SECONDSs, such as 100/60s or 5/s");
    }
    per.remove_suffix(1);
    if (per.empty()) per = "1";
    if (per.find_first_not_of("0123456789.") != per.npos) {
        return fail(ErrorCode::InvalidInput, "a rate is STARTS/SECONDSs, such as 100/60s or 5/s");
    }
    return fmt::format(R"({{"starts":{},"per_seconds":{}}})", starts, per);
}

Result<std::string> limits_json(const QueueCommand& command) {
    std::string body;
    codec::JsonWriter json(body);
    json.begin_object();
    if (command.running_max) json.field("running_max", *command.running_max);
    if (command.running_per_key_max) json.field("running_per_key_max", *command.running_per_key_max);
    for (const auto& [name, rate] :
         {std::pair("rate", &command.rate), std::pair("rate_per_key", &command.rate_per_key)}) {
        if (!*rate) continue;
        GALLEY_TRY(const std::string value, rate_json(**rate));
        json.raw_field(name, value);
    }
    json.end_object();
    return body;
}

// The options with task_type and input set.
Result<std::string> new_task_json(const TaskCommand& command) {
    GALLEY_TRY(const codec::JsonDocument options, codec::JsonDocument::parse(command.options));
    GALLEY_TRY(const codec::JsonDocument input, codec::JsonDocument::parse(command.body));
    if (!options.root().is_object()) return fail(ErrorCode::InvalidInput, "--options must be a JSON object");
    std::string body;
    codec::JsonWriter json(body);
    json.begin_object();
    options.root().for_each_member([&](std::string_view name, const codec::JsonValue& value) {
        if (name != "task_type" && name != "input") json.raw_field(name, value.to_json());
    });
    json.field("task_type", command.new_kind);
    json.raw_field("input", input.root().to_json());
    json.end_object();
    return body;
}

}  // namespace

int task_list(const TaskCommand& command) {
    std::string path = "/api/v1/tasks?limit=" + std::to_string(std::min(command.limit, 200));
    each_filter(command, [&](const char* name, const std::string& value) {
        path += std::string("&") + name + "=" + codec::percent_encode(value);
    });
    return print_list(list_items(command.remote, path, kTaskColumns, static_cast<std::size_t>(command.limit)),
                      kTaskColumns, command.json);
}

int task_show(const TaskCommand& command) {
    const std::string wait = command.wait_seconds > 0 ? fmt::format("?wait={}", command.wait_seconds) : "";
    return print(ask_server(command.remote, "GET", task_path(command.ids.front(), wait.c_str())), command.json);
}

int task_log(const TaskCommand& command) {
    return print_list(list_items(command.remote, task_path(command.ids.front(), "/log"), kLogColumns, kItemsMax),
                      kLogColumns, command.json);
}

int task_enqueue(const TaskCommand& command) {
    const Result<std::string> body = new_task_json(command);
    if (!body) return report(body.error());
    const auto made = ask_server(command.remote, "POST", "/api/v1/tasks", *body);
    if (!made || command.wait_seconds == 0) return print(made, command.json);
    const auto id = made->root().find("task_id");
    if (!id || !id->is_string()) return print(made, command.json);
    const std::string wait = fmt::format("?wait={}", command.wait_seconds);
    return print(ask_server(command.remote, "GET", task_path(std::string(id->string()), wait.c_str())), command.json);
}

int task_cancel(const TaskCommand& command) {
    return each_task(command, "/cancel");
}

int task_retry(const TaskCommand& command) {
    return each_task(command, "/retry");
}

int task_close(const TaskCommand& command) {
    return each_task(command, "/close");
}

int task_bulk(const TaskCommand& command) {
    std::string body;
    codec::JsonWriter json(body);
    json.begin_object();
    json.field("action", command.action);
    json.field("limit", command.limit);
    json.key("filter");
    json.begin_object();
    each_filter(command, [&](const char* name, const std::string& value) { json.field(name, value); });
    json.end_object();
    json.end_object();
    return print(ask_server(command.remote, "POST", "/api/v1/tasks/bulk", body), command.json);
}

int queue_list(const QueueCommand& command) {
    return print_list(list_items(command.remote, "/api/v1/queues", kQueueColumns, kItemsMax), kQueueColumns,
                      command.json);
}

int queue_show(const QueueCommand& command) {
    return print(ask_server(command.remote, "GET", queue_path(command)), command.json);
}

int queue_set(const QueueCommand& command) {
    const Result<std::string> body = limits_json(command);
    if (!body) return report(body.error());
    return print(ask_server(command.remote, "PUT", queue_path(command), *body), command.json);
}

int queue_pause(const QueueCommand& command) {
    return print(ask_server(command.remote, "POST", queue_path(command, "/pause")), command.json);
}

int queue_resume(const QueueCommand& command) {
    return print(ask_server(command.remote, "POST", queue_path(command, "/resume")), command.json);
}

int queue_drain(const QueueCommand& command) {
    return print(ask_server(command.remote, "POST", queue_path(command, "/drain")), command.json);
}

}  // namespace galley::app
