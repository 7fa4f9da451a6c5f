#include "tasks/ready_window.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tasks/due_window.h"

namespace galley::tasks {
namespace {

ReadyTask ready(TaskSeq seq, int priority = kPriorityDefault) {
    return {seq, priority, nullptr};
}

std::vector<TaskSeq> pop_all(ReadyWindow& window) {
    std::vector<TaskSeq> order;
    while (auto task = window.pop()) order.push_back(task->seq);
    return order;
}

TEST(ReadyWindow, HigherPriorityFirstThenOlder) {
    ReadyWindow window(100);
    for (const auto& [seq, priority] : std::vector<std::pair<TaskSeq, int>>{{5, 1}, {1, 1}, {2, 9}, {4, 5}, {3, 9}}) {
        EXPECT_FALSE(window.push(ready(seq, priority)));
    }
    EXPECT_EQ(pop_all(window), (std::vector<TaskSeq>{2, 3, 4, 1, 5}));
}

TEST(ReadyWindow, ADuplicateIsGivenBack) {
    ReadyWindow window(100);
    EXPECT_FALSE(window.push(ready(1)));
    EXPECT_FALSE(window.push(ready(2)));
    EXPECT_TRUE(window.push(ready(1)));
    EXPECT_TRUE(window.push(ready(2)));
    EXPECT_EQ(window.size(), 2u);
}

TEST(ReadyWindow, WhenFullTheWorstGoesAndTheDatabaseHasMore) {
    ReadyWindow window(2);
    window.push(ready(1, 5));
    window.push(ready(2, 5));
    EXPECT_FALSE(window.more_in_database());
    const auto pushed_out = window.push(ready(3, 9));
    ASSERT_TRUE(pushed_out);
    EXPECT_EQ(pushed_out->seq, 2);
    EXPECT_TRUE(window.more_in_database());
}

TEST(ReadyWindow, NothingOvertakesWhatWaitsInTheDatabase) {
    ReadyWindow window(4);
    for (TaskSeq seq = 1; seq <= 5; ++seq) window.push(ready(seq));  // 5 stays in the database
    EXPECT_EQ(window.pop()->seq, 1);
    EXPECT_TRUE(window.push(ready(6))) << "6 must wait behind 5, although there is room";
    EXPECT_FALSE(window.push(ready(7, 9))) << "a better one need not wait";
    EXPECT_EQ(pop_all(window), (std::vector<TaskSeq>{7, 2, 3, 4}));
    EXPECT_TRUE(window.push(ready(8))) << "empty here, but 5 and 6 are in the database";
    window.refill(ready(5));
    window.refill(ready(6));
    window.set_more_in_database(false);
    EXPECT_FALSE(window.push(ready(9)));
    EXPECT_EQ(pop_all(window), (std::vector<TaskSeq>{5, 6, 9}));
}

TEST(ReadyWindow, RemoveFindsOnlyWhatIsThere) {
    ReadyWindow window(10);
    for (TaskSeq seq = 1; seq <= 3; ++seq) window.push(ready(seq));
    EXPECT_TRUE(window.remove(2, kPriorityDefault));
    EXPECT_FALSE(window.remove(2, kPriorityDefault));
    EXPECT_FALSE(window.remove(3, 9));
    EXPECT_EQ(pop_all(window), (std::vector<TaskSeq>{1, 3}));
}

// The obvious version: one sorted list without a bound, of which the window shows the front.
TEST(ReadyWindow, AgreesWithASortedListUnderRandomUse) {
    ReadyWindow window(8);
    std::vector<std::pair<int, TaskSeq>> waiting;  // (-priority, seq)
    std::uint64_t random = 42;
    const auto next = [&random](std::uint64_t bound) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        return (random >> 33) % bound;
    };
    const auto refill = [&] {
        const std::size_t count = std::min<std::size_t>(waiting.size(), 6);
        for (std::size_t i = 0; i < count; ++i) window.refill(ready(waiting[i].second, -waiting[i].first));
        window.set_more_in_database(count < waiting.size());
    };
    for (TaskSeq seq = 1; seq <= 5000; ++seq) {
        const int priority = static_cast<int>(next(3));
        waiting.emplace_back(-priority, seq);
        std::ranges::sort(waiting);
        window.push(ready(seq, priority));
        if (next(100) < 49 || waiting.size() > 40) {
            if (window.wants_refill()) refill();
            const auto popped = window.pop();
            ASSERT_TRUE(popped);
            ASSERT_EQ(popped->seq, waiting.front().second);
            waiting.erase(waiting.begin());
        }
        ASSERT_LE(window.size(), 8u);
    }
}

TEST(DueWindow, SoonestFirstAndBounded) {
    DueWindow window(2);
    const Time start = from_unix_ms(1'000);
    window.push(start + Duration(30), 3);
    window.push(start + Duration(10), 1);
    window.push(start + Duration(20), 2);
    EXPECT_EQ(window.size(), 2u);
    EXPECT_EQ(window.next(), start + Duration(10));
    window.push(start + Duration(25), 4);
    EXPECT_EQ(window.take_due(start + Duration(25), 10), (std::vector<TaskSeq>{1, 2}));
    EXPECT_TRUE(window.wants_refill());
}

}  // namespace
}  // namespace galley::tasks
