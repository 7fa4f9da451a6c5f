#include "api/health_parts.h"

#include <gtest/gtest.h>

#include <deque>

#include "os/testing/fake_clock.h"
#include "os/testing/fake_files.h"

namespace galley::api {
namespace {

// Keeps what is submitted until the test lets it go.
class StalledDatabase final : public store::Database {
 public:
    void submit(store::WriteWork, store::WriteDone done) override { waiting_.push_back(std::move(done)); }
    Result<void> run_read(const std::function<Result<void>(store::Executor&)>&) override { return read_; }
    void close() override {}
    store::DatabaseStats stats() const override { return {.queue_depth = depth_}; }
    Result<void> backup(const std::string&) override { return {}; }

    void commit(Result<void> result) {
        waiting_.front()(std::move(result));
        waiting_.pop_front();
    }
    std::size_t waiting() const { return waiting_.size(); }

    Result<void> read_{};
    std::uint64_t depth_ = 0;

 protected:
    Result<void> run_write(store::WriteWork) override { return {}; }

 private:
    std::deque<store::WriteDone> waiting_;
};

class HealthParts : public testing::Test {
 protected:
    void SetUp() override { ASSERT_TRUE(files_.make_folders("/data/cache")); }

    PartVerdict look(std::string_view name) {
        for (const HealthPart& part : parts_)
            if (part.name == name) return part.look();
        ADD_FAILURE() << "no part " << name;
        return {};
    }
    PartState state(std::string_view name) { return look(name).state; }

    os::FakeClock clock_;
    os::FakeFiles files_;
    StalledDatabase database_;
    tasks::EngineStats stats_;
    std::vector<HealthPart> parts_ = health_parts({.database = database_,
                                                   .task_stats = [this] { return stats_; },
                                                   .files = files_,
                                                   .clock = clock_,
                                                   .data_folder = "/data",
                                                   .cache_folder = "/data/cache",
                                                   .writes_waiting_max = 100});
};

TEST_F(HealthParts, ADatabaseThatCannotBeReadIsFailed) {
    EXPECT_EQ(state("database"), PartState::Ok);
    database_.read_ = fail(ErrorCode::Unavailable, "disk I/O error in /secret/path");
    EXPECT_EQ(look("database").detail, "cannot be read");
}

TEST_F(HealthParts, TheWriterMustEndACommitInTime) {
    EXPECT_EQ(state("writer"), PartState::Ok);
    EXPECT_EQ(database_.waiting(), 1U);
    clock_.advance(kCommitTimeMax);
    EXPECT_EQ(state("writer"), PartState::Ok);
    clock_.advance(Duration(1));
    EXPECT_EQ(look("writer").detail, "a commit does not end");
    EXPECT_EQ(database_.waiting(), 1U) << "one commit at a time";
    database_.commit({});
    const PartVerdict after = look("writer");
    EXPECT_EQ(after.state, PartState::Ok);
    EXPECT_EQ(after.milliseconds, 2001.0);
}

TEST_F(HealthParts, AFailedCommitStandsUntilOneSucceeds) {
    (void)look("writer");
    database_.commit(fail(ErrorCode::Unavailable, "disk full"));
    EXPECT_EQ(look("writer").detail, "cannot commit");
    clock_.advance(kProbeInterval);
    (void)look("writer");
    database_.commit({});
    EXPECT_EQ(state("writer"), PartState::Ok);
}

TEST_F(HealthParts, AWriterThatFallsBehindIsDegraded) {
    database_.depth_ = 50;
    EXPECT_EQ(state("writer"), PartState::Ok);
    database_.depth_ = 51;
    EXPECT_EQ(look("writer").detail, "51 writes wait");
}

TEST_F(HealthParts, LittleRoomIsDegraded) {
    EXPECT_EQ(state("disk"), PartState::Ok);
    files_.set_free_bytes(5'000'000);
    EXPECT_EQ(look("disk").detail, "5 MB are free");
}

TEST_F(HealthParts, AFolderIsWrittenAndLeftAsItWas) {
    EXPECT_EQ(state("cache_folder"), PartState::Ok);
    EXPECT_TRUE(files_.list("/data/cache").value().empty());
    files_.fail_call(0);
    EXPECT_EQ(look("cache_folder").detail, "cannot be written");
}

TEST_F(HealthParts, TasksThatNobodyStartsAreNoticed) {
    stats_.ready_in_memory = 3;
    EXPECT_EQ(state("tasks"), PartState::Ok);
    clock_.advance(kNoTaskStartedMax - Duration(1));
    EXPECT_EQ(state("tasks"), PartState::Ok);
    clock_.advance(Duration(1));
    EXPECT_EQ(look("tasks").detail, "tasks wait and none was started for 10 minutes");
    stats_.started = 1;
    EXPECT_EQ(state("tasks"), PartState::Ok);
}

}  // namespace
}  // namespace galley::api
