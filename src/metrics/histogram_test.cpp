#include "metrics/histogram.h"

#include <gtest/gtest.h>

#include <barrier>
#include <thread>
#include <vector>

#include "metrics/counter.h"

namespace galley::metrics {
namespace {

constexpr int kThreads = 12;  // more than there are shards
constexpr int kEach = 2000;

TEST(Histogram, EqualsASketchOfTheSameValues) {
    Histogram histogram;
    Sketch sketch;
    for (int i = -3; i < 5000; ++i) {
        histogram.record(i * 0.5);
        sketch.record(i * 0.5);
    }
    EXPECT_EQ(histogram.snapshot(), sketch);
    EXPECT_EQ(Histogram().snapshot(), Sketch());
}

TEST(Histogram, ThreadsLoseNothing) {
    Histogram histogram;
    Counter counter;
    Gauge gauge;
    std::barrier start(kThreads);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            start.arrive_and_wait();
            for (int i = 0; i < kEach; ++i) {
                histogram.record(t + 1);
                counter.add(2);
                gauge.add(0.5);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const Sketch sketch = histogram.snapshot();
    EXPECT_EQ(sketch.count(), std::uint64_t{kThreads} * kEach);
    EXPECT_EQ(sketch.sum(), kEach * kThreads * (kThreads + 1) / 2.0);
    EXPECT_EQ(sketch.min(), 1);
    EXPECT_EQ(sketch.max(), kThreads);
    EXPECT_EQ(counter.value(), std::uint64_t{2} * kThreads * kEach);
    EXPECT_EQ(gauge.value(), 0.5 * kThreads * kEach);
}

TEST(Histogram, ASnapshotDuringRecordingIsWellFormed) {
    Histogram histogram;
    std::barrier start(3);
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&, t] {
            start.arrive_and_wait();
            for (int i = 1; i < 20'000; ++i) histogram.record(t == 0 ? i : 1.0 / i);
        });
    }
    start.arrive_and_wait();
    std::uint64_t last = 0;
    for (int i = 0; i < 200; ++i) {
        const Sketch sketch = histogram.snapshot();
        EXPECT_GE(sketch.count(), last);
        last = sketch.count();
        const Result<Sketch> back = Sketch::parse(sketch.serialise());
        ASSERT_TRUE(back) << back.error().to_string();
        EXPECT_EQ(*back, sketch);
    }
    for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace galley::metrics
