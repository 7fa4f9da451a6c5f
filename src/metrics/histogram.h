// src/metrics/histogram.h — the sketch that many threads record into at once without waiting for each other.
//
// Shape    record() adds to one of kShards sets of atomic counters, chosen by thread; snapshot() adds them up to a
//          Sketch.
// Units    the caller's; seconds for times.
// Threads  any; record() takes no lock (about 10 ns). A snapshot has every value whose record() returned before it
//          began, and is
//          always a well-formed Sketch: its count is the sum of its buckets.
// Limits   512 bytes for each power of two that occurred, in each shard: about 5 KB for a thread's latencies.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "metrics/shard.h"
#include "metrics/sketch.h"

namespace galley::metrics {

class Histogram {
 public:
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
