#include "codec/compression.h"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <zstd.h>

#include <string>
#include <thread>
#include <vector>

namespace galley::codec {
namespace {

Bytes decoded(Coding coding, const Bytes& bytes, std::size_t size) {
    Bytes out(size + 1, '\0');  // one more, so that too much is seen
    std::size_t made = 0;
    if (coding == Coding::Zstd) {
        made = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
        EXPECT_FALSE(ZSTD_isError(made));
    } else if (coding == Coding::Brotli) {
        made = out.size();
        EXPECT_EQ(BrotliDecoderDecompress(bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()), &made,
                                          reinterpret_cast<std::uint8_t*>(out.data())),
                  BROTLI_DECODER_RESULT_SUCCESS);
    } else {
        libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
        EXPECT_EQ(libdeflate_gzip_decompress(decompressor, bytes.data(), bytes.size(), out.data(), out.size(), &made),
                  LIBDEFLATE_SUCCESS);
        libdeflate_free_decompressor(decompressor);
    }
    out.resize(made);
    return out;
}

std::string text_of(std::size_t size) {
    std::string text;
    for (unsigned number = 1; text.size() < size; ++number) {
        text += "{\"id\":\"task-" + std::to_string(number * 2654435761U) + "\",\"status\":\"completed\"},";
    }
    text.resize(size);
    return text;
}

class CompressionOf : public testing::TestWithParam<Coding> {};

TEST_P(CompressionOf, GivesTheTextAgainAtEverySize) {
    for (const std::size_t size : {0UL, 1UL, 1000UL, 70'000UL, 128UL * 1024, 300'000UL, 2UL << 20}) {
        const std::string text = text_of(size);
        EXPECT_EQ(decoded(GetParam(), compress(GetParam(), text), size), text) << size;
    }
}

TEST_P(CompressionOf, MakesTextSmallAndNoiseHardlyLarger) {
    const std::string text = text_of(50'000);
    EXPECT_LT(compress(GetParam(), text).size(), text.size() / 3);
    std::string noise;
    for (std::uint32_t state = 1; noise.size() < 50'000; state = state * 1664525 + 1013904223) {
        noise += static_cast<char>(state >> 24);
    }
    EXPECT_LT(compress(GetParam(), noise).size(), noise.size() + 1000);
    EXPECT_EQ(decoded(GetParam(), compress(GetParam(), noise), noise.size()), noise);
}

TEST_P(CompressionOf, ThreadsDoNotShareWorkspaces) {
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i <= 4; ++i) {
        threads.emplace_back([i] {
            const std::string text = text_of(i * 10'000);
            for (int k = 0; k < 20; ++k) {
                EXPECT_EQ(decoded(GetParam(), compress(GetParam(), text), text.size()), text);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
}

INSTANTIATE_TEST_SUITE_P(Codings, CompressionOf, testing::ValuesIn(kCodings),
                         [](const auto& test) { return std::string(coding_name(test.param)); });

TEST(Compression, IdentityIsTheText) {
    EXPECT_EQ(compress(Coding::Identity, "text"), "text");
    EXPECT_EQ(coding_name(Coding::Identity), "identity");
}

}  // namespace
}  // namespace galley::codec
