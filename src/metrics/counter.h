// src/metrics/counter.h — a number that only grows, and one that goes anywhere.
//
// Threads  any; no lock. Threads that count at the same time write to different cache lines.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "metrics/shard.h"

namespace galley::metrics {

class Counter {
 public:
    void add(std::uint64_t amount = 1) { cells_[thread_shard()].value.fetch_add(amount, std::memory_order_relaxed); }
    std::uint64_t value() const {
        std::uint64_t total = 0;
        for (const Cell& cell : cells_) total += cell.value.load(std::memory_order_relaxed);
        return total;
    }

 private:
    struct alignas(64) Cell {
        std::atomic<std::uint64_t> value{0};
    };
    std::array<Cell, kShards> cells_;
};

class Gauge {
 public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

 private:
    std::atomic<double> value_{0};
};

}  // namespace galley::metrics
