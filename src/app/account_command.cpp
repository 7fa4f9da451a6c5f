#include "app/account_command.h"

#include <fmt/format.h>

#include <array>

#include "app/commands.h"
#include "app/listing.h"
#include "codec/json_writer.h"
#include "codec/url.h"

namespace galley::app {

namespace {

constexpr std::array<Column, 5> kColumns{
    {{"EMAIL", "email"}, {"ROLE", "role"}, {"ACTIVE", "active"}, {"NAME", "name"}, {"CREATED", "created_at"}}};
constexpr std::size_t kAccountsMax = 1'000'000;

std::string path_of(const std::string& email) {
    return "/api/v1/accounts/" + codec::percent_encode(email);
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
    const std::string path = std::string("/api/v1/accounts?limit=200") + (command.off_only ? "&active=false" : "");
    const Result<Listing> listing = list_items(command.remote, path, kColumns, kAccountsMax);
    if (!listing) return report(listing.error());
    print_listing(*listing, kColumns, command.json);
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
