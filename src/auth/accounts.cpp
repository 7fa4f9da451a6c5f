#include "auth/accounts.h"

#include <iterator>
#include <map>

#include "base/mutex.h"

namespace galley::auth {

namespace {

Result<Account> read_account(const store::Row& row) {
    const auto role = parse_role(row.text(1));
    if (!role) return fail(ErrorCode::Corrupt, "account table: unknown role", std::string(row.text(0)));
    return Account{std::string(row.text(0)), *role, std::string(row.text(2)), row.integer(3) != 0,
                   from_unix_ms(row.integer(4))};
}

Result<void> check_account_fields(std::string_view email, std::string_view name) {
    if (!is_valid_email(email)) {
        return fail(ErrorCode::InvalidInput, "expected an e-mail address without spaces", "/email");
    }
    if (!is_valid_display_name(name)) {
        return fail(ErrorCode::InvalidInput, "too long, or has control characters", "/name");
    }
    return {};
}

}  // namespace

struct Accounts::State {
    mutable Mutex mutex;
    std::map<std::string, Account, std::less<>> by_email GALLEY_GUARDED_BY(mutex);

    void keep(Account account) {
        const MutexLock lock(mutex);
        std::string email = account.email;
        by_email.insert_or_assign(std::move(email), std::move(account));
    }

    Result<void> check_room_for(std::string_view email) const {
        const MutexLock lock(mutex);
        if (by_email.size() < kAccountsMax || by_email.contains(email)) return {};
        return fail(ErrorCode::LimitExceeded, "no more than " + std::to_string(kAccountsMax) + " accounts");
    }

    // Runs an upsert that returns the whole row; readers see it once it is durable.
    static Result<void> store_row(const std::shared_ptr<State>& state, store::Executor& executor, store::Sql sql,
                                  std::initializer_list<store::Value> values) {
        std::optional<Account> stored;
        GALLEY_TRY_VOID(executor.each(sql, values, [&stored](const store::Row& row) -> Result<void> {
            GALLEY_TRY(stored, read_account(row));
            return {};
        }));
        GALLEY_CHECK(stored.has_value());
        executor.after_commit([state, account = std::move(*stored)]() mutable { state->keep(std::move(account)); });
        return {};
    }
};

Result<Accounts> Accounts::open(store::Database& database) {
    auto state = std::make_shared<State>();
    GALLEY_TRY_VOID(database.read([&state](store::Executor& executor) {
        return executor.each("SELECT email, role, name, active, created_at FROM account", {},
                             [&state](const store::Row& row) -> Result<void> {
                                 GALLEY_TRY(Account account, read_account(row));
                                 state->keep(std::move(account));
                                 return {};
                             });
    }));
    return Accounts(std::move(state));
}

bool Accounts::is_active(std::string_view email) const {
    const MutexLock lock(state_->mutex);
    const auto found = state_->by_email.find(email);
    return found == state_->by_email.end() || found->second.active;
}

std::optional<Account> Accounts::find(std::string_view email) const {
    const MutexLock lock(state_->mutex);
    const auto found = state_->by_email.find(email);
    if (found == state_->by_email.end()) return std::nullopt;
    return found->second;
}

AccountPage Accounts::list(const AccountFilter& filter) const {
    const MutexLock lock(state_->mutex);
    AccountPage page;
    std::size_t seen = 0;
    for (auto at = state_->by_email.upper_bound(filter.after); at != state_->by_email.end(); ++at) {
        if (page.accounts.size() == filter.limit || ++seen > kAccountScanMax) {
            page.next = std::prev(at)->first;
            break;
        }
        if (!filter.active || *filter.active == at->second.active) page.accounts.push_back(at->second);
    }
    return page;
}

Result<void> Accounts::put(store::Executor& executor, const Account& account) {
    GALLEY_TRY_VOID(check_account_fields(account.email, account.name));
    GALLEY_TRY_VOID(state_->check_room_for(account.email));
    return State::store_row(
        state_, executor,
        "INSERT INTO account (email, role, name, active, created_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (email) DO UPDATE SET role = excluded.role, name = excluded.name, "
        "active = excluded.active RETURNING email, role, name, active, created_at",
        {account.email, role_name(account.role), account.name, account.active, to_unix_ms(account.created_at)});
}

Result<void> Accounts::set_active(store::Executor& executor, std::string_view email, bool active, Time now) {
    GALLEY_TRY_VOID(check_account_fields(email, ""));
    GALLEY_TRY_VOID(state_->check_room_for(email));
    return State::store_row(
        state_, executor,
        "INSERT INTO account (email, role, name, active, created_at) VALUES ($1, 'user', '', $2, $3) "
        "ON CONFLICT (email) DO UPDATE SET active = excluded.active "
        "RETURNING email, role, name, active, created_at",
        {email, active, to_unix_ms(now)});
}

}  // namespace galley::auth
