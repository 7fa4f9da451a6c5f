#include "api/idempotency.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "os/clock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::api {
namespace {

using store::Executor;

constexpr Time kMorning = Time(std::chrono::hours(500'000));

class IdempotencyTest : public testing::Test {
 protected:
    void SetUp() override {
        folder_ = testing::TempDir() + "/idempotency-" + testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        const std::array components{idempotency_schema()};
        auto opened = store::open_sqlite({.folder = folder_}, components, os::system_clock());
        ASSERT_TRUE(opened) << opened.error().to_string();
        database_ = std::move(*opened);
    }
    void TearDown() override {
        database_.reset();
        std::filesystem::remove_all(folder_);
    }

    static IdempotentRequest request(std::string_view key, Time now = kMorning, std::string_view body = "{}",
                                     std::string_view caller = "ann@x") {
        const auto made = net::make_request(net::Method::Post, "/tasks", {}, Bytes(body));
        return make_idempotent_request(caller, key, *made, now);
    }
    Result<std::optional<KeptAnswer>> find(const IdempotentRequest& wanted) {
        return database_->write([&](Executor& executor) { return find_answer_in(executor, wanted); });
    }
    void keep(const IdempotentRequest& made, const std::string& body) {
        const auto kept = database_->write(
            [&](Executor& executor) { return keep_answer_in(executor, made, {202, "/tasks/1", body}); });
        ASSERT_TRUE(kept) << kept.error().to_string();
    }
    std::int64_t rows(store::Sql count) {
        return database_->read([&](Executor& executor) { return executor.query_integer(count); }).value().value();
    }

    std::string folder_;
    std::unique_ptr<store::Database> database_;
};

TEST_F(IdempotencyTest, TheFirstAnswerIsFoundAgain) {
    EXPECT_FALSE(find(request("k")).value());
    keep(request("k"), "one");
    const auto found = find(request("k")).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->status, 202);
    EXPECT_EQ(found->location, "/tasks/1");
    EXPECT_EQ(found->body, "one");
}

TEST_F(IdempotencyTest, AnotherRequestWithTheKeyIsRefused) {
    keep(request("k"), "one");
    EXPECT_EQ(find(request("k", kMorning, "[]")).error().code, ErrorCode::Unsupported);
}

TEST_F(IdempotencyTest, KeysBelongToTheirCaller) {
    keep(request("k"), "one");
    EXPECT_FALSE(find(request("k", kMorning, "{}", "bob@x")).value());
}

TEST_F(IdempotencyTest, AnAnswerIsGivenForADayAndNotLonger) {
    keep(request("k"), "one");
    EXPECT_TRUE(find(request("k", kMorning + kIdempotencyLifetime)).value());
    const Time later = kMorning + kIdempotencyLifetime + std::chrono::milliseconds(1);
    EXPECT_FALSE(find(request("k", later, "[]")).value());
    keep(request("k", later), "two");
    EXPECT_EQ(find(request("k", later)).value()->body, "two");
}

TEST_F(IdempotencyTest, WhatIsOlderThanADayLeavesInSmallSteps) {
    for (int i = 0; i < 10; ++i) keep(request("old" + std::to_string(i)), "one");
    const Time next_day = kMorning + kIdempotencyLifetime + std::chrono::seconds(1);
    keep(request("new0", next_day), "one");
    EXPECT_EQ(rows("SELECT count(*) FROM idempotency"), 10 - kPrunedAtOnce + 1);
    keep(request("new1", next_day), "one");
    keep(request("new2", next_day), "one");
    EXPECT_EQ(rows("SELECT count(*) FROM idempotency"), 3);
    EXPECT_EQ(rows("SELECT count(*) FROM idempotency_answer"), 3);
}

TEST_F(IdempotencyTest, AnUndoneTransactionKeepsNothing) {
    const auto undone = database_->write([&](Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(keep_answer_in(executor, request("k"), {202, "", "one"}));
        return fail(ErrorCode::Conflict, "no");
    });
    EXPECT_FALSE(undone);
    EXPECT_FALSE(find(request("k")).value());
}

TEST_F(IdempotencyTest, AnAnswerThatIsTooLargeIsNotKept) {
    const auto kept = database_->write([&](Executor& executor) {
        return keep_answer_in(executor, request("k"), {202, "", std::string(kKeptAnswerBytesMax + 1, 'x')});
    });
    EXPECT_EQ(kept.error().code, ErrorCode::LimitExceeded);
}

TEST(IdempotencyKey, BareAndQuotedKeysAreTheSame) {
    EXPECT_EQ(parse_idempotency_key("8e03978e-40d5").value(), "8e03978e-40d5");
    EXPECT_EQ(parse_idempotency_key("\"8e03978e-40d5\"").value(), "8e03978e-40d5");
    EXPECT_EQ(parse_idempotency_key(R"("a\"b\\c")").value(), R"(a"b\c)");
}

TEST(IdempotencyKey, WhatIsNoKeyIsRefused) {
    for (const char* bad :
         {"", "\"\"", "\"", "\"a", "\"a\"b", "a b", "\"a b\"", "a\tb", "\x7f", "\xc3\xa9", R"("a\x")", R"("a\)"}) {
        EXPECT_FALSE(parse_idempotency_key(bad)) << bad;
    }
    EXPECT_TRUE(parse_idempotency_key(std::string(255, 'k')));
    EXPECT_FALSE(parse_idempotency_key(std::string(256, 'k')));
}

}  // namespace
}  // namespace galley::api
