#include "tasks/ready_lanes.h"

#include <gtest/gtest.h>

#include <random>

namespace galley::tasks {
namespace {

using namespace std::chrono_literals;

constexpr auto kHour = std::chrono::hours(1);

class ReadyLanesTest : public testing::Test {
 protected:
    static bool is_here(std::string_view kind) { return !kind.starts_with("outside"); }

    void make(ReadyLanes::Limits limits) { lanes_ = std::make_unique<ReadyLanes>(limits, is_here); }
    void push(TaskSeq seq, LaneView lane = kLane) { lanes_->push(lane, ReadyTask{seq}); }
    // 0 when nothing may start.
    TaskSeq take() {
        auto taken = lanes_->take_here(now_);
        if (!taken) return 0;
        running_[taken->task.seq] = taken->lane;
        return taken->task.seq;
    }
    bool finish(TaskSeq seq) {
        ReadyLanes::Lane* lane = running_.at(seq);
        running_.erase(seq);
        return lanes_->returned(lane, now_);
    }
    std::vector<TaskSeq> take_all() {
        std::vector<TaskSeq> taken;
        while (const TaskSeq seq = take()) {
            taken.push_back(seq);
            finish(seq);
        }
        return taken;
    }
    static LaneView by(std::string_view caller, int priority = kPriorityDefault) {
        return {"default", "echo", priority, caller, {}};
    }
    static LaneView keyed(std::string_view key) { return {"default", "echo", kPriorityDefault, "a", key}; }

