#include "os/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace galley::os {

namespace {

class SystemRandom final : public Random {
 public:
    // Once the kernel's pool is ready, getrandom() fails only by interruption.
    void fill(std::span<std::uint8_t> buffer) override {
        while (!buffer.empty()) {
            const ssize_t got = getrandom(buffer.data(), buffer.size(), 0);
            GALLEY_CHECK(got >= 0 || errno == EINTR);
            if (got > 0) buffer = buffer.subspan(static_cast<std::size_t>(got));
        }
    }
};

}  // namespace

std::uint64_t Random::random_u64() {
    std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
    fill(bytes);
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

Random& system_random() {
    static SystemRandom random;
    return random;
}

}  // namespace galley::os
