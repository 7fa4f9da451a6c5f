// What the fields of a cron expression mean, and what is refused and where.
#include "schedule/cron_expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace galley::schedule {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;

LocalDays day_of(int year, unsigned month, unsigned day) {
    return LocalDays(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day));
}

// The days of a month on which the expression fires, "1 15 31".
std::string days_in(const CronExpression& expression, int year, unsigned month) {
    std::string out;
    const std::chrono::year_month_day_last last{std::chrono::year(year) / static_cast<int>(month) / std::chrono::last};
    for (unsigned day = 1; day <= unsigned{last.day()}; ++day) {
        if (!expression.fires_on(day_of(year, month, day))) continue;
        out += (out.empty() ? "" : " ") + std::to_string(day);
    }
    return out;
}

struct DaysCase {
    const char* name;
    const char* text;
    int year;
    unsigned month;
    const char* want;
};
class CronDays : public ::testing::TestWithParam<DaysCase> {};
// March 2026 begins on a Sunday and has 31 days; August 2026 begins on a Saturday; May 2026 ends on a Sunday.
INSTANTIATE_TEST_SUITE_P(
    Rules, CronDays,
    ::testing::Values(
        DaysCase{"Numbers", "0 0 1,15 * *", 2026, 3, "1 15"}, DaysCase{"Range", "0 0 3-6 * *", 2026, 3, "3 4 5 6"},
        DaysCase{"StepCountsFromTheLowerBound", "0 0 1-14/7 * *", 2026, 3, "1 8"},
        DaysCase{"StepWithoutAnEndRunsToTheHighest", "0 0 25/3 * *", 2026, 3, "25 28 31"},
        DaysCase{"StepOfAllCountsFromOne", "0 0 */10 * *", 2026, 3, "1 11 21 31"},
        DaysCase{"RangeOverTheEnd", "0 0 30-2 * *", 2026, 3, "1 2 30 31"},
        DaysCase{"LastDay", "0 0 L * *", 2026, 2, "28"}, DaysCase{"LastDayOfALeapYear", "0 0 l * *", 2028, 2, "29"},
        DaysCase{"LastWorkingDay", "0 0 LW * *", 2026, 5, "29"},
        DaysCase{"WorkingDayNearestToASunday", "0 0 15W * *", 2026, 3, "16"},
        DaysCase{"WorkingDayNearestToASaturday", "0 0 14W * *", 2026, 3, "13"},
        DaysCase{"WorkingDayNearestStaysInTheMonthAtItsStart", "0 0 1W * *", 2026, 8, "3"},
        DaysCase{"WorkingDayNearestStaysInTheMonthAtItsEnd", "0 0 31W * *", 2026, 5, "29"},
        DaysCase{"WorkingDayNearestToADayThatTheMonthLacks", "0 0 31W * *", 2026, 4, ""},
        DaysCase{"WeekDayName", "0 0 * * Mon", 2026, 3, "2 9 16 23 30"},
        DaysCase{"SevenIsSunday", "0 0 * * 7", 2026, 3, "1 8 15 22 29"},
        DaysCase{"WeekDayRangeOverTheEnd", "0 0 * * fri-sun", 2026, 3, "1 6 7 8 13 14 15 20 21 22 27 28 29"},
        DaysCase{"WeekDayRangeFromSunday", "0 0 * * 7-1", 2026, 3, "1 2 8 9 15 16 22 23 29 30"},
        DaysCase{"WeekDayRangeOverTheEndWithStep", "0 0 * * fri-mon/2", 2026, 3, "1 6 8 13 15 20 22 27 29"},
        DaysCase{"NthWeekDay", "0 0 * * 2#1,fri#3", 2026, 3, "3 20"},
        DaysCase{"NthOfARange", "0 0 * * 1-2#2", 2026, 3, "9 10"},
        DaysCase{"FifthWeekDayWhenThereIsOne", "0 0 * * 0#5", 2026, 3, "29"},
        DaysCase{"FifthWeekDayWhenThereIsNone", "0 0 * * 3#5", 2026, 3, ""},
        DaysCase{"LastWeekDay", "0 0 * * L5", 2026, 3, "27"},
        DaysCase{"LastWeekDayQuartzWay", "0 0 * * 5L", 2026, 3, "27"},
        DaysCase{"EitherDayFieldIsEnough", "0 0 13 * fri", 2026, 3, "6 13 20 27"},
        DaysCase{"AFullDayFieldRestrictsNothing", "0 0 1-31 * fri", 2026, 3, "6 13 20 27"},
        DaysCase{"QuestionMarkIsAny", "0 0 ? * fri", 2026, 3, "6 13 20 27"},
        DaysCase{"MonthName", "0 0 1 mar-may *", 2026, 6, ""},
        DaysCase{"MonthsOverTheEnd", "0 0 1 nov-feb *", 2026, 1, "1"},
        DaysCase{"Years", "0 0 1 * * 0 2027-2030/3", 2030, 6, "1"},
        DaysCase{"YearsThatAreNotNamed", "0 0 1 * * 0 2027-2030/3", 2029, 6, ""},
        DaysCase{"Weekly", "@weekly", 2026, 3, "1 8 15 22 29"}, DaysCase{"Yearly", "@YEARLY", 2026, 1, "1"}),
    [](const auto& info) { return info.param.name; });

