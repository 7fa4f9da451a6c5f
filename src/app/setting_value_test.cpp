#include "app/setting_value.h"

#include <gtest/gtest.h>

namespace galley::app {
namespace {

struct QuantityCase {
    const char* name;
    const char* text;
    SettingType type;
    std::int64_t want;
};

class Quantity : public testing::TestWithParam<QuantityCase> {};

TEST_P(Quantity, IsRead) {
    const Result<SettingValue> value = parse_setting_text(GetParam().text, GetParam().type);
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(std::get<std::int64_t>(*value), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Units, Quantity,
                         testing::Values(QuantityCase{"BareBytes", "4096", SettingType::Bytes, 4096},
                                         QuantityCase{"Mebibytes", "64MiB", SettingType::Bytes, 64 << 20},
                                         QuantityCase{"BlankBeforeUnit", " 64 MiB ", SettingType::Bytes, 64 << 20},
                                         QuantityCase{"AnyCase", "100mb", SettingType::Bytes, 100'000'000},
                                         QuantityCase{"Fraction", "0.5MB", SettingType::Bytes, 500'000},
                                         QuantityCase{"Zero", "0", SettingType::Bytes, 0},
                                         QuantityCase{"Milliseconds", "250ms", SettingType::Duration, 250},
                                         QuantityCase{"HalfASecond", "0.5s", SettingType::Duration, 500},
                                         QuantityCase{"Minutes", "5min", SettingType::Duration, 300'000},
                                         QuantityCase{"Days", "2d", SettingType::Duration, 172'800'000}),
                         [](const auto& info) { return info.param.name; });

struct BadCase {
    const char* name;
    const char* text;
    SettingType type;
};

class BadText : public testing::TestWithParam<BadCase> {};

TEST_P(BadText, IsRefusedWithWhatIsExpected) {
    const Result<SettingValue> value = parse_setting_text(GetParam().text, GetParam().type);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, ErrorCode::InvalidInput);
    EXPECT_NE(value.error().message.find(expected_form(GetParam().type)), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Faults, BadText,
                         testing::Values(BadCase{"EmptySize", "", SettingType::Bytes},
                                         BadCase{"NegativeSize", "-1", SettingType::Bytes},
                                         BadCase{"NotANumber", "nan", SettingType::Bytes},
                                         BadCase{"Infinite", "inf", SettingType::Bytes},
                                         BadCase{"UnknownUnit", "5 miles", SettingType::Bytes},
                                         BadCase{"BeyondExactness", "99999999TB", SettingType::Bytes},
                                         BadCase{"TimeWithoutUnit", "20", SettingType::Duration},
                                         BadCase{"TwoUnits", "1h30min", SettingType::Duration},
                                         BadCase{"IntegerWithTail", "12x", SettingType::Integer},
                                         BadCase{"IntegerTooLarge", "99999999999999999999", SettingType::Integer},
                                         BadCase{"FlagOfAnotherWord", "perhaps", SettingType::Flag}),
                         [](const auto& info) { return info.param.name; });

TEST(SettingText, IsWrittenInTheLargestUnitThatDividesAndReadsBack) {
    const std::pair<std::int64_t, const char*> sizes[] = {
        {0, "0"}, {1, "1B"}, {1500, "1500B"}, {16 << 10, "16KiB"}, {100'000'000, "100MB"}, {3LL << 30, "3GiB"}};
    for (const auto& [number, text] : sizes) {
        EXPECT_EQ(setting_text(number, SettingType::Bytes), text);
        EXPECT_EQ(std::get<std::int64_t>(*parse_setting_text(text, SettingType::Bytes)), number);
    }
    const std::pair<std::int64_t, const char*> times[] = {
        {0, "0s"}, {1, "1ms"}, {75'000, "75s"}, {60'000, "1min"}, {7'200'000, "2h"}};
    for (const auto& [number, text] : times) {
        EXPECT_EQ(setting_text(number, SettingType::Duration), text);
        EXPECT_EQ(std::get<std::int64_t>(*parse_setting_text(text, SettingType::Duration)), number);
    }
}

TEST(SettingText, ListsAreSplitAtCommasWithoutBlanksAndEmptyItems) {
    EXPECT_EQ(std::get<std::vector<std::string>>(*parse_setting_text("a, b,,c ,", SettingType::TextList)),
              (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(setting_text(std::vector<std::string>{"a", "b"}, SettingType::TextList), "a,b");
}

}  // namespace
}  // namespace galley::app
