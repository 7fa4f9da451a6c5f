#include "app/remote.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "net/http_client.h"
#include "os/files.h"
#include "os/process.h"

namespace galley::app {

namespace {

constexpr std::uint64_t kTokenFileBytesMax = 64 * 1024;

Result<std::string> token_of(const RemoteOptions& options) {
    if (!options.token_file.empty()) {
        GALLEY_TRY(Bytes text, os::system_files().read(options.token_file, kTokenFileBytesMax));
        return std::string(std::string_view(text).substr(0, text.find_first_of("\r\n")));
    }
    const auto environment = os::environment();
    const auto found = environment.find("GALLEY_TOKEN");
    if (found != environment.end() && !found->second.empty()) return found->second;
    return fail(ErrorCode::InvalidInput,
                "a token is needed: GALLEY_TOKEN=$(galley token --sub … --role admin), or --token-file");
}

ErrorCode code_of(int status) {
    switch (status) {
        case 400:
        case 422:
            return ErrorCode::InvalidInput;
        case 401:
            return ErrorCode::Unauthenticated;
        case 403:
            return ErrorCode::Forbidden;
        case 404:
            return ErrorCode::NotFound;
        case 409:
            return ErrorCode::Conflict;
        default:
            return ErrorCode::Unavailable;
    }
}

std::string text_member(const codec::JsonValue& object, std::string_view name) {
    const auto value = object.find(name);
    return value && value->is_string() ? std::string(value->string()) : std::string();
}

Error refusal(const net::ClientAnswer& answer) {
    Error error{code_of(answer.status), fmt::format("the server answers {}", answer.status), {}, {}};
    const Result<codec::JsonDocument> problem = codec::JsonDocument::parse(answer.body);
    if (!problem || !problem->root().is_object()) return error;
    if (const std::string detail = text_member(problem->root(), "detail"); !detail.empty())
        error.message += ": " + detail;
    if (const auto faults = problem->root().find("errors"); faults && faults->is_array()) {
        faults->for_each_element([&](const codec::JsonValue& fault) {
            if (fault.is_object())
                error.message += "; " + text_member(fault, "pointer") + ' ' + text_member(fault, "message");
        });
    }
    return error;
}

std::string shown(const codec::JsonValue& value) {
    return value.is_string() ? std::string(value.string()) : value.is_null() ? "-" : value.to_json();
}

}  // namespace

Result<codec::JsonDocument> ask_server(const RemoteOptions& options, const std::string& method, const std::string& path,
                                       const std::string& body) {
    GALLEY_TRY(const std::string answer, ask_server_for_text(options, method, path, body));
    return codec::JsonDocument::parse(answer.empty() ? "null" : answer);  // 204 has none
}

Result<std::string> ask_server_for_text(const RemoteOptions& options, const std::string& method,
                                        const std::string& path, const std::string& body) {
    net::ClientCall call{.method = method, .url = options.url, .body = body, .ca_file = options.ca_file};
    while (call.url.ends_with('/')) call.url.pop_back();
    call.url += path;
    GALLEY_TRY(call.bearer, token_of(options));
    GALLEY_TRY(net::ClientAnswer answer, net::ask(call));
    if (answer.status / 100 != 2) return fail(refusal(answer));
    return std::move(answer.body);
}

void print_answer(const codec::JsonValue& answer, bool as_json) {
    if (as_json || !answer.is_object()) {
        std::puts(answer.to_json().c_str());
        return;
    }
    const auto members = answer.members();
    std::size_t width = 0;
    for (const auto& [name, value] : members) width = std::max(width, name.size());
    for (const auto& [name, value] : members) fmt::print("{:<{}}  {}\n", name, width, shown(value));
}

}  // namespace galley::app
