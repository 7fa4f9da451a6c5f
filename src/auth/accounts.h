// src/auth/accounts.h — the accounts that this installation knows: who was switched off, and what they are called.
//
// Shape    a table behind an in-memory map: every request asks is_active(), which never touches the database. The token
//          is the authority: an address without a row is active. Changes are made inside a write (so that an audit
//          entry can stand in the same transaction) and are seen by readers once that write is durable.
// Errors   open: Unavailable, Corrupt. put, set_active: InvalidInput (address, name), LimitExceeded (kAccountsMax), and
//          the database's.
// Owner    borrows the database only during open(). The map outlives writes that are still under way.
// Threads  put and set_active on the writer thread (inside a write); all else from any thread.
// Limits   kAccountsMax rows; a page looks at kAccountScanMax of them, so that it holds nobody up.
// Source   R11 level 2; table `account` in accounts.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/caller.h"
#include "base/error.h"
#include "base/time.h"
#include "store/database.h"

namespace galley::auth {

inline constexpr std::size_t kAccountsMax = 100'000;
inline constexpr std::size_t kAccountScanMax = 2'000;

struct Account {
    std::string email;
    Role role = Role::User;
    std::string name{};
    bool active = true;
    Time created_at{};  // put() keeps the first one
};

struct AccountFilter {
    std::string after{};  // addresses behind this one, in byte order
    std::size_t limit = 50;
    std::optional<bool> active{};
};

struct AccountPage {
    std::vector<Account> accounts;
    std::optional<std::string> next;  // to be given as `after`; a page may be short and have a next one
};

class Accounts {
 public:
    static Result<Accounts> open(store::Database& database);

    bool is_active(std::string_view email) const;
    std::optional<Account> find(std::string_view email) const;
    AccountPage list(const AccountFilter& filter) const;

    // Makes or replaces the account.
    Result<void> put(store::Executor& executor, const Account& account);
    // Switches an account on or off; an address without a row gets one, made at `now`.
    Result<void> set_active(store::Executor& executor, std::string_view email, bool active, Time now);

 private:
    struct State;
    explicit Accounts(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

}  // namespace galley::auth
