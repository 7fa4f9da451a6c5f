// src/auth/keyed_hash.h — a 64-bit hash that only its key predicts: nobody chooses whom to collide with.
//
// Shape    KeyedHash::of(key, text), about 15 ns for a short text. Not a signature: 64 bits are too few.
// Threads  pure functions, any thread.
// Source   SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"; the reduced rounds are what hash tables
//          use).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace galley::auth {

class KeyedHash {
 public:
    using Key = std::array<std::uint64_t, 2>;

    static std::uint64_t of(const Key& key, std::string_view text) {
        KeyedHash hash(key);
        const std::uint64_t length = text.size();
        for (; text.size() >= 8; text.remove_prefix(8)) hash.add(word(text));
        hash.add(word(text) | (length << 56U));
        return hash.finish();
    }

 private:
    explicit KeyedHash(const Key& key)
        : v_{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
             key[1] ^ 0x7465646279746573} {}

    // The first eight bytes, least significant first; fewer are filled up with zeros.
    static std::uint64_t word(std::string_view text) {
        static_assert(std::endian::native == std::endian::little);
        std::uint64_t value = 0;
        std::memcpy(&value, text.data(), text.size() < 8 ? text.size() : 8);
        return value;
    }

    void add(std::uint64_t word) {
        v_[3] ^= word;
        round();
        v_[0] ^= word;
    }

    std::uint64_t finish() {
        v_[2] ^= 0xff;
        for (int i = 0; i < 3; ++i) round();
        return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
    }

    void round() {
        v_[0] += v_[1];
        v_[1] = std::rotl(v_[1], 13) ^ v_[0];
        v_[0] = std::rotl(v_[0], 32);
        v_[2] += v_[3];
        v_[3] = std::rotl(v_[3], 16) ^ v_[2];
        v_[0] += v_[3];
        v_[3] = std::rotl(v_[3], 21) ^ v_[0];
        v_[2] += v_[1];
        v_[1] = std::rotl(v_[1], 17) ^ v_[2];
        v_[2] = std::rotl(v_[2], 32);
    }

    std::array<std::uint64_t, 4> v_;
};

}  // namespace galley::auth
