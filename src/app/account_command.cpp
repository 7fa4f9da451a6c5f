#include "app/account_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "app/commands.h"
#include "codec/json_writer.h"
#include "codec/url.h"

namespace galley::app {

namespace {

constexpr std::array<const char*, 5> kColumns{"email", "role", "active", "name", "created_at"};
using Line = std::array<std::string, kColumns.size()>;

std::string path_of(const std::string& email) {
    return "/api/v1/accounts/" + codec::percent_encode(email);
}

Line line_of(const codec::JsonValue& account) {
    Line line;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        const auto value = account.find(kColumns[i]);
        if (value) line[i] = value->is_string() ? std::string(value->string()) : value->to_json();
    }
    return line;
}

void print_table(std::vector<Line> lines) {
    lines.insert(lines.begin(), {"EMAIL", "ROLE", "ACTIVE", "NAME", "CREATED"});
    std::array<std::size_t, kColumns.size()> widths{};
    for (const Line& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    for (const Line& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) text += fmt::format("{:<{}}  ", line[i], widths[i]);
        text.erase(text.find_last_not_of(' ') + 1);
        std::puts(text.c_str());
    }
}

struct Listed {
    std::vector<Line> lines;
    std::string json;  // the accounts as they came, with commas between
};

Result<Listed> list(const AccountCommand& command) {
    Listed listed;
    std::string path = std::string("/api/v1/accounts?limit=200") + (command.off_only ? "&active=false" : "");
    while (!path.empty()) {
        GALLEY_TRY(const codec::JsonDocument page, ask_server(command.remote, "GET", path));
        const auto items = page.root().is_object() ? page.root().find("items") : std::nullopt;
        if (!items || !items->is_array()) return fail(ErrorCode::Unavailable, "the server answers no list of accounts");
        items->for_each_element([&](const codec::JsonValue& account) {
            listed.lines.push_back(line_of(account));
            listed.json += (listed.json.empty() ? "" : ",") + account.to_json();
        });
        const auto next = page.root().find("next");
        path = next && next->is_string() ? std::string(next->string()) : std::string();
    }
    return listed;
}

int print(const Result<codec::JsonDocument>& answer, const AccountCommand& command) {
    if (!answer) return report(answer.error());
    print_answer(answer->root(), command.json);
    return 0;
}

// One after the other, so that what went wrong is known by its address; the others are switched all the same.
int switch_accounts(const AccountCommand& command, bool active) {
    int code = 0;
    for (const std::string& email : command.emails) {
        const std::string body = active ? R"({"active":true})" : R"({"active":false})";
        const auto answer = ask_server(command.remote, "PATCH", path_of(email), body);
        if (!answer) {
            fmt::print(stderr, "galley: {}: {}\n", email, answer.error().to_string());
            code = 1;
        } else if (command.json) {
            print_answer(answer->root(), true);
        } else {
            fmt::print("{} is switched {}\n", email, active ? "on" : "off");
        }
    }
    return code;
}

}  // namespace

int account_list(const AccountCommand& command) {
    Result<Listed> listed = list(command);
    if (!listed) return report(listed.error());
    if (command.json) {
        fmt::print("[{}]\n", listed->json);
    } else {
        print_table(std::move(listed->lines));
    }
    return 0;
}

int account_show(const AccountCommand& command) {
    return print(ask_server(command.remote, "GET", path_of(command.emails.front())), command);
}

int account_set(const AccountCommand& command) {
    std::string body;
    codec::JsonWriter json(body);
    json.begin_object();
    if (command.role) json.field("role", *command.role);
    if (command.name) json.field("name", *command.name);
    json.end_object();
    return print(ask_server(command.remote, "PATCH", path_of(command.emails.front()), body), command);
}

int account_enable(const AccountCommand& command) {
    return switch_accounts(command, true);
}

int account_disable(const AccountCommand& command) {
    return switch_accounts(command, false);
}

}  // namespace galley::app
