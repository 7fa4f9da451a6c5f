// src/base/digest.h — SHA-256 digests, keyed digests and comparison in constant time.
//
// Shape    Digest = 32 bytes; text form = 64 lower-case hex digits.
// Errors   parse_digest: InvalidInput.
// Threads  free functions and distinct Sha256 objects from any thread.
// Source   FIPS 180-4, RFC 2104; OpenSSL does the arithmetic.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace galley {

struct Digest {
    std::array<std::uint8_t, 32> bytes{};
    auto operator<=>(const Digest&) const = default;

    std::string hex() const;
    std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};

Result<Digest> parse_digest(std::string_view hex);
Digest digest_from_bytes(std::string_view bytes32);  // precondition: exactly 32 bytes

Digest sha256(std::string_view data);
Digest hmac_sha256(std::string_view key, std::string_view data);

// Incremental SHA-256.
class Sha256 {
 public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void update(std::string_view data);
    Digest finish();  // call once

 private:
    struct State;
    std::unique_ptr<State> state_;
};

// Equal length and content; time depends on the length only.
bool equal_constant_time(std::string_view a, std::string_view b);

std::string hex_encode(std::string_view bytes);

}  // namespace galley

template <>
struct std::hash<galley::Digest> {
    std::size_t operator()(const galley::Digest& digest) const noexcept {
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof(value); ++i) value = (value << 8) | digest.bytes[i];
        return value;
    }
};
