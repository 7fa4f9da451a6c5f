#include "base/aead.h"

#include <gtest/gtest.h>

namespace galley {
namespace {

constexpr AeadKey kZeroKey{};

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    }
    return bytes;
}

// The GCM specification of McGrew and Viega, test cases 13 and 14.
TEST(Aead, SealsAsTheSpecificationsExamplesDo) {
    EXPECT_EQ(aead_seal(kZeroKey, {}, "", ""), std::string(12, '\0') + from_hex("530f8afbc74536b9a963b4f1c4cb738b"));
    EXPECT_EQ(aead_seal(kZeroKey, {}, std::string(16, '\0'), ""),
              std::string(12, '\0') + from_hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"));
}

TEST(Aead, OpensWhatItSealed) {
    for (const std::string& plain : {std::string(), std::string("null"), std::string(100'000, 'x')}) {
        const auto opened = aead_open(kZeroKey, aead_seal(kZeroKey, {7}, plain, "place"), "place");
        ASSERT_TRUE(opened);
        EXPECT_EQ(*opened, plain);
    }
}

TEST(Aead, AnyChangedBitAnotherContextOrKeyIsNotOpened) {
    const std::string sealed = aead_seal(kZeroKey, {7}, "plain", "place");
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::string changed = sealed;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(aead_open(kZeroKey, changed, "place")) << bit;
    }
    EXPECT_FALSE(aead_open(kZeroKey, sealed, "another"));
    EXPECT_FALSE(aead_open({1}, sealed, "place"));
    for (std::size_t bytes = 0; bytes < sealed.size(); ++bytes) {
        EXPECT_FALSE(aead_open(kZeroKey, std::string_view(sealed).substr(0, bytes), "place")) << bytes;
    }
}

}  // namespace
}  // namespace galley
