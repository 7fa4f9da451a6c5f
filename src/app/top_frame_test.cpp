#include "app/top_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json.h"

namespace galley::app {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TopSnapshot snapshot(double completed, int seconds) {
    TopSnapshot made;
    made.at = MonotonicTime(std::chrono::seconds(seconds));
    made.time = from_unix_ms(1'700'000'000'000);
    made.health = "ready";
    made.metrics = {{R"(galley_task_events_total{event="task.completed"})", completed},
                    {R"(galley_tasks{state="pending"})", 7},
                    {R"(galley_http_request_seconds_count{endpoint="a"})", completed},
                    {R"(galley_http_request_seconds_count{endpoint="b"})", completed},
                    {R"(galley_cache_lookups_total{outcome="miss"})", 1},
                    {R"(galley_cache_lookups_total{outcome="disk_hit"})", 3},
                    {"galley_task_run_seconds_sum", completed / 100},
                    {"galley_task_run_seconds_count", completed},
                    {"process_resident_memory_bytes", 1024.0 * 1024 * 3 / 2}};
    for (int i = 0; i < 40; ++i)
        made.queues.push_back(
            {.name = "queue" + std::to_string(i), .mode = "open", .pending = i, .running_max = "4", .rate = "1/5s"});
    made.workers = {{.name = "w\x1b[31m",
                     .caller = "\xc2\x9b"
                               "31m",
                     .client = "a\xff",
                     .kinds = "resize",
                     .running = 2}};
    return made;
}

TopView two_looks() {
    return {.url = "http://galley", .trouble = "", .before = snapshot(100, 10), .now = snapshot(150, 12)};
}

TEST(TopFrame, RatesAreBetweenTwoLooks) {
    const auto lines = top_frame(two_looks(), {.columns = 200, .rows = 100});
    EXPECT_THAT(lines, Contains(HasSubstr("completed 25.0")));
    EXPECT_THAT(lines, Contains(HasSubstr("requests/s 50.0")));
    EXPECT_THAT(lines, Contains(HasSubstr("run 10.0 ms")));
    EXPECT_THAT(lines, Contains(HasSubstr("pending 7")));
    EXPECT_THAT(lines, Contains(HasSubstr("hits 75.0 %")));
    EXPECT_THAT(lines, Contains(HasSubstr("memory 1.5 MiB")));
}

TEST(TopFrame, WithoutAnEarlierLookAndAfterARestartThereAreNoRates) {
    TopView view = two_looks();
    view.before->metrics.find(R"(galley_task_events_total{event="task.completed"})")->second = 1'000;
    EXPECT_THAT(top_frame(view, {.columns = 200, .rows = 50}), Contains(HasSubstr("completed - ")));
    view.before.reset();
    EXPECT_THAT(top_frame(view, {.columns = 200, .rows = 50}), Contains(HasSubstr("requests/s -")));
}

TEST(TopFrame, ItFitsEverySize) {
    for (int rows = 0; rows < 70; ++rows) {
        for (const int columns : {0, 1, 20, 80}) {
            const auto lines = top_frame(two_looks(), {.columns = columns, .rows = rows});
            EXPECT_LE(lines.size(), static_cast<std::size_t>(std::max(rows, 1)));
            for (const std::string& line : lines)
                EXPECT_LE(line.size(), static_cast<std::size_t>(std::max(columns, 1)) + 2);  // "…" has three bytes
        }
    }
}

TEST(TopFrame, TheBusiestComeFirstAndTheRestIsCounted) {
    const auto lines = top_frame(two_looks(), {.columns = 120, .rows = 24});
    EXPECT_EQ(lines.size(), 24U);
    EXPECT_THAT(lines, Contains(HasSubstr("queue39  open")));
    EXPECT_THAT(lines, Not(Contains(HasSubstr("queue0 "))));
    EXPECT_THAT(lines, Contains(HasSubstr("… 29 more")));
    EXPECT_THAT(lines, Contains(HasSubstr("resize")));
}

TEST(TopFrame, NamesCannotSteerTheTerminal) {
    for (const std::string& line : top_frame(two_looks(), {.columns = 200, .rows = 100})) {
        for (const char c : line) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << line;
        EXPECT_THAT(line, Not(HasSubstr("\xc2\x9b")));
        EXPECT_THAT(line, Not(HasSubstr("\xff")));
    }
    EXPECT_EQ(printable("a\x1b\xff\xc3\xa9", 10), "a??\xc3\xa9");
    EXPECT_EQ(printable("\xc3\xa9\xc3\xa9\xc3\xa9", 2), "\xc3\xa9\xc3\xa9");
}

TEST(TopFrame, TroubleIsShownBesideWhatWasSeenLast) {
    TopView view = two_looks();
    view.trouble = "unavailable: nobody answers";
    view.now->parts_unwell = {"disk: down"};
    const auto lines = top_frame(view, {.columns = 200, .rows = 50});
    EXPECT_THAT(lines, Contains("error    unavailable: nobody answers"));
    EXPECT_THAT(lines, Contains("health   disk: down"));
    EXPECT_THAT(top_frame({.url = "u", .trouble = "no"}, {}), Contains("error    no"));
}

TEST(TopFrame, JsonHasTheSameNumbers) {
    TopView view = two_looks();
    view.now->workers.clear();
    const Result<codec::JsonDocument> json = codec::JsonDocument::parse(top_json(view));
    ASSERT_TRUE(json);
    EXPECT_EQ(json->root().find("per_second")->find("completed")->number(), 25);
    EXPECT_EQ(json->root().find("tasks")->find("pending")->number(), 7);
    EXPECT_EQ(json->root().find("queues")->size(), 40U);
}

TEST(ParseMetrics, KeepsNumbersAndLeavesOutTheRest) {
    const Metrics metrics = parse_metrics(
        "# HELP a b\na 1\nb{c=\"d e\"} 2.5e3\nh_bucket{le=\"1\"} 4\nbad x\nno_value\n\n 7\ninf +Inf\nlast 3");
    EXPECT_THAT(metrics, testing::UnorderedElementsAre(testing::Pair("a", 1), testing::Pair("b{c=\"d e\"}", 2500),
                                                       testing::Pair("", 7), testing::Pair("last", 3)));
}

}  // namespace
}  // namespace galley::app
