#include "base/background_queue.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace galley {
namespace {

TEST(BackgroundQueue, RunsWorkInOrder) {
    std::vector<int> order;
    std::promise<void> last;
    BackgroundQueue queue(10);  // joins before what its work uses leaves
    for (int i = 0; i < 5; ++i) {
        BackgroundQueue::Work work = [&order, &last, i](BackgroundQueue::Run) {
            order.push_back(i);
            if (i == 4) last.set_value();
        };
        EXPECT_TRUE(queue.post(work));
    }
    last.get_future().wait();
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(BackgroundQueue, RefusesWhatIsTooMuch) {
    std::promise<void> started, go;
    BackgroundQueue queue(1);  // joins before what its work uses leaves
    BackgroundQueue::Work hold = [&](BackgroundQueue::Run) {
        started.set_value();
        go.get_future().wait();
    };
    EXPECT_TRUE(queue.post(hold));
    started.get_future().wait();
    BackgroundQueue::Work waits = [](BackgroundQueue::Run) {};
    EXPECT_TRUE(queue.post(waits));
    BackgroundQueue::Work refused = [](BackgroundQueue::Run) {};
    EXPECT_FALSE(queue.post(refused));
    EXPECT_TRUE(refused);  // still the poster's
    go.set_value();
}

TEST(BackgroundQueue, AcceptsNothingAfterStopAndHasCalledAllThatItAccepted) {
    int called = 0;
    BackgroundQueue queue(10);
    for (int i = 0; i < 3; ++i) {
        BackgroundQueue::Work work = [&called](BackgroundQueue::Run) { ++called; };
        EXPECT_TRUE(queue.post(work));
    }
    queue.stop();
    EXPECT_EQ(called, 3);
    BackgroundQueue::Work late = [](BackgroundQueue::Run) {};
    EXPECT_FALSE(queue.post(late));
}

}  // namespace
}  // namespace galley
