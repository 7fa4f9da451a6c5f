// Lists: whichever index or stretch of the table they go through, they find what a look at every task finds.
#include <algorithm>
#include <set>

#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

class EngineLists : public EngineTest {
 protected:
    // Of every state but running, over several blocks of the map, one kind, queue, tag and creator of them rare.
    void fill() {
        make_engine({.workers = 2});
        engine_->register_kind({.name = "fails"}, [](TaskContext&) { return Outcome::fail("no"); });
        begin();
        ASSERT_TRUE(engine_->set_queue("parked", [](QueueSettings& settings) -> Result<void> {
            settings.mode = QueueMode::Paused;
            return {};
        }));
        std::vector<NewTask> tasks;
        for (int i = 0; i < 3'000; ++i) {
            NewTask task{.kind = i % 7 == 0 ? "fails" : "echo", .created_by = i % 3 == 0 ? "a" : "b"};
            if (i % 11 == 0) task.queue = "parked";
            if (i % 13 == 0) task.run_at = clock_.now() + std::chrono::hours(5'000 + i);
            if (i % 5 == 0) task.tags = {"five", "odd"};
            if (i % 1'499 == 0) {
                task.tags = {"rare"};
                task.created_by = "rare";
                task.queue = "rare";
            }
            tasks.push_back(std::move(task));
        }
        ASSERT_TRUE(engine_->enqueue_many(tasks));
        clock_.advance(std::chrono::seconds(3));
        const auto moment = engine_->enqueue({.kind = "echo", .created_by = "late"});
        ASSERT_TRUE(moment);
        ASSERT_TRUE(comes_true([&] {
            const TaskCounts counts = engine_->counts();
            return counts[TaskState::Running] == 0 && engine_->queue("default").counts.pending == 0 &&
                   engine_->queue("rare").counts.pending == 0;
        }));
        ASSERT_TRUE(engine_->bulk(BulkAction::Cancel, {.queue = "parked", .tag = "five"}, 100));
    }
    std::vector<TaskRecord> all(TaskFilter filter) {
        std::vector<TaskRecord> found;
        std::set<TaskSeq> seen;
        do {
            const auto page = engine_->list(filter);
            EXPECT_TRUE(page);
            for (const TaskRecord& task : page->tasks) {
                EXPECT_TRUE(seen.insert(task.seq).second) << "once";
                EXPECT_TRUE(found.empty() || task.seq < found.back().seq) << "newest first";
                found.push_back(task);
            }
            filter.before = page->next;
        } while (filter.before);
        return found;
    }
    void compare() {
        const std::vector<TaskRecord> every = all({.limit = 200});
        ASSERT_EQ(every.size(), 3'001u);
        const Time middle = every[0].created_at;
        std::vector<TaskFilter> filters;
        for (const char* state : {"", "scheduled", "pending", "completed", "failed", "cancelled"}) {
            for (const char* creator : {"", "a", "rare", "nobody"}) {
                for (const char* tag : {"", "five", "rare", "none"}) {
                    TaskFilter filter{.limit = 37};
                    if (*state != '\0') filter.state = parse_state(state);
                    if (*creator != '\0') filter.created_by = creator;
                    if (*tag != '\0') filter.tag = tag;
                    filters.push_back(filter);
                }
            }
        }
        filters.push_back({.kind = "fails"});
        filters.push_back({.kind = "none"});
        filters.push_back({.queue = "rare"});
        filters.push_back({.queue = "parked"});
        filters.push_back({.created_after = middle});
        filters.push_back({.created_before = middle, .limit = 200});
        for (std::size_t i = 0; i < filters.size(); ++i) {
            const TaskFilter& filter = filters[i];
            std::size_t expected = 0;
            for (const TaskRecord& task : every) {
                expected += (!filter.state || task.state == *filter.state) &&
                            (!filter.created_by || task.created_by == *filter.created_by) &&
                            (!filter.kind || task.kind == *filter.kind) &&
                            (!filter.queue || task.queue == *filter.queue) &&
                            (!filter.tag || std::ranges::find(task.tags, *filter.tag) != task.tags.end()) &&
                            (!filter.created_after || task.created_at >= *filter.created_after) &&
                            (!filter.created_before || task.created_at < *filter.created_before);
            }
            EXPECT_EQ(all(filter).size(), expected) << "filter " << i;
        }
    }
};

TEST_F(EngineLists, EveryFilterFindsWhatALookAtEveryTaskFindsAlsoAfterARestart) {
    ASSERT_NO_FATAL_FAILURE(fill());
    compare();
    close();
    make_engine({.workers = 2});
    engine_->register_kind({.name = "fails"}, [](TaskContext&) { return Outcome::fail("no"); });
    begin();
    compare();
}

}  // namespace
}  // namespace galley::tasks
