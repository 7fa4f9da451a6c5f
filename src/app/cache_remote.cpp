// `galley cache … --url`: the same of a running server, whose memory then forgets too.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <thread>

#include "app/commands.h"
#include "app/operation_commands.h"
#include "codec/json_writer.h"

namespace galley::app {

namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(200);  // at a walk under way

template <typename T>
std::string object_of(std::string_view name, const T& value) {
    std::string body;
    codec::JsonWriter json(body);
    json.begin_object();
    json.field(name, value);
    json.end_object();
    return body;
}

int print(const Result<codec::JsonDocument>& answer, const CacheCommand& command) {
    if (!answer) return report(answer.error());
    print_answer(answer->root(), command.json);
    return 0;
}

std::string member(const codec::JsonValue& object, std::string_view name) {
    const auto value = object.is_object() ? object.find(name) : std::nullopt;
    return !value ? "" : value->is_string() ? std::string(value->string()) : value->to_json();
}

int print_removed(const Result<codec::JsonDocument>& answer, const CacheCommand& command) {
    if (!answer || command.json) return print(answer, command);
    fmt::print("{} entries left the cache\n", member(answer->root(), "removed"));
    return 0;
}

// Starts a walk, or joins one, and stays until it has ended.
Result<codec::JsonDocument> walk(const RemoteOptions& remote) {
    Result<codec::JsonDocument> report = ask_server(remote, "POST", "/api/v1/cache/verify");
    while (report && member(report->root(), "status") == "running") {
        std::this_thread::sleep_for(kLookEvery);
        report = ask_server(remote, "GET", "/api/v1/cache/verify");
    }
    return report;
}

}  // namespace

int remote_cache_stats(const CacheCommand& command) {
    return print(ask_server(command.remote, "GET", "/api/cache/stats"), command);
}

int remote_cache_health(const CacheCommand& command) {
    const Result<codec::JsonDocument> answer = ask_server(command.remote, "GET", "/api/cache/health");
    const int code = print(answer, command);
    return answer && member(answer->root(), "status") != "ok" ? 1 : code;
}

int remote_cache_invalidate(const CacheCommand& command) {
    const std::string body =
        command.room_id.empty() ? object_of("content_hash", command.hash) : object_of("room_id", command.room_id);
    return print_removed(ask_server(command.remote, "POST", "/api/v1/cache/invalidate", body), command);
}

int remote_cache_clear(const CacheCommand& command) {
    const auto hours = static_cast<std::int64_t>(std::llround(std::ceil(command.older_than_hours)));
    const std::string body = object_of("older_than_hours", hours);
    return print_removed(ask_server(command.remote, "POST", "/api/v1/cache/clear", body), command);
}

int remote_cache_verify(const CacheCommand& command) {
    if (!command.repair) {
        report({ErrorCode::InvalidInput, "a running server removes what is damaged: say --repair", {}, {}});
        return 2;
    }
    const Result<codec::JsonDocument> answer = walk(command.remote);
    const int code = print(answer, command);
    return answer && member(answer->root(), "status") != "completed" ? 1 : code;
}

}  // namespace galley::app
