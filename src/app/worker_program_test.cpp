#include "app/worker_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace galley::app {
namespace {

using testing::HasSubstr;

TEST(ProgramVoice, DirectivesAreHeardAndTheRestIsKept) {
    ProgramVoice voice;
    EXPECT_TRUE(voice.hear("@progress 40 half of it"));
    const auto progress = voice.take_progress();
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->percent, 40);
    EXPECT_EQ(progress->message, "half of it");
    EXPECT_FALSE(voice.take_progress());
    EXPECT_TRUE(voice.hear("@log one \xff"));
    EXPECT_TRUE(voice.hear("@log " + std::string(2'000, 'x')));
    EXPECT_THAT(voice.take_log(), testing::ElementsAre("one \xEF\xBF\xBD", std::string(1'000, 'x')));
    EXPECT_TRUE(voice.take_log().empty());
    for (int i = 0; i < 250; ++i) voice.hear("@log " + std::to_string(i));
    EXPECT_THAT(voice.take_log(),
                testing::AllOf(testing::SizeIs(200), testing::Contains("249"), testing::Contains("50")));
    EXPECT_TRUE(voice.hear("@retry 1.5"));
    EXPECT_EQ(voice.retry_seconds(), 1.5);
    EXPECT_TRUE(voice.hear("@snooze 60"));
    EXPECT_EQ(voice.snooze_seconds(), 60);
    EXPECT_FALSE(voice.hear("a word"));
    EXPECT_EQ(voice.tail(), "a word");
}

TEST(ProgramVoice, WhatIsNoDirectiveIsALine) {
    for (const char* line :
         {"@progress", "@progress x", "@progress 101", "@progress -1", "@progress 5x", "@retry", "@retry soon",
          "@retry -1", "@retry 1 2", "@retry nan", "@retry 1e300", "@snooze inf", "@other 1", "progress 5", ""}) {
        EXPECT_FALSE(ProgramVoice().hear(line)) << line;
    }
}

TEST(ProgramVoice, ItsTailIsBounded) {
    ProgramVoice voice;
    for (int i = 0; i < 10'000; ++i) voice.hear("line " + std::to_string(i));
    EXPECT_LE(voice.tail().size(), kErrorTailBytesMax);
    EXPECT_THAT(voice.tail(), testing::EndsWith("line 9999"));
    voice.hear(std::string(1'000'000, 'x'));
    EXPECT_LE(voice.tail().size(), kErrorTailBytesMax);
}

TEST(ProgramVoice, AMessageIsUtf8AndShort) {
    ProgramVoice voice;
    voice.hear("@progress 5 \xff" + std::string(1'000, 'x'));
    const auto progress = voice.take_progress();
    EXPECT_THAT(progress->message, testing::StartsWith("\xEF\xBF\xBDx"));
    EXPECT_LE(progress->message.size(), 500U);
}

struct ReportCase {
    const char* name;
    os::ProgramEnd end;
    TaskFate fate;
    const char* call;  // "": none
    const char* part;
};

class Report : public testing::TestWithParam<ReportCase> {};

TEST_P(Report, SaysHowItEnded) {
    ProgramVoice voice;
    voice.hear("a \"word\"\xff");
    const auto report = report_of(GetParam().end, voice, GetParam().fate);
    if (*GetParam().call == '\0') {
        EXPECT_FALSE(report);
        return;
    }
    ASSERT_TRUE(report);
    EXPECT_EQ(report->call, GetParam().call);
    EXPECT_THAT(report->members, HasSubstr(GetParam().part));
}

using enum TaskFate;
INSTANTIATE_TEST_SUITE_P(
    Ends, Report,
    testing::Values(ReportCase{"Result", {.output = " {\"a\": 1}\n"}, Running, "complete", R"("result":{"a":1})"},
                    ReportCase{"NothingIsNull", {.output = " \n"}, Running, "complete", R"("result":null)"},
                    ReportCase{"NotJson",
                               {.output = "oops"},
                               Running,
                               "fail",
                               R"("outcome":"fail","error":"the program's output is not JSON)"},
                    ReportCase{"TwoValues", {.output = "1 2"}, Running, "fail", R"("outcome":"fail")"},
                    ReportCase{"DataError",
                               {.exit_status = 65},
                               Running,
                               "fail",
                               R"("outcome":"fail","error":"the program ended with exit code 65: a \"word\")"},
                    ReportCase{"Usage", {.exit_status = 64}, Running, "fail", R"("outcome":"fail")"},
                    ReportCase{"OtherCode", {.exit_status = 1}, Running, "fail", R"("outcome":"retry")"},
                    ReportCase{"Signal",
                               {.signal = SIGSEGV},
                               Running,
                               "fail",
                               R"("outcome":"crash","error":"the program was ended by SIGSEGV)"},
                    ReportCase{"Timeout",
                               {.signal = SIGTERM, .stopped = os::ProgramStop::TimedOut},
                               Running,
                               "fail",
                               R"("outcome":"retry")"},
                    ReportCase{"TooLong",
                               {.stopped = os::ProgramStop::OutputTooLong, .output = "1"},
                               Running,
                               "fail",
                               R"("outcome":"fail")"},
                    ReportCase{"Cancelled",
                               {.signal = SIGTERM, .stopped = os::ProgramStop::Asked},
                               Cancelled,
                               "fail",
                               R"("outcome":"cancel")"},
                    ReportCase{"CancelledTooLate", {.output = "1"}, Cancelled, "complete", R"("result":1)"},
                    ReportCase{
                        "PutBack", {.exit_status = 143, .stopped = os::ProgramStop::Asked}, PutBack, "release", ""},
                    ReportCase{"Lost", {.output = "1"}, Lost, "", ""}),
    [](const auto& info) { return info.param.name; });

TEST(ProgramReport, DirectivesSayWhen) {
    ProgramVoice voice;
    voice.hear("@retry 30");
    EXPECT_THAT(report_of({.exit_status = 75}, voice, Running)->members, HasSubstr(R"("retry_in_seconds":30)"));
    voice.hear("@snooze 60");
    EXPECT_EQ(report_of({.exit_status = 75}, voice, Running)->call, "snooze");
    EXPECT_EQ(report_of({}, voice, Running)->call, "complete");
}

}  // namespace
}  // namespace galley::app
