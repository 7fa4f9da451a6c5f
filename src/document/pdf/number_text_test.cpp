#include "document/pdf/number_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "document/pdf/metadata.h"
#include "document/pdf/to_unicode.h"
#include "document/pdf/win_ansi.h"

namespace galley::document {
namespace {

std::string scaled(std::int64_t value, int decimals) {
    std::string out;
    append_scaled(out, value, decimals);
    return out;
}

TEST(NumberText, ZerosAreLeftOutAndSignsKept) {
    EXPECT_EQ(scaled(0, 2), "0");
    EXPECT_EQ(scaled(1250, 2), "12.5");
    EXPECT_EQ(scaled(-50, 2), "-.5");
    EXPECT_EQ(scaled(5, 3), ".005");
    EXPECT_EQ(scaled(-1200, 2), "-12");
    EXPECT_EQ(scaled(INT64_MIN, 0), "-9223372036854775808");
}

TEST(NumberText, ReadsBackAsTheSameNumber) {
    std::mt19937_64 random(5);
    for (int i = 0; i < 20'000; ++i) {
        const auto value = static_cast<std::int64_t>(random() % 20'000'000) - 10'000'000;
        const int decimals = static_cast<int>(random() % 5);
        EXPECT_EQ(std::llround(std::stod(scaled(value, decimals)) * std::pow(10, decimals)), value);
    }
}

TEST(NumberText, HundredthsAreWhatTheGeneralFormWrites) {
    const auto hundredths = [](std::int64_t value) {
        std::string out;
        append_hundredths(out, value);
        return out;
    };
    std::mt19937_64 random(6);
    for (int i = 0; i < 20'000; ++i) {
        const auto value = static_cast<std::int64_t>(random() >> (random() % 64)) * (i % 2 == 0 ? 1 : -1);
        EXPECT_EQ(hundredths(value), scaled(value, 2));
    }
    for (const std::int64_t value : {0, 1, 10, 100, 99'999'999, 100'000'000, -1, -100'000'000})
        EXPECT_EQ(hundredths(value), scaled(value, 2));
}

TEST(WinAnsi, CodesAndCharactersAreInverse) {
    for (unsigned code = 0; code < 256; ++code)
        if (const char32_t c = win_ansi_character(code); c != 0) {
            EXPECT_EQ(win_ansi_code(c), code);
        }
    EXPECT_EQ(win_ansi_code(0x20AC), 0x80U);
    EXPECT_EQ(win_ansi_code(0x0416), 0U);
    EXPECT_EQ(win_ansi_code(0xAD), 0U);
}

TEST(TextString, AsciiStaysReadableAndTheRestIsUtf16) {
    EXPECT_EQ(text_string("a(b)"), "(a\\(b\\))");
    EXPECT_EQ(text_string("\u00e9\U0001F600"), "<FEFF00E9D83DDE00>");
}

TEST(PdfDate, FollowsRfc3339OrIsLeftOut) {
    EXPECT_EQ(pdf_date("2024-01-15T10:30:00Z"), "D:20240115103000Z");
    EXPECT_EQ(pdf_date("2024-01-15T10:30:00.25+01:30"), "D:20240115103000+01'30'");
    EXPECT_EQ(pdf_date("yesterday"), "");
    EXPECT_EQ(pdf_date("2024-01-15T10:30:00"), "");
}

}  // namespace
}  // namespace galley::document
