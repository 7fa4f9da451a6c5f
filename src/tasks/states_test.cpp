#include "tasks/states.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace galley::tasks {
namespace {

TEST(TaskStates, TheDrawingInDocsIsTheTable) {
    std::ifstream file(GALLEY_SOURCE_DIR "/docs/states.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), states_markdown()) << "write what states_markdown() gives into docs/states.md";
}

TEST(TaskStates, NamesReadBack) {
    for (int s = 0; s < kTaskStateCount; ++s) {
        const auto state = static_cast<TaskState>(s);
        EXPECT_EQ(parse_state(state_name(state)), state);
    }
    EXPECT_EQ(parse_state("done"), std::nullopt);
}

TEST(TaskStates, EventNamesAreDistinct) {
    std::set<std::string_view> names;
    for (int e = 0; e < kTaskEventCount; ++e) names.insert(event_name(static_cast<TaskEvent>(e)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(kTaskEventCount));
}

TEST(TaskStates, AnEventLeadsToOneStateOnly) {
    std::set<std::pair<TaskState, TaskEvent>> seen;
    for (const Transition& t : kTransitions) EXPECT_TRUE(seen.emplace(t.from, t.event).second);
}

TEST(TaskStates, CompletedAndCancelledAreFinalAndFailedCanOnlyBeRequeued) {
    for (const Transition& t : kTransitions) {
        if (is_terminal(t.from)) EXPECT_EQ(t.event, TaskEvent::Requeued);
    }
    EXPECT_EQ(find_transition(TaskState::Completed, TaskEvent::Requeued), std::nullopt);
}

TEST(TaskStates, AnIllegalChangeIsConflictAndNamesBoth) {
    const auto result = next_state(TaskState::Completed, TaskEvent::Cancelled);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Conflict);
    EXPECT_NE(result.error().message.find("completed"), std::string::npos);
    EXPECT_NE(result.error().message.find("task.cancelled"), std::string::npos);
}

}  // namespace
}  // namespace galley::tasks
