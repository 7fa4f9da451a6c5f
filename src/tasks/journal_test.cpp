#include "tasks/journal.h"

#include <gtest/gtest.h>

#include <deque>

#include "os/testing/fake_clock.h"

namespace galley::tasks {
namespace {

class NoExecutor : public store::Executor {
 public:
    Result<std::int64_t> run(store::Sql, std::span<const store::Value>, const RowSink&) override { return 0; }
    void after_commit(std::move_only_function<void()>) override {}
};

// Settles a work when the test says so: with its own result, or as a transaction that could not begin.
class SteppedDatabase : public store::Database {
 public:
    void submit(store::WriteWork work, store::WriteDone done) override {
        queue_.emplace_back(std::move(work), std::move(done));
    }
    void run_next() {
        auto [work, done] = take();
        done(work(executor_));
    }
    void refuse_next(ErrorCode code) { take().second(fail(code, "it did not begin")); }
    std::size_t waiting() const { return queue_.size(); }

    Result<void> run_read(const std::function<Result<void>(store::Executor&)>&) override { return {}; }
    void close() override {}
    store::DatabaseStats stats() const override { return {}; }
    Result<void> backup(const std::string&) override { return {}; }

 protected:
    Result<void> run_write(store::WriteWork) override { return {}; }

 private:
    using Item = std::pair<store::WriteWork, store::WriteDone>;
    Item take() {
        Item item = std::move(queue_.front());
        queue_.pop_front();
        return item;
    }
    NoExecutor executor_;
    std::deque<Item> queue_;
};

class JournalTest : public testing::Test {
 protected:
    // A write that gives these results, one each time it runs, and then success.
    void append(std::vector<ErrorCode> errors = {}) {
        journal.append(
            [errors, run = std::size_t{0}](store::Executor&) mutable -> Result<void> {
                if (run < errors.size()) return fail(errors[run++], "as told");
                return {};
            },
            [this](Result<void> result) {
                done.push_back(result ? std::nullopt : std::optional(result.error().code));
            });
    }

    os::FakeClock clock;
    SteppedDatabase database;
    int retries_wanted = 0;
    Journal journal{database, clock, [this] { ++retries_wanted; }};
    std::vector<std::optional<ErrorCode>> done;
};

const std::optional<ErrorCode> kWritten;

TEST_F(JournalTest, AWorkThatNeverBeganIsTriedAgainWhateverTheError) {
    for (const ErrorCode code : {ErrorCode::Unavailable, ErrorCode::Internal, ErrorCode::Corrupt}) {
        append();
        database.refuse_next(code);
        EXPECT_TRUE(done.empty());
        ASSERT_TRUE(journal.retry_at());
        journal.retry_now();
        ASSERT_EQ(database.waiting(), 1u) << static_cast<int>(code);
        database.run_next();
        EXPECT_EQ(done, std::vector{kWritten});
        done.clear();
    }
    EXPECT_EQ(retries_wanted, 3);
    EXPECT_TRUE(journal.is_idle());
}

TEST_F(JournalTest, OnlyTheFaultyWriteOfAWorkGetsItsError) {
    append();
    append({ErrorCode::Conflict, ErrorCode::Conflict});
    append();
    database.run_next();
    while (database.waiting() > 0) database.run_next();
    EXPECT_EQ(done, (std::vector<std::optional<ErrorCode>>{kWritten, ErrorCode::Conflict, kWritten}));
    EXPECT_TRUE(journal.is_idle());
}

TEST_F(JournalTest, AWriteThatMeetsAFailingDiskWhenItIsRunAloneIsKept) {
    append();
    append({ErrorCode::Conflict});
    database.run_next();
    ASSERT_EQ(database.waiting(), 2u);
    database.refuse_next(ErrorCode::Unavailable);
    database.run_next();
    EXPECT_EQ(done, std::vector{kWritten}) << "the second one";
    EXPECT_FALSE(journal.is_idle());
    journal.retry_now();
    database.run_next();
    EXPECT_EQ(done, (std::vector{kWritten, kWritten}));
    EXPECT_TRUE(journal.is_idle());
}

TEST_F(JournalTest, OnceClosedAFailureIsFinal) {
    append();
    database.refuse_next(ErrorCode::Unavailable);
    journal.close();
    database.refuse_next(ErrorCode::Corrupt);
    EXPECT_EQ(done, std::vector{std::optional(ErrorCode::Corrupt)});
    EXPECT_TRUE(journal.is_idle());
}

}  // namespace
}  // namespace galley::tasks
