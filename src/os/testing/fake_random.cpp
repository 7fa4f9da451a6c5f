#include "os/testing/fake_random.h"

namespace galley::os {

void FakeRandom::fill(std::span<std::uint8_t> buffer) {
    const MutexLock lock(mutex_);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < buffer.size(); ++i) {
        if (i % 8 == 0) bits = next();
        buffer[i] = static_cast<std::uint8_t>(bits);
        bits >>= 8U;
    }
}

std::uint64_t FakeRandom::next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

}  // namespace galley::os
