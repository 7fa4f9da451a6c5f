#include "auth/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/rights.h"
#include "auth/testing/test_database.h"

namespace galley::auth {
namespace {

const Time kNow = from_unix_ms(1'767'225'600'000);

Accounts open_accounts(TestDatabase& database) {
    auto accounts = Accounts::open(*database);
    EXPECT_TRUE(accounts) << accounts.error().to_string();
    return std::move(*accounts);
}

Result<void> put(TestDatabase& database, Accounts& accounts, const Account& account) {
    return database->write([&](store::Executor& executor) { return accounts.put(executor, account); });
}

Result<void> set_active(TestDatabase& database, Accounts& accounts, std::string_view email, bool active) {
    return database->write(
        [&](store::Executor& executor) { return accounts.set_active(executor, email, active, kNow); });
}

TEST(Accounts, LevelTwoLetsInWhoHasNoRow) {
    TestDatabase database;
    const Accounts accounts = open_accounts(database);
    EXPECT_TRUE(check_account(accounts, {"unknown@a.example"}));
}

TEST(Accounts, LevelTwoRefusesWhoWasSwitchedOffUntilSwitchedOnAgain) {
    TestDatabase database;
    Accounts accounts = open_accounts(database);
    const Caller caller{"a@b.example", Role::Admin};
    ASSERT_TRUE(set_active(database, accounts, caller.email, false));
    const auto refused = check_account(accounts, caller);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
    ASSERT_TRUE(set_active(database, accounts, caller.email, true));
    EXPECT_TRUE(check_account(accounts, caller));
}

TEST(Accounts, AreLoadedAgainWhenOpened) {
    TestDatabase database;
    {
        Accounts accounts = open_accounts(database);
        ASSERT_TRUE(put(database, accounts, {"ingrid@b.example", Role::Staff, "Ingrid", true, kNow}));
        ASSERT_TRUE(set_active(database, accounts, "off@b.example", false));
    }
    database.reopen();
    const Accounts accounts = open_accounts(database);
    EXPECT_FALSE(accounts.is_active("off@b.example"));
    const auto ingrid = accounts.find("ingrid@b.example");
    ASSERT_TRUE(ingrid);
    EXPECT_EQ(ingrid->role, Role::Staff);
    EXPECT_EQ(ingrid->name, "Ingrid");
    EXPECT_EQ(ingrid->created_at, kNow);
}

TEST(Accounts, PutKeepsTheFirstCreationTimeInTableAndMemory) {
    TestDatabase database;
    Accounts accounts = open_accounts(database);
    ASSERT_TRUE(put(database, accounts, {"a@b.example", Role::User, "A", true, kNow}));
    ASSERT_TRUE(put(database, accounts, {"a@b.example", Role::Admin, "B", false, kNow + Duration(5)}));
    EXPECT_EQ(accounts.find("a@b.example")->created_at, kNow);
    EXPECT_EQ(open_accounts(database).find("a@b.example")->created_at, kNow);
    EXPECT_EQ(accounts.find("a@b.example")->name, "B");
    EXPECT_FALSE(accounts.is_active("a@b.example"));
}

TEST(Accounts, SetActiveKeepsRoleAndName) {
    TestDatabase database;
    Accounts accounts = open_accounts(database);
    ASSERT_TRUE(put(database, accounts, {"a@b.example", Role::Admin, "A", true, kNow}));
    ASSERT_TRUE(set_active(database, accounts, "a@b.example", false));
    EXPECT_EQ(accounts.find("a@b.example")->role, Role::Admin);
    EXPECT_EQ(accounts.find("a@b.example")->name, "A");
}

TEST(Accounts, AWriteThatFailsChangesNothingInMemory) {
    TestDatabase database;
    Accounts accounts = open_accounts(database);
    const auto failed = database->write([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(accounts.set_active(executor, "a@b.example", false, kNow));
        return fail(ErrorCode::Conflict, "on purpose");
    });
    ASSERT_FALSE(failed);
    EXPECT_TRUE(accounts.is_active("a@b.example"));
    EXPECT_TRUE(open_accounts(database).is_active("a@b.example"));
}

TEST(Accounts, ListPagesInOrderOfTheAddress) {
    TestDatabase database;
    Accounts accounts = open_accounts(database);
    for (const char* email : {"c@x.example", "a@x.example", "b@x.example"}) {
        ASSERT_TRUE(put(database, accounts, {email, Role::User, "", true, kNow}));
    }
    const auto emails = [](const std::vector<Account>& page) {
        std::vector<std::string> all;
        for (const Account& account : page) all.push_back(account.email);
        return all;
    };
    const AccountPage first = accounts.list({.limit = 2});
    EXPECT_THAT(emails(first.accounts), testing::ElementsAre("a@x.example", "b@x.example"));
    ASSERT_TRUE(first.next);
    const AccountPage second = accounts.list({.after = *first.next, .limit = 2});
    EXPECT_THAT(emails(second.accounts), testing::ElementsAre("c@x.example"));
    EXPECT_FALSE(second.next);
    ASSERT_TRUE(set_active(database, accounts, "b@x.example", false));
    EXPECT_THAT(emails(accounts.list({.active = false}).accounts), testing::ElementsAre("b@x.example"));
    EXPECT_THAT(emails(accounts.list({.active = true}).accounts), testing::ElementsAre("a@x.example", "c@x.example"));
}

TEST(Accounts, BadAddressesAndNamesAreRefused) {
    TestDatabase database;
    Accounts accounts = open_accounts(database);
    const auto code = [](const Result<void>& result) { return result ? ErrorCode::Internal : result.error().code; };
    EXPECT_EQ(code(put(database, accounts, {""})), ErrorCode::InvalidInput);
    EXPECT_EQ(code(put(database, accounts, {"a b@x.example"})), ErrorCode::InvalidInput);
    EXPECT_EQ(code(put(database, accounts, {"a@x.example", Role::User, "a\nb"})), ErrorCode::InvalidInput);
    EXPECT_EQ(code(set_active(database, accounts, "", false)), ErrorCode::InvalidInput);
    EXPECT_TRUE(accounts.list({}).accounts.empty());
}

}  // namespace
}  // namespace galley::auth
