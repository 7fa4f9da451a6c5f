#include "api/monitoring_caches.h"

#include <gtest/gtest.h>

#include "codec/json.h"
#include "os/testing/fake_clock.h"

namespace galley::api {
namespace {

class Caches : public ::testing::Test {
 protected:
    void tell(tasks::TaskEvent event, std::string_view id) {
        caches_.on_notice({.event = event,
                           .seq = 1,
                           .id = id,
                           .kind = "echo",
                           .queue = "default",
                           .state = tasks::TaskState::Running,
                           .attempt = 1,
                           .progress = 0,
                           .message = {},
                           .error = {},
                           .created_by = {},
                           .correlation_id = {},
                           .at = clock_.now(),
                           .waited = {},
                           .ran = {}});
    }

    os::FakeClock clock_;
    MonitoringCaches caches_{clock_};
};

TEST_F(Caches, HaveTheTimesAndSizesOfTheSpecification) {
    struct Row {
        const char* name;
        int seconds;
        std::size_t entries;
    };
    for (const Row& row : {Row{"task_status", 2, 500}, Row{"worker_status", 5, 100}, Row{"queue_status", 3, 100},
                           Row{"metrics_summary", 5, 100}, Row{"health_check", 10, 50}}) {
        const auto cache = parse_monitoring_cache(row.name);
        ASSERT_TRUE(cache) << row.name;
        EXPECT_EQ(monitoring_cache_name(*cache), row.name);
        EXPECT_EQ(caches_.of(*cache).options().ttl, std::chrono::seconds(row.seconds)) << row.name;
        EXPECT_EQ(caches_.of(*cache).options().entries_max, row.entries) << row.name;
    }
    EXPECT_FALSE(parse_monitoring_cache("all"));
}

TEST_F(Caches, AChangeOfATaskMovesItsStateOn) {
    const std::uint64_t task = caches_.state_of("task-1");
    const std::uint64_t all = caches_.state_of_all();
    tell(tasks::TaskEvent::Started, "task-1");
    EXPECT_NE(caches_.state_of("task-1"), task);
    EXPECT_NE(caches_.state_of_all(), all);
}

TEST_F(Caches, ProgressMovesTheTaskOnAndNotTheWhole) {
    const std::uint64_t task = caches_.state_of("task-1");
    const std::uint64_t all = caches_.state_of_all();
    tell(tasks::TaskEvent::Progress, "task-1");
    EXPECT_NE(caches_.state_of("task-1"), task);
    EXPECT_EQ(caches_.state_of_all(), all);
}

TEST_F(Caches, TellTheirFigures) {
    cache::TtlCache& tasks = caches_.of(MonitoringCache::TaskStatus);
    (void)tasks.get("a", 0, caches_.now());
    tasks.put("a", SharedBytes(Bytes("{}")), 0, caches_.now());
    for (int i = 0; i < 3; ++i) (void)tasks.get("a", 0, caches_.now());
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    caches_.append_statistics(json);
    json.end_object();
    EXPECT_TRUE(out.contains(
        R"("task_status":{"size":1,"max_size":500,"utilization_percent":0.2,"hits":3,"misses":1,"hit_rate_percent":75,)"
        R"("sets":1,"evictions":0,"expirations":0,"invalidations":0,"total_requests":4})"))
        << out;
    EXPECT_TRUE(out.ends_with(
        R"("summary":{"total_hits":3,"total_misses":1,"total_requests":4,"overall_hit_rate_percent":75}})"))
        << out;
}

}  // namespace
}  // namespace galley::api
