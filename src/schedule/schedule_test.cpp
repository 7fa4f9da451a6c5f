#include "schedule/schedule.h"

#include <gtest/gtest.h>

#include "codec/date.h"

namespace galley::schedule {
namespace {

Time at(const char* text) {
    return *codec::parse_rfc3339(text);
}

NewSchedule nightly() {
    NewSchedule out;
    out.name = "nightly";
    out.cron = "0 2 * * *";
    out.task.kind = "echo";
    return out;
}

Recurrence recurrence(const char* cron, const char* zone = "UTC") {
    NewSchedule schedule = nightly();
    schedule.cron = cron;
    schedule.zone = zone;
    return *recurrence_of(schedule);
}

std::string pointer_of_fault(const NewSchedule& schedule) {
    const Result<void> valid = validate(schedule, at("2026-01-01T00:00:00Z"));
    if (valid) return "valid";
    return valid.error().fields.empty() ? valid.error().where : valid.error().fields[0].pointer;
}

TEST(Schedule, IsValidatedFieldByField) {
    EXPECT_EQ(pointer_of_fault(nightly()), "valid");
    const auto with = [](auto change) {
        NewSchedule schedule = nightly();
        change(schedule);
        return pointer_of_fault(schedule);
    };
    EXPECT_EQ(with([](NewSchedule& s) { s.name = ""; }), "/name");
    EXPECT_EQ(with([](NewSchedule& s) { s.name = "a/b"; }), "/name");
    EXPECT_EQ(with([](NewSchedule& s) { s.name = std::string(65, 'a'); }), "/name");
    EXPECT_EQ(with([](NewSchedule& s) { s.name = "stats"; }), "/name");
    EXPECT_EQ(with([](NewSchedule& s) { s.cron = "61 * * * *"; }), "/cron");
    EXPECT_EQ(with([](NewSchedule& s) { s.cron = "0 0 30 2 *"; }), "/cron");
    EXPECT_EQ(with([](NewSchedule& s) { s.cron = "0 0 1 1 * 0 2020"; }), "/cron") << "its year has passed";
    EXPECT_EQ(with([](NewSchedule& s) { s.zone = "Mars/Base"; }), "/timezone");
    EXPECT_EQ(with([](NewSchedule& s) { s.description = std::string(501, 'x'); }), "/description");
    EXPECT_EQ(with([](NewSchedule& s) { s.task.input = std::string(kScheduleInputBytesMax + 1, '1'); }), "/task/input");
}

TEST(Schedule, TheNextRunMayBeYearsAway) {
    EXPECT_EQ(next_run(recurrence("0 0 29 2 *"), at("2096-03-01T00:00:00Z")), at("2104-02-29T00:00:00Z"));
    EXPECT_EQ(next_run(recurrence("0 0 1 1 * 0 2026"), at("2026-01-01T00:00:00Z")), std::nullopt);
}

TEST(DueTimes, ATimeThatHasJustComeIsNotMissed) {
    const DueTimes due = due_times(recurrence("0 * * * *"), at("2026-05-01T10:00:00Z"), at("2026-05-01T10:00:00.250Z"));
    EXPECT_EQ(due.current, at("2026-05-01T10:00:00Z"));
    EXPECT_TRUE(due.missed.empty());
}

TEST(DueTimes, ALateOneIsMissedAndTheLastOneMayStillBeOnTime) {
    const DueTimes late = due_times(recurrence("0 * * * *"), at("2026-05-01T10:00:00Z"), at("2026-05-01T10:01:01Z"));
    EXPECT_EQ(late.current, std::nullopt);
    EXPECT_EQ(late.missed, std::vector{at("2026-05-01T10:00:00Z")});

    const DueTimes several = due_times(recurrence("0 * * * *"), at("2026-05-01T10:00:00Z"), at("2026-05-01T12:00:30Z"));
    EXPECT_EQ(several.current, at("2026-05-01T12:00:00Z"));
    EXPECT_EQ(several.missed, (std::vector{at("2026-05-01T10:00:00Z"), at("2026-05-01T11:00:00Z")}));
    EXPECT_FALSE(several.more);
}

TEST(DueTimes, ManyAreCountedNoFurtherThanTheLimitAndTheLastIsFoundAllTheSame) {
    const DueTimes due = due_times(recurrence("* * * * * *"), at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
    EXPECT_EQ(due.missed.size(), kMissedRunsMax);
    EXPECT_TRUE(due.more);
    EXPECT_EQ(due.last, at("2026-06-01T00:00:00Z"));
    EXPECT_EQ(due.current, at("2026-06-01T00:00:00Z"));

    const DueTimes gap = due_times(recurrence("* 9 * * *"), at("2026-05-01T09:00:00Z"), at("2026-05-20T23:10:00Z"));
    EXPECT_EQ(gap.last, at("2026-05-20T09:59:00Z"));
    EXPECT_EQ(gap.current, std::nullopt);
}

}  // namespace
}  // namespace galley::schedule
