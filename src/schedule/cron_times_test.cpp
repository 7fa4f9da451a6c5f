// When expressions fire, by zone; the nights when clocks change; bounds. A slow search second by second must
// agree with the fast one.
#include "schedule/cron_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/date.h"

namespace galley::schedule {
namespace {

using std::chrono::seconds;

std::string text_of(const CronTimes& found) {
    std::string out;
    for (const Time time : found.times) out += codec::format_rfc3339(time).substr(0, 19) + " ";
    return out + (found.truncated ? "truncated" : "");
}

struct NextCase {
    const char* name;
    const char* text;
    const char* zone;
    const char* after;
    std::size_t count;
    const char* want;
};
class CronNext : public ::testing::TestWithParam<NextCase> {};
// Berlin 2026: 29 March 02:00 becomes 03:00 (01:00 UTC); 25 October 03:00 becomes 02:00 (01:00 UTC).
INSTANTIATE_TEST_SUITE_P(
    Rules, CronNext,
    ::testing::Values(
        NextCase{"IsAfterNotAt", "0 2 * * *", "UTC", "2026-01-01T02:00:00Z", 1, "2026-01-02T02:00:00 "},
        NextCase{"FractionsAreCutOff", "0 2 * * *", "UTC", "2026-01-01T01:59:59.999Z", 1, "2026-01-01T02:00:00 "},
        NextCase{"StepCountsFromLowerBound", "0 1-14/7 * * *", "UTC", "2026-01-01T02:00:00Z", 1,
                 "2026-01-01T08:00:00 "},
        NextCase{"LeapDayWaitsForLeapYear", "0 0 29 2 *", "UTC", "2027-06-01T00:00:00Z", 1, "2028-02-29T00:00:00 "},
        NextCase{"LeapDayBeyondAYearIsTruncated", "0 0 29 2 *", "UTC", "2026-06-01T00:00:00Z", 1, "truncated"},
        NextCase{"AYearEndsTheQuestion", "0 0 1 */6 *", "UTC", "2026-01-01T00:00:00Z", 5,
                 "2026-07-01T00:00:00 2027-01-01T00:00:00 truncated"},
        NextCase{"WinterTime", "0 2 * * *", "Europe/Berlin", "2026-01-01T02:00:00Z", 1, "2026-01-02T01:00:00 "},
        NextCase{"ASkippedTimeFiresRightAfterTheGap", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2,
                 "2026-03-29T01:00:00 2026-03-30T00:30:00 "},
        NextCase{"SkippedTimesFireOnce", "0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2,
                 "2026-03-29T01:00:00 2026-03-30T00:00:00 "},
        NextCase{"ASkippedTimeAndTheOneBehindTheGapFireOnce", "0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2,
                 "2026-03-29T01:00:00 2026-03-30T00:00:00 "},
        NextCase{"ARepeatedTimeFiresAtItsFirst", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2,
                 "2026-10-25T00:30:00 2026-10-26T01:30:00 "},
        NextCase{"ARepeatedTimeIsNotDueInItsSecondPass", "30 2 * * *", "Europe/Berlin", "2026-10-25T01:05:00Z", 1,
                 "2026-10-26T01:30:00 "},
        NextCase{"AnHourStarRunsThroughARepeatedHour", "30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 4,
                 "2026-10-25T00:30:00 2026-10-25T01:30:00 2026-10-25T02:30:00 2026-10-25T03:30:00 "},
        NextCase{"AMinuteStepRunsThroughAGap", "*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", 3,
                 "2026-03-29T00:30:00 2026-03-29T01:00:00 2026-03-29T01:30:00 "},
        NextCase{"AStarInASkippedHourDoesNotFire", "*/30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 1,
                 "2026-03-30T00:00:00 "},
        NextCase{"AGapAtMidnight", "0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", 2,
                 "2018-11-04T03:00:00 2018-11-05T02:00:00 "},
        NextCase{"AZoneThatSkippedADay", "0 12 30 12 *", "Pacific/Apia", "2011-12-29T12:00:00Z", 1,
                 "2011-12-30T10:00:00 "},
        NextCase{"AHalfHourChange", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 2,
                 "2026-10-03T15:30:00 2026-10-04T15:15:00 "},
        NextCase{"NoneIsNone", "0 0 1 1 *", "UTC", "2026-01-01T00:00:00Z", 0, ""}),
    [](const auto& info) { return info.param.name; });

TEST_P(CronNext, Times) {
    const NextCase& wanted = GetParam();
    const auto expression = CronExpression::parse(wanted.text);
    const auto zone = TimeZone::load(wanted.zone);
    const auto after = codec::parse_rfc3339(wanted.after);
    ASSERT_TRUE(expression && zone && after);
    EXPECT_EQ(text_of(next_times(*expression, *zone, *after, wanted.count)), wanted.want);
}

TEST(CronTimes, NoMoreThanTheMostAreGiven) {
    const CronTimes found = next_times(*CronExpression::parse("* * * * * *"), *TimeZone::load("UTC"), Time{}, 5000);
    EXPECT_EQ(found.times.size(), kCronTimesMax);
    EXPECT_FALSE(found.truncated);
}

// By the definition: an instant at which the wall shows a time of the expression, or the end of a gap that holds one.
bool fires_at(const CronExpression& expression, const TimeZone& zone, UtcSeconds instant) {
    const auto shows = [&](LocalSeconds local) {
        return expression.at_or_after(local, std::chrono::floor<std::chrono::days>(local)) == local;
    };
    const LocalSeconds local = zone.to_local(instant);
    if (expression.sets().follows_elapsed_time) return shows(local);
    if (shows(local) && zone.to_instant(local) == instant) return true;
    for (LocalSeconds skipped = zone.to_local(instant - seconds(1)) + seconds(1); skipped < local;
         skipped += seconds(1))
        if (shows(skipped)) return true;
    return false;
}

TEST(CronTimes, AgreeWithASearchSecondBySecond) {
    for (const char* zone_name : {"Europe/Berlin", "Australia/Lord_Howe", "UTC"}) {
        for (const char* text :
             {"30 2 * * *", "*/7 * * * *", "0,59 1-3 * * *", "15 2,3 29 3 *", "10 2 * * * 5/20", "* 2 * * *"}) {
            const TimeZone zone = *TimeZone::load(zone_name);
            const CronExpression expression = *CronExpression::parse(text);
            for (const char* day : {"2026-03-28T22:00:00Z", "2026-10-24T22:00:00Z", "2026-10-03T12:00:00Z"}) {
                const Time start = *codec::parse_rfc3339(day);
                std::vector<Time> slow;
                for (seconds passed{1}; passed < std::chrono::hours(9); ++passed) {
                    const UtcSeconds instant = std::chrono::floor<seconds>(start) + passed;
                    if (fires_at(expression, zone, instant)) slow.emplace_back(instant);
                }
                CronTimes fast = next_times(expression, zone, start, slow.size());
                EXPECT_EQ(fast.times, slow) << text << " in " << zone_name << " from " << day;
            }
        }
    }
}

TEST(TimeZone, UnknownNamesAreRefused) {
    for (const std::string name : {"", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\n", "UTC "})
        EXPECT_FALSE(TimeZone::load(name)) << name;
    EXPECT_FALSE(TimeZone::load(std::string(1000, 'a')));
    EXPECT_TRUE(TimeZone::load("America/Argentina/Buenos_Aires"));
}

}  // namespace
}  // namespace galley::schedule
