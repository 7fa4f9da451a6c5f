#include "codec/decompression.h"

#include <gtest/gtest.h>

namespace galley::codec {
namespace {

std::string text_of(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += "line " + std::to_string(text.size()) + "\n";
    text.resize(bytes);
    return text;
}

class EachCoding : public ::testing::TestWithParam<Coding> {};
INSTANTIATE_TEST_SUITE_P(Codings, EachCoding, ::testing::ValuesIn(kCodings),
                         [](const auto& info) { return std::string(coding_name(info.param)); });

TEST_P(EachCoding, ReadsWhatWasWritten) {
    for (const std::size_t bytes : {0U, 1U, 1000U, 70'000U, 3'000'000U}) {
        const std::string text = text_of(bytes);
        const Result<Bytes> got = decompress(GetParam(), compress(GetParam(), text), bytes);
        ASSERT_TRUE(got) << bytes << ": " << got.error().to_string();
        EXPECT_TRUE(*got == text) << bytes;
    }
}

TEST_P(EachCoding, ABombIsRefusedAtItsBoundAndNotUnpacked) {
    const Bytes bomb = compress(GetParam(), std::string(50'000'000, 'x'));
    EXPECT_LT(bomb.size(), 100'000U);
    for (const std::uint64_t most : {0ULL, 1ULL, 1'000'000ULL, 49'999'999ULL}) {
        const Result<Bytes> got = decompress(GetParam(), bomb, most);
        ASSERT_FALSE(got) << most;
        EXPECT_EQ(got.error().code, ErrorCode::LimitExceeded);
    }
    EXPECT_TRUE(decompress(GetParam(), bomb, 50'000'000));
}

TEST_P(EachCoding, WhatIsCutOffOrHasMoreBehindItIsRefused) {
    const Bytes whole = compress(GetParam(), text_of(2'000));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(decompress(GetParam(), whole.substr(0, size), 10'000)) << size;
    EXPECT_FALSE(decompress(GetParam(), whole + "x", 10'000));
    EXPECT_FALSE(decompress(GetParam(), "this is not packed at all", 10'000));
}

TEST(Decompression, SeveralMembersOfGzipAreOneText) {
    EXPECT_EQ(decompress(Coding::Gzip, compress(Coding::Gzip, "one ") + compress(Coding::Gzip, "two"), 7), "one two");
    EXPECT_FALSE(decompress(Coding::Gzip, compress(Coding::Gzip, "one ") + compress(Coding::Gzip, "two"), 6));
}

TEST(Decompression, AWindowBeyondTheBoundIsRefused) {
    // A frame header of RFC 8878 §3.1.1: no content size, a window of 128 MiB; then one empty last block.
    const std::string frame("\x28\xb5\x2f\xfd\x00\x88\x01\x00\x00", 9);
    EXPECT_FALSE(decompress(Coding::Zstd, frame, 1 << 30));
}

TEST(Decompression, KnowsTheNamesOfCodings) {
    EXPECT_EQ(coding_of("GZIP"), Coding::Gzip);
    EXPECT_EQ(coding_of("x-gzip"), Coding::Gzip);
    EXPECT_EQ(coding_of("br"), Coding::Brotli);
    EXPECT_EQ(coding_of("zstd"), Coding::Zstd);
    EXPECT_EQ(coding_of("identity"), Coding::Identity);
    EXPECT_FALSE(coding_of("deflate"));
    EXPECT_FALSE(coding_of(""));
}

}  // namespace
}  // namespace galley::codec
