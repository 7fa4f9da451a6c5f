// src/metrics/histogram.h — the sketch that many threads record into at once without waiting for each other.
//
// Shape    record() adds to one of kShards sets of atomic counters, chosen by thread; snapshot() adds them up to a Sketch.
// Units    the caller's; seconds for times.
// Threads  any; record() takes no lock (about 10 ns). A snapshot taken during recording has every value that was recorded before it began,
//          and its count always equals the sum of its buckets.
// Limits   a shard is made on first use; its 32 KB are touched only where values fall.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "metrics/sketch.h"

namespace galley::metrics {

class Histogram {
 public:
    static constexpr std::size_t kShards = 8;

    Histogram();
    ~Histogram();
    Histogram(const Histogram&) = delete;
    Histogram& operator=(const Histogram&) = delete;

    void record(double value);
    Sketch snapshot() const;

 private:
    struct Shard;
    Shard& shard();

    std::array<std::atomic<Shard*>, kShards> shards_{};
};

}  // namespace galley::metrics
