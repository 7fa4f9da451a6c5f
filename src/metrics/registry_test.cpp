#include "metrics/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <cstdio>
#include <limits>
#include <thread>

namespace galley::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Registry, TheSameNameAndLabelsAreTheSameSeries) {
    Registry registry;
    Counter& a = registry.counter("galley_tasks_total", "Tasks.", {{"kind", "pdf"}});
    Counter& b = registry.counter("galley_tasks_total", "Tasks.", {{"kind", "mail"}});
    EXPECT_EQ(&a, &registry.counter("galley_tasks_total", "Tasks.", {{"kind", "pdf"}}));
    EXPECT_NE(&a, &b);
}

TEST(Registry, TextIsPrometheusText) {
    Registry registry;
    registry.counter("galley_requests_total", "Requests\nanswered \\ all.", {{"route", "/a\"b\\c\n"}, {"code", "200"}})
        .add(3);
    registry.gauge("galley_temperature_celsius", "Heat.").set(-1.5);
    registry.gauge("galley_odd", "Odd.").set(std::numeric_limits<double>::infinity());
    registry.collect_gauge("galley_depth", "Waiting tasks.",
                           [] { return std::vector<Sample>{{{{"queue", "default"}}, 7}}; });
    Histogram& histogram = registry.histogram("galley_wait_seconds", "Waiting.", {{"queue", "q"}});
    histogram.record(0.003);
    histogram.record(2);
    const std::string text = registry.to_text();
    EXPECT_THAT(text, HasSubstr("# HELP galley_requests_total Requests\\nanswered \\\\ all.\n"
                                "# TYPE galley_requests_total counter\n"
                                "galley_requests_total{route=\"/a\\\"b\\\\c\\n\",code=\"200\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("\ngalley_temperature_celsius -1.5\n"));
    EXPECT_THAT(text, HasSubstr("\ngalley_odd +Inf\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE galley_depth gauge\ngalley_depth{queue=\"default\"} 7\n"));
    EXPECT_THAT(text, HasSubstr("galley_wait_seconds_bucket{queue=\"q\",le=\"0.0025\"} 0\n"
                                "galley_wait_seconds_bucket{queue=\"q\",le=\"0.005\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("galley_wait_seconds_bucket{queue=\"q\",le=\"+Inf\"} 2\n"
                                "galley_wait_seconds_sum{queue=\"q\"} 2.003\n"
                                "galley_wait_seconds_count{queue=\"q\"} 2\n"));
}

TEST(Registry, LabelSetsAreBounded) {
    Registry registry(3);
    const auto tasks = [&](const char* kind) -> Counter& {
        return registry.counter("galley_tasks_total", "Tasks.", {{"kind", kind}});
    };
    tasks("a").add();
    tasks("b").add();
    tasks("c").add();
    tasks("d").add();
    tasks("a").add();
    EXPECT_EQ(&tasks("x"), &tasks("y"));
    const std::string text = registry.to_text();
    EXPECT_THAT(text, HasSubstr("{kind=\"a\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("{kind=\"other\"} 2\n"));
    EXPECT_THAT(text, Not(HasSubstr("{kind=\"c\"}")));
    EXPECT_EQ(registry.snapshot().size(), 3U);
}

TEST(Registry, CallbacksAreBoundedAndRemovable) {
    Registry registry(2);
    int owner = 0;
    int calls = 0;
    registry.collect_counter(
        "galley_seen_total", "Seen.",
        [&] {
            ++calls;
            return std::vector<Sample>{{{{"k", "1"}}, 1}, {{{"k", "2"}}, 2}, {{{"k", "3"}}, 3}};
        },
        &owner);
    EXPECT_EQ(registry.snapshot().size(), 2U);
    registry.remove_callbacks(&owner);
    EXPECT_EQ(registry.to_text(), "");
    EXPECT_EQ(calls, 1);
}

TEST(Registry, ACallbackMayAskForAMetric) {
    Registry registry;
    registry.collect_gauge("galley_a", "A.", [&] {
        registry.counter("galley_scrapes_total", "Scrapes.").add();
        return std::vector<Sample>{{{}, 1}};
    });
    (void)registry.to_text();
    EXPECT_THAT(registry.to_text(), HasSubstr("galley_scrapes_total 2\n"));
}

TEST(RegistryDeathTest, BadNamesAreProgrammersMistakes) {
    Registry registry;
    registry.gauge("galley_x", "X.");
    EXPECT_DEATH(registry.counter("galley_requests", "No _total."), "check failed");
    EXPECT_DEATH(registry.gauge("galley_things_total", "A gauge is no total."), "check failed");
    EXPECT_DEATH(registry.gauge("Galley", "Case."), "check failed");
    EXPECT_DEATH(registry.gauge("galley_y", ""), "check failed");
    EXPECT_DEATH(registry.histogram("galley_x", "Another type."), "check failed");
    EXPECT_DEATH(registry.histogram("galley_h", "H.", {{"le", "1"}}), "check failed");
}

// A registry with everything in it, and values that are hard to print.
std::string rich_text() {
    Registry registry;
    registry.counter("galley_requests_total", "Requests.", {{"route", "/a\"\\\n\xC3\xA9"}}).add(UINT64_MAX / 2);
    registry.counter("galley_plain_total", "Plain.");
    registry.gauge("galley_ratio", "Ratio.", {{"k", ""}}).set(1e-12);
    registry.gauge("galley_nan", "Not a number.").set(std::numeric_limits<double>::quiet_NaN());
    registry.collect_gauge("galley_depth", "Depth.", [] { return std::vector<Sample>{{{}, -0.0}}; });
    Histogram& wait = registry.histogram("galley_wait_seconds", "Wait.", {{"queue", "default"}});
    for (int i = 0; i < 1000; ++i) wait.record(i * 0.01);
    registry.histogram("galley_size_bytes", "Size.").record(1e6);
    registry.histogram("galley_pages", "Pages.").record(1e9);
    return registry.to_text();
}

TEST(Registry, PromtoolAcceptsTheText) {
    std::FILE* const pipe = ::popen("promtool check metrics >&2", "w");
    ASSERT_NE(pipe, nullptr);
    const std::string text = rich_text();
    EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), pipe), text.size());
    EXPECT_EQ(::pclose(pipe), 0) << text;
}

TEST(Registry, ThreadsMakeRecordAndScrapeAtOnce) {
    Registry registry(8);
    std::barrier start(4);
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            start.arrive_and_wait();
            for (int i = 0; i < 300; ++i) {
                registry.counter("galley_tasks_total", "Tasks.", {{"kind", std::to_string(i % 20)}}).add();
                registry.histogram("galley_run_seconds", "Run.").record(t);
                registry.collect_gauge(
                    "galley_now", "Now.", [i] { return std::vector<Sample>{{{}, double(i)}}; }, &start);
                registry.remove_callbacks(&start);
            }
        });
    }
    start.arrive_and_wait();
    for (int i = 0; i < 50; ++i) (void)registry.to_text();
    for (std::thread& thread : threads) thread.join();
    std::uint64_t total = 0;
    for (const SeriesSnapshot& series : registry.snapshot()) {
        if (series.type == MetricType::Counter) total += static_cast<std::uint64_t>(series.value);
    }
    EXPECT_EQ(total, 900U);
}

}  // namespace
}  // namespace galley::metrics
