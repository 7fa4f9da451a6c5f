// What was acknowledged is still there: after closing, and after the process was killed at any moment.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/database_suite.h"

namespace galley::store {
namespace {

using Durability = DatabaseSuite;

TEST_P(Durability, RowsSurviveReopening) {
    for (int id = 1; id <= 5; ++id) ASSERT_TRUE(insert(id));
    reopen();
    EXPECT_EQ(count(), 5);
    ASSERT_TRUE(insert(6));
    EXPECT_EQ(count(), 6);
}

// The child writes as fast as it can and tells each durable id through the pipe, until it is killed.
[[noreturn]] void write_until_killed(DatabaseFactory& factory, std::int64_t from, int pipe) {
    auto database = factory.open(kNotes);
    if (!database) ::_exit(2);
    std::atomic<int> failures = 0;
    for (std::int64_t id = from; failures == 0; ++id) {
        const auto work = [id](Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(executor.execute("INSERT INTO note(id) VALUES($1)", {id}));
            return {};
        };
        const auto done = [id, pipe, &failures](Result<void> result) {
            if (!result || ::write(pipe, &id, sizeof(id)) != sizeof(id)) ++failures;
        };
        if (id % 16 == 0) {
            const Result<void> written = (*database)->write(work);
            done(written);
        } else {
            (*database)->submit(work, done);
        }
    }
    ::_exit(3);
}

std::vector<std::int64_t> read_ids(int pipe, std::size_t at_least) {
    std::vector<std::int64_t> ids;
    std::int64_t id = 0;
    while (ids.size() < at_least && ::read(pipe, &id, sizeof(id)) == sizeof(id)) ids.push_back(id);
    return ids;
}

TEST_P(Durability, KillNineLosesNothingThatWasAcknowledged) {
    database_.reset();
    std::int64_t next = 1;
    for (const std::size_t acknowledged_before_kill : {1u, 50u, 300u, 1000u}) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            write_until_killed(*factory_, next, ends[1]);
        }
        ::close(ends[1]);
        std::vector<std::int64_t> acknowledged = read_ids(ends[0], acknowledged_before_kill);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
        const auto rest = read_ids(ends[0], SIZE_MAX);
        acknowledged.insert(acknowledged.end(), rest.begin(), rest.end());
        ::close(ends[0]);

        ASSERT_NO_FATAL_FAILURE(reopen());
        const auto missing = database_->read([&](Executor& executor) -> Result<std::int64_t> {
            std::int64_t absent = 0;
            for (const std::int64_t id : acknowledged) {
                GALLEY_TRY(const auto found, executor.query_integer("SELECT id FROM note WHERE id = $1", {id}));
                absent += found ? 0 : 1;
            }
            return absent;
        });
        ASSERT_TRUE(missing);
        EXPECT_EQ(*missing, 0);
        EXPECT_GE(acknowledged.size(), acknowledged_before_kill);
        const auto last =
            database_->read([](Executor& executor) { return executor.query_integer("SELECT max(id) FROM note"); });
        next = last->value_or(0) + 1;
        database_.reset();
    }
}

INSTANTIATE_TEST_SUITE_P(Databases, Durability, testing::ValuesIn(every_database()), database_name);

}  // namespace
}  // namespace galley::store
