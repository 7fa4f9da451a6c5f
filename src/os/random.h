// src/os/random.h — the only source of randomness: the kernel's, or a seeded one in tests.
//
// Shape    fill(buffer) writes unpredictable bytes; random_u64() is a convenience over it.
// Threads  any.
#pragma once

#include <cstdint>
#include <span>

namespace galley::os {

class Random {
 public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> buffer) = 0;
    std::uint64_t random_u64();
};

Random& system_random();

}  // namespace galley::os