TEST_P(CronDays, OfAMonth) {
    const auto expression = CronExpression::parse(GetParam().text);
    ASSERT_TRUE(expression) << expression.error().to_string();
    EXPECT_EQ(days_in(*expression, GetParam().year, GetParam().month), GetParam().want);
}

TEST(CronExpression, TheTimeMovesOnFieldByField) {
    const auto expression = CronExpression::parse("10,40 2,14 * * * 15,45");
    ASSERT_TRUE(expression);
    std::string times;
    LocalSeconds from =
        day_of(2026, 3, 1) + std::chrono::hours(2) + std::chrono::minutes(10) + std::chrono::seconds(16);
    for (int i = 0; i < 8; ++i) {
        const auto at = expression->at_or_after(from, day_of(2026, 3, 2));
        ASSERT_TRUE(at);
        const std::chrono::hh_mm_ss time(*at - std::chrono::floor<days>(*at));
        times += std::to_string(time.hours().count()) + ":" + std::to_string(time.minutes().count()) + ":" +
                 std::to_string(time.seconds().count()) + " ";
        from = *at + std::chrono::seconds(1);
    }
    EXPECT_EQ(times, "2:10:45 2:40:15 2:40:45 14:10:15 14:10:45 14:40:15 14:40:45 2:10:15 ");
}

TEST(CronExpression, SecondsMayComeFirst) {
    const auto first = CronExpression::parse("15 30 2 * * mon", SecondsField::First);
    const auto last = CronExpression::parse("30 2 * * mon 15");
    ASSERT_TRUE(first && last);
    EXPECT_EQ(first->at_or_after(day_of(2026, 3, 1), day_of(2026, 4, 1)),
              last->at_or_after(day_of(2026, 3, 1), day_of(2026, 4, 1)));
    EXPECT_FALSE(CronExpression::parse("30 2 * * mon", SecondsField::First)) << "five fields have no seconds";
}

