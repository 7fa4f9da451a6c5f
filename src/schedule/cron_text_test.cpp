// Expressions in words, and how often they fire.
#include "schedule/cron_text.h"

#include <gtest/gtest.h>

#include "codec/date.h"

namespace galley::schedule {
namespace {

struct WordsCase {
    const char* name;
    const char* text;
    const char* want;
};
class CronWords : public ::testing::TestWithParam<WordsCase> {};
INSTANTIATE_TEST_SUITE_P(
    Table, CronWords,
    ::testing::Values(WordsCase{"EveryMinute", "* * * * *", "Every minute"},
                      WordsCase{"EverySecond", "* * * * * *", "Every second"},
                      WordsCase{"EveryFiveMinutes", "*/5 * * * *", "Every 5 minutes"},
                      WordsCase{"EveryTenSeconds", "* * * * * */10", "Every 10 seconds"},
                      WordsCase{"EveryHour", "0 * * * *", "Every hour"},
                      WordsCase{"EverySixHours", "0 */6 * * *", "At 00:00, 06:00, 12:00 and 18:00"},
                      WordsCase{"EveryTwoHours", "0 */2 * * *", "Every 2 hours"},
                      WordsCase{"MinuteOfEveryHour", "15 * * * *", "At minute 15 of every hour"},
                      WordsCase{"WorkingHours", "*/15 9-17 * * *", "Every 15 minutes of the hours 09 to 17"},
                      WordsCase{"Nightly", "30 2 * * *", "At 02:30"},
                      WordsCase{"TwiceADay", "30 2,14 * * *", "At 02:30 and 14:30"},
                      WordsCase{"WithSeconds", "30 2 * * * 15", "At 02:30:15"},
                      WordsCase{"WorkingDays", "0 8 * * 1-5", "At 08:00 on Monday to Friday"},
                      WordsCase{"Weekend", "0 8 * * 0,6", "At 08:00 on Saturday and Sunday"},
                      WordsCase{"MonthDay", "0 8 1 * *", "At 08:00 on day 1 of the month"},
                      WordsCase{"MonthDays", "0 8 1,15 * *", "At 08:00 on days 1 and 15 of the month"},
                      WordsCase{"LastDay", "0 8 L * *", "At 08:00 on the last day of the month"},
                      WordsCase{"Nearest", "0 8 15W * *", "At 08:00 on the working day nearest to the 15th"},
                      WordsCase{"ThirdFriday", "0 8 * * fri#3", "At 08:00 on the third Friday of the month"},
                      WordsCase{"LastFriday", "0 8 * * L5", "At 08:00 on the last Friday of the month"},
                      WordsCase{"EitherDay", "0 8 13 * fri", "At 08:00 on day 13 of the month or on Friday"},
                      WordsCase{"Months", "0 8 1 jan,jul *", "At 08:00 on day 1 of the month in January and July"},
                      WordsCase{"Year", "0 8 1 1 * 0 2027", "At 08:00 on day 1 of the month in January in 2027"}),
    [](const auto& info) { return info.param.name; });

TEST_P(CronWords, Are) {
    const auto expression = CronExpression::parse(GetParam().text);
    ASSERT_TRUE(expression);
    EXPECT_EQ(describe(*expression), GetParam().want);
}

CronFrequency frequency_of(const char* text, const char* zone) {
    return frequency(*CronExpression::parse(text), *TimeZone::load(zone),
                     *codec::parse_rfc3339("2026-01-01T00:00:00Z"));
}

TEST(CronFrequency, OfOftenAndSeldom) {
    EXPECT_DOUBLE_EQ(frequency_of("*/5 * * * *", "UTC").runs_per_day, 288.0);
    const CronFrequency seldom = frequency_of("0 0 1 1,7 *", "UTC");
    EXPECT_EQ(seldom.runs, 2U);
    EXPECT_DOUBLE_EQ(seldom.runs_per_day, 2.0 / 365.0);
    EXPECT_EQ(seldom.shortest_gap, std::chrono::days(184));
}

TEST(CronFrequency, ClockChangesShowInTheGaps) {
    const CronFrequency nightly = frequency_of("30 4 * * *", "Europe/Berlin");
    EXPECT_EQ(nightly.shortest_gap, std::chrono::hours(23));
    EXPECT_EQ(nightly.longest_gap, std::chrono::hours(25));
}

TEST(CronFrequency, ASingleRunHasNoGaps) {
    const CronFrequency once = frequency_of("0 0 1 6 * 0 2026", "UTC");
    EXPECT_EQ(once.runs, 1U);
    EXPECT_FALSE(once.shortest_gap);
}

}  // namespace
}  // namespace galley::schedule
