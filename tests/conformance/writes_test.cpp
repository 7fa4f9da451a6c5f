// Group commit: isolation of works, order, callbacks, the bound, closing.
#include <atomic>
#include <latch>
#include <semaphore>
#include <thread>

#include "conformance/database_suite.h"

namespace galley::store {
namespace {

// Keeps the writer busy inside one work until released, so that what is submitted meanwhile shares the next batch.
class HeldWriter {
 public:
    explicit HeldWriter(Database& database) {
        database.submit(
            [this](Executor&) -> Result<void> {
                entered_.release();
                go_.acquire();
                return {};
            },
            nullptr);
        entered_.acquire();
    }
    void release() { go_.release(); }

 private:
    std::binary_semaphore entered_{0};
    std::binary_semaphore go_{0};
};

class Writes : public DatabaseSuite {
 protected:
    // Submits and notes the end of each in `ends_`, in the order in which they came.
    void submit(int id, WriteWork work) {
        database_->submit(std::move(work), [this, id](Result<void> result) {
            ends_.emplace_back(id, result ? "ok" : std::string(error_code_name(result.error().code)));
        });
    }
    std::vector<std::pair<int, std::string>> ends_;  // written by the writer thread, read after flush()
};

TEST_P(Writes, AFailingWorkIsRolledBackAlone) {
    HeldWriter held(*database_);
    submit(1, [](Executor& executor) { return insert(executor, 1); });
    submit(2, [](Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(insert(executor, 2));
        return fail(ErrorCode::Forbidden, "changed my mind");
    });
    submit(3, [](Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(insert(executor, 3));
        return insert(executor, 1);
    });
    submit(4, [](Executor& executor) { return insert(executor, 4); });
    held.release();
    ASSERT_TRUE(database_->flush());
    const std::vector<std::pair<int, std::string>> want{{1, "ok"}, {2, "forbidden"}, {3, "conflict"}, {4, "ok"}};
    EXPECT_EQ(ends_, want);
    const auto rows =
        database_->read([](Executor& executor) { return executor.query("SELECT id FROM note ORDER BY id"); });
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 2u);
    EXPECT_EQ((*rows)[0].integer(0), 1);
    EXPECT_EQ((*rows)[1].integer(0), 4);
}

TEST_P(Writes, WaitingWorksShareACommit) {
    HeldWriter held(*database_);
    for (int id = 1; id <= 50; ++id) submit(id, [id](Executor& executor) { return insert(executor, id); });
    const std::uint64_t before = database_->stats().batches;
    held.release();
    ASSERT_TRUE(database_->flush());
    EXPECT_LE(database_->stats().batches - before, 5u);
    EXPECT_EQ(count(), 50);
}

TEST_P(Writes, EachWorkSeesTheOnesBefore) {
    HeldWriter held(*database_);
    std::vector<std::int64_t> seen;
    for (int id = 1; id <= 5; ++id) {
        submit(id, [id, &seen](Executor& executor) -> Result<void> {
            GALLEY_TRY(const auto found, executor.query_integer("SELECT count(*) FROM note"));
            seen.push_back(found.value_or(-1));
            return insert(executor, id);
        });
    }
    held.release();
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(seen, (std::vector<std::int64_t>{0, 1, 2, 3, 4}));
}

TEST_P(Writes, DoneComesAfterTheCommit) {
    std::int64_t visible = -1;
    database_->submit([](Executor& executor) { return insert(executor, 1); }, [&](Result<void>) { visible = count(); });
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(visible, 1);
}

TEST_P(Writes, AfterCommitRunsOnceBeforeDoneAndNotForAFailure) {
    std::vector<std::string> order;
    database_->submit(
        [&](Executor& executor) -> Result<void> {
            executor.after_commit([&] { order.emplace_back("hook"); });
            return insert(executor, 1);
        },
        [&](Result<void>) { order.emplace_back("done"); });
    database_->submit(
        [&](Executor& executor) -> Result<void> {
            executor.after_commit([&] { order.emplace_back("never"); });
            return insert(executor, 1);
        },
        [&](Result<void>) { order.emplace_back("failed"); });
    ASSERT_TRUE(database_->flush());
    EXPECT_EQ(order, (std::vector<std::string>{"hook", "done", "failed"}));
}

TEST_P(Writes, ADoneMaySubmit) {
    std::binary_semaphore second(0);
    database_->submit([](Executor& executor) { return insert(executor, 1); },
                      [&](Result<void>) {
                          database_->submit([](Executor& executor) { return insert(executor, 2); },
                                            [&](Result<void>) { second.release(); });
                      });
    second.acquire();
    EXPECT_EQ(count(), 2);
}

TEST_P(Writes, WriteGivesTheValueOfTheWork) {
    const auto value = database_->write([](Executor&) -> Result<std::string> { return "forty-two"; });
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, "forty-two");
    const auto failed =
        database_->write([](Executor&) -> Result<std::string> { return fail(ErrorCode::NotFound, "no"); });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::NotFound);
}

TEST_P(Writes, ManyProducersLoseNothing) {
    constexpr int kProducers = 8;
    constexpr int kEach = 100;
    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> producers;
        for (int p = 0; p < kProducers; ++p) {
            producers.emplace_back([&, p] {
                for (int i = 0; i < kEach; ++i) failures += insert(p * kEach + i) ? 0 : 1;
            });
        }
    }
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(count(), kProducers * kEach);
}

TEST_P(Writes, MoreThanTheQueueHoldsIsRefusedAtOnce) {
    reopen({.queue_max = 4});
    HeldWriter held(*database_);
    for (int id = 1; id <= 3; ++id) submit(id, [id](Executor& executor) { return insert(executor, id); });
    const auto refused = insert(99);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(database_->stats().refused, 1u);
    held.release();
    database_->close();
    reopen();
    EXPECT_EQ(count(), 3);
}

TEST_P(Writes, ClosingFinishesWhatWasSubmitted) {
    HeldWriter held(*database_);
    for (int id = 1; id <= 100; ++id) submit(id, [id](Executor& executor) { return insert(executor, id); });
    std::jthread closing([&] { database_->close(); });
    held.release();
    closing.join();
    EXPECT_EQ(ends_.size(), 100u);
    reopen();
    EXPECT_EQ(count(), 100);
}

TEST_P(Writes, AClosedDatabaseRefuses) {
    database_->close();
    const auto written = insert(1);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::Unavailable);
    const auto read = database_->read([](Executor& executor) { return executor.query("SELECT 1"); });
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::Unavailable);
}

INSTANTIATE_TEST_SUITE_P(Databases, Writes, testing::ValuesIn(every_database()), database_name);

}  // namespace
}  // namespace galley::store