struct RefusedCase {
    const char* name;
    const char* text;
    const char* where;
    const char* says;
};
class CronRefused : public ::testing::TestWithParam<RefusedCase> {};
INSTANTIATE_TEST_SUITE_P(
    Table, CronRefused,
    ::testing::Values(RefusedCase{"Empty", "", "", "5 to 7 fields, not 0"},
                      RefusedCase{"FourFields", "* * * *", "", "not 4"},
                      RefusedCase{"EightFields", "* * * * * * * *", "", "not 8"},
                      RefusedCase{"MinuteTooLarge", "60 * * * *", "minute", "from 0 to 59"},
                      RefusedCase{"HourTooLarge", "0 24 * * *", "hour", "from 0 to 23"},
                      RefusedCase{"DayZero", "0 0 0 * *", "day of month", "from 1 to 31"},
                      RefusedCase{"MonthZero", "0 0 1 0 *", "month", "from 1 to 12"},
                      RefusedCase{"WeekDayEight", "0 0 * * 8", "day of week", "from 0 to 7"},
                      RefusedCase{"SecondTooLarge", "0 0 * * * 60", "second", "from 0 to 59"},
                      RefusedCase{"YearTooEarly", "0 0 * * * 0 1969", "year", "from 1970 to 2199"},
                      RefusedCase{"YearsBackwards", "0 0 * * * 0 2030-2027", "year", "ends before it begins"},
                      RefusedCase{"Negative", "-1 * * * *", "minute", "neither a number"},
                      RefusedCase{"StepZero", "*/0 * * * *", "minute", "above 0"},
                      RefusedCase{"StepOfNothing", "*/ * * * *", "minute", "above 0"},
                      RefusedCase{"HugeNumber", "99999999999999999999 * * * *", "minute", "from 0 to 59"},
                      RefusedCase{"HugeStep", "*/99999999999999999999 * * * *", "minute", "above 0"},
                      RefusedCase{"EmptyPiece", "1,,2 * * * *", "minute", "missing"},
                      RefusedCase{"TrailingComma", "1, * * * *", "minute", "missing"},
                      RefusedCase{"HalfARange", "1- * * * *", "minute", "neither a number"},
                      RefusedCase{"UnknownName", "0 0 * foo *", "month", "neither a number"},
                      RefusedCase{"NameInTheWrongField", "0 0 * mon *", "month", "neither a number"},
                      RefusedCase{"NthZero", "0 0 * * 1#0", "day of week", "1 to 5"},
                      RefusedCase{"NthSix", "0 0 * * 1#6", "day of week", "1 to 5"},
                      RefusedCase{"LastInTheMonthField", "0 0 * L *", "month", "neither a number"},
                      RefusedCase{"Hashed", "H H * * *", "minute", "neither a number"},
                      RefusedCase{"Reboot", "@reboot", "@reboot", "no @name"},
                      RefusedCase{"ThirtiethOfFebruary", "0 0 30 2 *", "", "never fires"},
                      RefusedCase{"ThirtyFirstOfShortMonths", "0 0 31 feb,apr,jun,sep,nov *", "", "never fires"},
                      RefusedCase{"LeapDayInACommonYear", "0 0 29 2 * 0 2027", "", "never fires"},
                      RefusedCase{"Control", "0 0 * *\n*", "", "fields"}),
    [](const auto& info) { return info.param.name; });

TEST_P(CronRefused, SaysWhatAndWhere) {
    const auto expression = CronExpression::parse(GetParam().text);
    ASSERT_FALSE(expression);
    EXPECT_EQ(expression.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(expression.error().where, GetParam().where);
    EXPECT_THAT(expression.error().message, HasSubstr(GetParam().says));
}

// The search goes by months; asking each day in turn is the obvious way.
TEST(CronExpression, TheSearchFindsWhatAskingEachDayFinds) {
    for (const char* text : {"0 0 * * *", "0 0 31 * *", "0 0 L feb,dec *", "0 0 1W * *", "0 0 LW */2 *", "0 0 13 * fri",
                             "0 0 * jan fri#5", "0 0 29 2 *", "0 0 * * L1", "0 0 1 1 * 0 2028,2031"}) {
        const auto expression = CronExpression::parse(text);
        ASSERT_TRUE(expression) << text;
        const LocalDays last = day_of(2032, 3, 1);
        for (LocalDays from = day_of(2026, 1, 1); from <= day_of(2028, 3, 2); from += days(1)) {
            LocalDays wanted = from;
            while (wanted <= last && !expression->fires_on(wanted)) wanted += days(1);
            const auto found = expression->at_or_after(from, last);
            ASSERT_EQ(found.has_value(), wanted <= last) << text;
            if (found) ASSERT_EQ(std::chrono::floor<days>(*found), wanted) << text;
        }
        EXPECT_FALSE(expression->at_or_after(day_of(2026, 2, 1) + std::chrono::hours(1), day_of(2026, 2, 1))) << text;
    }
}

TEST(CronExpression, ALongTextIsRefusedUnread) {
    EXPECT_FALSE(CronExpression::parse(std::string(kCronTextBytesMax + 1, ' ')));
}

}  // namespace
}  // namespace galley::schedule
