// src/os/testing/fake_random.h — the same "random" bytes for the same seed. Never for anything but tests.
//
// Threads  any; which thread gets which bytes depends on their order.
// Source   SplitMix64.
#pragma once

#include "base/mutex.h"
#include "os/random.h"

namespace galley::os {

class FakeRandom final : public Random {
 public:
    explicit FakeRandom(std::uint64_t seed = 1) : state_(seed) {}
    void fill(std::span<std::uint8_t> buffer) override;

 private:
    std::uint64_t next() GALLEY_REQUIRES(mutex_);

    Mutex mutex_;
    std::uint64_t state_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::os
