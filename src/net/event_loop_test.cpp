#include "net/event_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace galley::net {
namespace {

using std::chrono::milliseconds;

// A loop on its own thread, ended and joined at the end of the test.
class RunningLoop {
 public:
    ~RunningLoop() { end(); }
    EventLoop* operator->() { return loop_.get(); }
    void end() {
        if (!thread_.joinable()) return;
        loop_->stop();
        thread_.join();
    }

 private:
    std::shared_ptr<EventLoop> loop_ = EventLoop::create();
    std::thread thread_{[loop = loop_] { loop->run(); }};
};

TEST(EventLoop, TasksRunInOrderOnItsThread) {
    std::vector<int> order;
    std::promise<bool> on_thread;
    RunningLoop loop;
    for (int i = 0; i < 100; ++i) loop->post([&order, i] { order.push_back(i); });
    loop->post([&] { on_thread.set_value(loop->on_thread()); });
    EXPECT_TRUE(on_thread.get_future().get());
    EXPECT_FALSE(loop->on_thread());
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    EXPECT_EQ(order.size(), 100U);
}

TEST(EventLoop, EveryTaskOfManyThreadsRunsOnce) {
    constexpr int kThreads = 4;
    constexpr int kTasks = 1000;
    int count = 0;  // the loop's thread only
    std::promise<int> total;
    RunningLoop loop;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < kTasks; ++i) loop->post([&count] { ++count; });
        });
    }
    for (std::thread& thread : threads) thread.join();
    loop->post([&] { total.set_value(count); });
    EXPECT_EQ(total.get_future().get(), kThreads * kTasks);
}

TEST(EventLoop, WhatYieldedRunsInItsOrder) {
    std::vector<int> order;
    std::promise<void> done;
    RunningLoop loop;
    loop->post([&] {
        for (int i = 0; i < 100; ++i) loop->yield([&order, i] { order.push_back(i); });
        loop->yield([&] { done.set_value(); });
        EXPECT_TRUE(order.empty()) << "nothing runs within the call";
    });
    done.get_future().get();
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    EXPECT_EQ(order.size(), 100U);
}

// Work that never ends and always yields: whoever posts has a turn all the same.
TEST(EventLoop, WhatYieldsAgainAndAgainKeepsNobodyWaiting) {
    bool over = false;  // the loop's thread only
    std::promise<void> done;
    RunningLoop loop;
    std::function<void()> work = [&] {
        if (over) return done.set_value();
        loop->yield([&work] { work(); });
    };
    loop->post([&] { work(); });
    loop->post([&] { loop->after(milliseconds(1), [&over] { over = true; }); });
    done.get_future().get();
}

TEST(EventLoop, StopReleasesWhatYielded) {
    const auto token = std::make_shared<int>(0);
    RunningLoop loop;
    std::function<void(std::shared_ptr<int>)> work = [&](std::shared_ptr<int> held) {
        loop->yield([&work, held] { work(held); });
    };
    loop->post([&] { work(token); });
    loop.end();
    EXPECT_EQ(token.use_count(), 1);
}

TEST(EventLoop, TimersRunByTheirTimeNotTheirOrder) {
    std::vector<int> order;
    std::promise<void> done;
    RunningLoop loop;
    loop->post([&] {
        loop->after(milliseconds(20), [&] {
            order.push_back(20);
            done.set_value();
        });
        loop->after(milliseconds(1), [&] { order.push_back(1); });
        loop->after(milliseconds(10), [&] { order.push_back(10); });
    });
    done.get_future().get();
    EXPECT_THAT(order, ::testing::ElementsAre(1, 10, 20));
}

TEST(EventLoop, CancelledTimersDoNotRun) {
    bool cancelled_ran = false;
    std::promise<void> later;
    RunningLoop loop;
    LoopTimer from_outside = loop->after(milliseconds(5), [&] { cancelled_ran = true; });
    from_outside.cancel();
    from_outside.cancel();
    loop->post([&] {
        LoopTimer on_thread = loop->after(milliseconds(5), [&] { cancelled_ran = true; });
        on_thread.cancel();
        loop->after(milliseconds(10), [&] { later.set_value(); });
    });
    later.get_future().get();
    EXPECT_FALSE(cancelled_ran);
}

TEST(EventLoop, StopDropsTimersAndLaterTasks) {
    RunningLoop loop;
    const auto token = std::make_shared<int>(0);
    LoopTimer timer = loop->after(std::chrono::hours(1), [token] {});
    loop.end();
    loop->post([token] { FAIL(); });
    EXPECT_EQ(token.use_count(), 1) << "what was captured is released";
    timer.cancel();
}

TEST(EventLoop, TimerOutlivesItsLoop) {
    LoopTimer timer;
    {
        RunningLoop loop;
        timer = loop->after(std::chrono::hours(1), [] {});
    }
    timer.cancel();
}

}  // namespace
}  // namespace galley::net
