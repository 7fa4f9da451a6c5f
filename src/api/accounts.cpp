// Accounts (R11 level 2): whom this installation knows, and who was switched off.
#include "auth/accounts.h"

#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "auth/audit.h"
#include "codec/object_reader.h"

namespace galley::api {

namespace {

using auth::Account;
using store::Executor;

void append_account(codec::JsonWriter& json, const Account& account) {
    json.begin_object();
    json.field("email", account.email);
    json.field("role", auth::role_name(account.role));
    json.field("name", account.name);
    json.field("active", account.active);
    time_field(json, "created_at", account.created_at);
    json.end_object();
}

std::string account_json(const Account& account) {
    std::string out;
    codec::JsonWriter json(out);
    append_account(json, account);
    return out;
}

Result<void> may_manage(const Call& call) {
    return auth::check_right(call.caller(), auth::Action::AccountsManage);
}

Result<std::string> list_json(const Call& call) {
    GALLEY_TRY_VOID(may_manage(call));
    GALLEY_TRY(const PageRequest page, page_request(call));
    GALLEY_TRY(const auto active, query_parameter(call, "active"));
    auth::AccountFilter filter{.after = page.after.value_or(""), .limit = static_cast<std::size_t>(page.limit)};
    if (active) filter.active = *active == "true";
    const auth::AccountPage found = call.services().accounts.list(filter);
    return page_json(call.request(), found.accounts, found.next, append_account);
}

void list_accounts(Call call) {
    Result<std::string> body = list_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

Result<Account> account_in_path(const Call& call) {
    GALLEY_TRY_VOID(may_manage(call));
    auto account = call.services().accounts.find(call.parameter("email"));
    if (!account) return fail(ErrorCode::NotFound, "no such account");
    return std::move(*account);
}

void get_account(Call call) {
    const Result<Account> account = account_in_path(call);
    if (!account) return std::move(call).fail(account.error());
    std::move(call).json(200, account_json(*account));
}

// The account that `start` becomes by the request's body.
Result<Account> changed_account(const Call& call, Account start) {
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const auto role_text = reader.optional_string("role", {.bytes_min = 1});
    const auto name = reader.optional_string("name", {.bytes_max = auth::kDisplayNameBytesMax});
    start.active = reader.optional_bool("active", start.active);
    const auto role = role_text ? auth::parse_role(*role_text) : start.role;
    if (!role) reader.note("role", "must be admin, staff, user or worker");
    if (name && !auth::is_valid_display_name(*name)) reader.note("name", "has characters that do not show");
    GALLEY_TRY_VOID(reader.finish());
    start.role = role.value_or(start.role);
    start.name = name.value_or(start.name);
    return start;
}

// Whoever locks themselves out cannot undo it.
Result<void> check_keeps_self(const Call& call, const Account& account) {
    if (account.active || account.email != call.caller().email) return {};
    return fail(ErrorCode::Conflict, "you cannot switch off your own account");
}

auth::AuditEntry audit_of_change(const Call& call, const Account& account) {
    auth::AuditEntry entry = audit_of(call, auth::Action::AccountsManage);
    const auto before = call.services().accounts.find(account.email);
    const bool was_active = !before || before->active;
    entry.action = was_active == account.active ? "account_update" : account.active ? "account_on" : "account_off";
    entry.object = account.email;
    return entry;
}

void store_account(Call call, Account account, int status) {
    auto work = [&services = call.services(), account,
                 audit = audit_of_change(call, account)](Executor& executor) -> Result<Nothing> {
        GALLEY_TRY_VOID(services.accounts.put(executor, account));
        GALLEY_TRY_VOID(auth::append_audit(executor, audit));
        return Nothing{};
    };
    write_then(std::move(call), std::move(work), [account, status](Call done, Nothing) {
        const auto stored = done.services().accounts.find(account.email);
        std::move(done).json(status, account_json(stored.value_or(account)));
    });
}

enum class Rest : std::uint8_t { Fresh, Kept };  // of what the body leaves out

Result<Account> account_to_store(const Call& call, Rest rest) {
    GALLEY_TRY_VOID(may_manage(call));
    const std::string_view email = call.parameter("email");
    if (!auth::is_valid_email(email)) {
        return fail(ErrorCode::InvalidInput, "the path must end with an e-mail address");
    }
    Account start{.email = std::string(email), .created_at = call.services().clock.now()};
    const auto known = call.services().accounts.find(email);
    if (known && rest == Rest::Kept) start = *known;
    GALLEY_TRY(Account account, changed_account(call, std::move(start)));
    GALLEY_TRY_VOID(check_keeps_self(call, account));
    return account;
}

void change_account(Call call, Rest rest) {
    Result<Account> account = account_to_store(call, rest);
    if (!account) return std::move(call).fail(account.error());
    const int status = call.services().accounts.find(account->email) ? 200 : 201;
    store_account(std::move(call), std::move(*account), status);
}

void put_account(Call call) {
    change_account(std::move(call), Rest::Fresh);
}

void patch_account(Call call) {
    change_account(std::move(call), Rest::Kept);
}

}  // namespace

std::vector<EndpointRow> account_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    const ProblemAnswer own{409, "the caller's own account cannot be switched off"};
    return {
        {.method = Get,
         .pattern = "/api/v1/accounts",
         .name = "account_list",
         .tag = "accounts",
         .summary = "Accounts by address",
         .description = "An address without an account may use the service: the token is the authority.",
         .rate_class = Administration,
         .query = paged({{"active", boolean(), "only those that are switched on, or off"}}),
         .answers = {answer_of(200, "a page of accounts", page_of(ref("Account")))},
         .handler = list_accounts},
        {.method = Get,
         .pattern = "/api/v1/accounts/{email}",
         .name = "account_get",
         .tag = "accounts",
         .summary = "An account",
         .rate_class = Administration,
         .answers = {answer_of(200, "the account", ref("Account"))},
         .problems = {{404, "no such account"}},
         .handler = get_account},
        {.method = Put,
         .pattern = "/api/v1/accounts/{email}",
         .name = "account_put",
         .tag = "accounts",
         .summary = "Create or replace an account",
         .description = "With `\"active\": false` it is switched off: from the next request on, every token of this "
                        "address gets 403.",
         .rate_class = Administration,
         .body = ref("NewAccount"),
         .body_example = R"({"role":"user","name":"Ingrid Dahl","active":false})",
         .answers = {answer_of(200, "replaced", ref("Account")), answer_of(201, "created", ref("Account"))},
         .problems = {own},
         .handler = put_account},
        {.method = Patch,
         .pattern = "/api/v1/accounts/{email}",
         .name = "account_patch",
         .tag = "accounts",
         .summary = "Change an account, switch it off or on",
         .description = "What the body leaves out stays as it is; an address without an account gets one.",
         .rate_class = Administration,
         .body = ref("NewAccount"),
         .body_example = R"({"active":true})",
         .answers = {answer_of(200, "changed", ref("Account")), answer_of(201, "created", ref("Account"))},
         .problems = {own},
         .handler = patch_account},
    };
}

}  // namespace galley::api