    static constexpr LaneView kLane{"default", "echo", kPriorityDefault, "a", {}};
    std::unique_ptr<ReadyLanes> lanes_ = std::make_unique<ReadyLanes>(ReadyLanes::Limits{}, is_here);
    MonotonicTime now_{kHour};
    std::map<TaskSeq, ReadyLanes::Lane*> running_;
};

using Seqs = std::vector<TaskSeq>;

TEST_F(ReadyLanesTest, TheOldestOfALaneGoesFirstHoweverTheyCame) {
    for (const TaskSeq seq : {3, 1, 2, 5, 4}) push(seq);
    EXPECT_EQ(take_all(), (Seqs{1, 2, 3, 4, 5}));
    EXPECT_EQ(lanes_->lanes(), 0u);
}

TEST_F(ReadyLanesTest, ATaskThatIsHereIsNotTakenTwice) {
    push(1);
    push(1);
    EXPECT_EQ(take_all(), (Seqs{1}));
}

TEST_F(ReadyLanesTest, HigherPrioritiesGoFirst) {
    push(1, by("a", 5));
    push(2, by("a", 9));
    push(3, by("a", 0));
    push(4, by("a", 9));
    EXPECT_EQ(take_all(), (Seqs{2, 4, 1, 3}));
}

TEST_F(ReadyLanesTest, LowerPrioritiesThatWaitGetOneStartInSixteenBetweenThem) {
    for (TaskSeq seq = 1; seq <= 320; ++seq) push(seq, by("a", 9));
    for (TaskSeq seq = 401; seq <= 420; ++seq) push(seq, by("a", 4));
    for (TaskSeq seq = 501; seq <= 520; ++seq) push(seq, by("a", 1));
    std::map<int, int> starts;
    for (int i = 0; i < 160; ++i) {
        const TaskSeq seq = take();
        ++starts[seq > 500 ? 1 : seq > 400 ? 4 : 9];
        finish(seq);
    }
    EXPECT_EQ(starts, (std::map<int, int>{{9, 150}, {4, 5}, {1, 5}}));
}

TEST_F(ReadyLanesTest, CallersTakeTurnsHoweverManyTasksTheyHave) {
    for (TaskSeq seq = 1; seq <= 100; ++seq) push(seq, by("many"));
    push(101, by("few"));
    push(102, by("few"));
    const Seqs taken = take_all();
    EXPECT_EQ(Seqs(taken.begin(), taken.begin() + 5), (Seqs{1, 101, 2, 102, 3}));
    EXPECT_EQ(taken.size(), 102u);
}

TEST_F(ReadyLanesTest, ACallersTasksOfOnePriorityGoInOrderOfAgeWhateverTheirKind) {
    push(1, {"default", "echo", 5, "a", {}});
    push(2, {"default", "other", 5, "a", {}});
    push(3, {"default", "echo", 5, "a", "key"});
    push(4, {"default", "other", 5, "a", {}});
    EXPECT_EQ(take_all(), (Seqs{1, 2, 3, 4}));
}

TEST_F(ReadyLanesTest, QueuesTakeTurns) {
    for (const TaskSeq seq : {1, 2, 3}) push(seq, {"one", "echo", 9, "a", {}});
    for (const TaskSeq seq : {4, 5}) push(seq, {"two", "echo", 0, "a", {}});
    EXPECT_EQ(take_all(), (Seqs{1, 4, 2, 5, 3}));
}

TEST_F(ReadyLanesTest, KindsOfOthersAreTakenByThemAlone) {
    push(1, {"default", "outside.a", 5, "a", {}});
    push(2);
    push(3, {"default", "outside.b", 5, "a", {}});
    EXPECT_EQ(take_all(), (Seqs{2}));
    EXPECT_FALSE(lanes_->take_outside("other", "outside.a", now_));
    EXPECT_FALSE(lanes_->take_outside("default", "echo", now_));
    const auto taken = lanes_->take_outside("default", "outside.b", now_);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->task.seq, 3);
    EXPECT_EQ(lanes_->tasks(), 1u);
}

TEST_F(ReadyLanesTest, APausedQueueGivesNothingOutAndTheOthersGoOn) {
    push(1);
    push(2, {"other", "echo", 5, "a", {}});
    lanes_->set_queue("default", {.mode = QueueMode::Paused});
    EXPECT_EQ(take_all(), (Seqs{2}));
    lanes_->set_queue("default", {.mode = QueueMode::Draining});
    EXPECT_EQ(take_all(), (Seqs{1}));
}

TEST_F(ReadyLanesTest, NoMoreOfAQueueRunThanItMay) {
    lanes_->set_queue("default", {.running_max = 2});
    for (const TaskSeq seq : {1, 2, 3}) push(seq);
    EXPECT_EQ(take(), 1);
    EXPECT_EQ(take(), 2);
    EXPECT_EQ(take(), 0);
    EXPECT_TRUE(finish(1));
    EXPECT_EQ(take(), 3);
    EXPECT_EQ(lanes_->running("default"), 2);
}

TEST_F(ReadyLanesTest, ALimitThatIsRaisedCountsAtOnce) {
    lanes_->set_queue("default", {.running_max = 1});
    push(1);
    push(2);
    EXPECT_EQ(take(), 1);
    EXPECT_EQ(take(), 0);
    lanes_->set_queue("default", {});
    EXPECT_EQ(take(), 2);
    finish(1);
    finish(2);
    EXPECT_EQ(lanes_->running("default"), 0);
}

TEST_F(ReadyLanesTest, AKeyAtItsLimitLetsOthersPass) {
    lanes_->set_queue("default", {.running_per_key_max = 1});
    for (const TaskSeq seq : {1, 2}) push(seq, keyed("x"));
    push(3, keyed("y"));
    push(4);
    push(5);
    EXPECT_EQ(take(), 1);
    EXPECT_EQ(take(), 3);
    EXPECT_EQ(take(), 4);
    EXPECT_EQ(take(), 5);  // without a key, without its limit
    EXPECT_EQ(take(), 0);
    EXPECT_FALSE(finish(3));
    EXPECT_TRUE(finish(1));
    EXPECT_EQ(take(), 2);
}

TEST_F(ReadyLanesTest, AQueueHeldByItsRateGoesOnWhenItMay) {
    lanes_->set_queue("default", {.rate = {.starts = 2, .per = Duration(1'000)}});
    for (const TaskSeq seq : {1, 2, 3}) push(seq);
    EXPECT_EQ(take_all(), (Seqs{1, 2}));
    EXPECT_EQ(lanes_->next_release(now_), now_ + 1s);
    now_ += 999ms;
    EXPECT_EQ(take(), 0);
    now_ += 1ms;
    EXPECT_EQ(take(), 3);
}

TEST_F(ReadyLanesTest, AKeyHeldByItsRateGoesOnWhenItMay) {
    lanes_->set_queue("default", {.rate_per_key = {.starts = 1, .per = Duration(1'000)}});
    for (const TaskSeq seq : {1, 2}) push(seq, keyed("x"));
    push(3, keyed("y"));
    EXPECT_EQ(take_all(), (Seqs{1, 3}));
    EXPECT_EQ(lanes_->next_release(now_), now_ + 1s);
    now_ += 1s;
    EXPECT_EQ(take_all(), (Seqs{2}));
    now_ += 1s + ReadyLanes::kForgetAfter;
    EXPECT_EQ(take(), 0);
    EXPECT_FALSE(lanes_->next_release(now_));  // nothing of the keys is left
}

TEST_F(ReadyLanesTest, ALanesRateOutlivesItsTasks) {
    lanes_->set_queue("default", {.rate_per_key = {.starts = 1, .per = Duration(1'000)}});
    push(1, keyed("x"));
    EXPECT_EQ(take_all(), (Seqs{1}));
    push(2, keyed("x"));
    EXPECT_EQ(take(), 0);
    now_ += 1s;
    EXPECT_EQ(take(), 2);
}

TEST_F(ReadyLanesTest, RemovedTasksAreGoneAlsoWhileTheirLaneStandsAside) {
    lanes_->set_queue("default", {.running_per_key_max = 1});
    for (const TaskSeq seq : {1, 2, 3}) push(seq, keyed("x"));
    EXPECT_EQ(take(), 1);
    EXPECT_EQ(take(), 0);
    EXPECT_TRUE(lanes_->remove(keyed("x"), 2));
    EXPECT_FALSE(lanes_->remove(keyed("x"), 2));
    finish(1);
    EXPECT_EQ(take_all(), (Seqs{3}));
}

TEST_F(ReadyLanesTest, WhatDoesNotFitIsDroppedFromTheYoungEndAndTheLaneKnowsThatThereIsMore) {
    make({.tasks_max = 20});
    for (TaskSeq seq = 1; seq <= 30; ++seq) push(seq);
    EXPECT_EQ(lanes_->tasks(), 20u);
    EXPECT_FALSE(lanes_->has_hungry());
    for (TaskSeq seq = 1; seq <= 12; ++seq) EXPECT_EQ(take(), seq);
    push(31);  // younger than what the database alone has
    EXPECT_EQ(lanes_->tasks(), 8u);
    const std::vector<LaneKey> hungry = lanes_->take_hungry(10);
    ASSERT_EQ(hungry.size(), 1u);
    EXPECT_EQ(hungry[0].view(), kLane);
    EXPECT_TRUE(lanes_->take_hungry(10).empty());
    std::vector<ReadyTask> found;
    for (TaskSeq seq = 13; seq <= 31; ++seq) found.emplace_back(seq);
    lanes_->refill(kLane, std::move(found), false);
    for (TaskSeq seq = 13; seq <= 31; ++seq) EXPECT_EQ(take(), seq);
}

TEST_F(ReadyLanesTest, ALaneThatNobodyTakesFromLeavesTheOthersTheirShare) {
    make({.tasks_max = 1'000});
    lanes_->set_queue("parked", {.mode = QueueMode::Paused});
    for (TaskSeq seq = 1; seq <= 2'000; ++seq) push(seq, {"parked", "echo", kPriorityDefault, "a", {}});
    EXPECT_EQ(lanes_->tasks(), 1'000u);
    for (TaskSeq seq = 2'001; seq <= 4'000; ++seq) push(seq);
    EXPECT_EQ(lanes_->tasks(), 1'000u);
    EXPECT_EQ(take_all().size(), 500u);
    ASSERT_EQ(lanes_->take_hungry(10).size(), 1u) << "the parked one has enough";
    std::vector<ReadyTask> found;
    for (TaskSeq seq = 2'501; seq <= 3'001; ++seq) found.emplace_back(seq);
    lanes_->refill(kLane, std::move(found), false);
    EXPECT_EQ(take_all().size(), 500u);
}

TEST_F(ReadyLanesTest, ARefillThatFailedIsWantedAgain) {
    lanes_->mark_more(kLane);
    EXPECT_EQ(lanes_->take_hungry(10).size(), 1u);
    EXPECT_FALSE(lanes_->has_hungry());
    lanes_->refill_failed(kLane);
    EXPECT_EQ(lanes_->take_hungry(10).size(), 1u);
    lanes_->refill(kLane, {}, false);
    EXPECT_EQ(lanes_->lanes(), 0u);
}

TEST_F(ReadyLanesTest, LanesBeyondTheBoundAreLeftOut) {
    make({.lanes_max = 2});
    push(1, keyed("x"));
    push(2, keyed("y"));
    EXPECT_FALSE(lanes_->has_left_out());
    push(3, keyed("z"));
    EXPECT_TRUE(lanes_->has_left_out());
    EXPECT_EQ(take_all(), (Seqs{1, 2}));
    EXPECT_TRUE(lanes_->has_room_for_lanes());
}

TEST_F(ReadyLanesTest, InputsAreKeptUpToTheirBound) {
    make({.seed_bytes_max = 2 * sizeof(TaskSeed) + 100});
    for (const TaskSeq seq : {1, 2, 3}) {
        lanes_->push(kLane, ReadyTask{seq, std::make_unique<TaskSeed>(TaskSeed{{}, "12345"})});
    }
    int kept = 0;
    while (auto taken = lanes_->take_here(now_)) kept += taken->task.seed != nullptr;
    EXPECT_EQ(kept, 2);
    EXPECT_EQ(lanes_->seed_bytes(), 0u);
}

TEST_F(ReadyLanesTest, AnAttemptThatWasAdoptedCounts) {
    lanes_->set_queue("default", {.running_max = 1});
    ReadyLanes::Lane* lane = lanes_->adopt(kLane);
    push(1);
    EXPECT_EQ(take(), 0);
    EXPECT_TRUE(lanes_->returned(lane, now_));
    EXPECT_EQ(take(), 1);
}

// Against a model: whatever happens, each task is taken once, no limit is passed, and nothing is left behind.
TEST_F(ReadyLanesTest, AnyMixtureOfPushesTakesRemovalsAndSettingsLosesNothing) {
    std::mt19937 random(11);
    for (int round = 0; round < 30; ++round) {
        make({});
        std::map<TaskSeq, LaneKey> waiting;
        TaskSeq next = 1;
        int running_max = 0;
        const auto some_lane = [&] {
            LaneKey key;
            key.queue = random() % 2 ? "one" : "two";
            key.kind = "echo";
            key.priority = static_cast<int>(random() % 10);
            key.caller = std::string(1, static_cast<char>('a' + random() % 3));
            if (random() % 2) key.limit_key = std::string(1, static_cast<char>('p' + random() % 3));
            return key;
        };
        for (int step = 0; step < 2'000; ++step) {
            now_ += std::chrono::microseconds(random() % 2'000);
            switch (random() % 8) {
                case 0:
                    running_max = static_cast<int>(random() % 4);
                    lanes_->set_queue("one", {.running_max = running_max,
                                              .running_per_key_max = static_cast<int>(random() % 3),
                                              .rate_per_key = {static_cast<int>(random() % 5), Duration(100)}});
                    break;
                case 1:
                    if (!waiting.empty()) {
                        const auto victim = std::next(waiting.begin(), static_cast<long>(random() % waiting.size()));
                        ASSERT_TRUE(lanes_->remove(victim->second.view(), victim->first));
                        waiting.erase(victim);
                    }
                    break;
                case 2:
                case 3:
                    if (!running_.empty()) finish(running_.begin()->first);
                    break;
                case 4:
                case 5:
                    if (const TaskSeq seq = take()) ASSERT_EQ(waiting.erase(seq), 1u);
                    break;
                default:
                    waiting[next] = some_lane();
                    push(next, waiting[next].view());
                    ++next;
            }
            ASSERT_EQ(lanes_->tasks(), waiting.size());
        }
        lanes_->set_queue("one", {});
        while (!waiting.empty()) {
            const TaskSeq seq = take();
            ASSERT_NE(seq, 0) << waiting.size();
            ASSERT_EQ(waiting.erase(seq), 1u);
        }
        while (!running_.empty()) finish(running_.begin()->first);
        now_ += 1h;
        EXPECT_FALSE(lanes_->take_here(now_));
        EXPECT_EQ(lanes_->lanes(), 0u);
        EXPECT_FALSE(lanes_->next_release(now_));
    }
}

}  // namespace
}  // namespace galley::tasks
