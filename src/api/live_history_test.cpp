#include "api/live_history.h"

#include <gtest/gtest.h>

namespace galley::api {
namespace {

using tasks::TaskEvent;
using tasks::TaskState;

LiveEvent change(tasks::TaskSeq task, TaskEvent event, TaskState state, int attempt = 1) {
    LiveEvent made;
    made.task = task;
    made.event = event;
    made.state = state;
    made.attempt = attempt;
    made.data = "{}";
    return made;
}
LiveEvent started(tasks::TaskSeq task, int attempt = 1) {
    return change(task, TaskEvent::Started, TaskState::Running, attempt);
}
LiveEvent completed(tasks::TaskSeq task) {
    return change(task, TaskEvent::Completed, TaskState::Completed);
}
LiveEvent progress(tasks::TaskSeq task, int percent, int attempt = 1) {
    LiveEvent event = change(task, TaskEvent::Progress, TaskState::Running, attempt);
    event.progress = percent;
    return event;
}

// "1:started 2:completed"
std::string told(const std::optional<std::vector<LiveEventPtr>>& events) {
    if (!events) return "unknown";
    std::string text;
    for (const LiveEventPtr& event : *events) {
        text += (text.empty() ? "" : " ") + std::to_string(event->task) + ":";
        text += tasks::event_name(event->event).substr(5);
        if (event->is_progress()) text += std::to_string(event->progress);
    }
    return text;
}

bool all(const LiveEvent&) {
    return true;
}

class History : public ::testing::Test {
 protected:
    History() { history_.begin_period(7); }
    LiveHistory history_{1 << 20};
};

TEST_F(History, GivesWhatCameAfterTheLastThatWasSeen) {
    const LiveId before = history_.newest();
    const LiveId first = history_.add(started(1))->id;
    history_.add(completed(1));
    history_.add(started(2));
    EXPECT_EQ(told(history_.since(before, all)), "1:started 1:completed 2:started");
    EXPECT_EQ(told(history_.since(first, all)), "1:completed 2:started");
    EXPECT_EQ(told(history_.since(first, [](const LiveEvent& event) { return event.task == 2; })), "2:started");
    EXPECT_EQ(told(history_.since(history_.newest(), all)), "");
}

TEST_F(History, OfProgressTheLastIsKeptUntilTheAttemptIsOver) {
    const LiveId before = history_.newest();
    history_.add(started(1));
    history_.add(progress(1, 10));
    history_.add(progress(1, 20));
    EXPECT_EQ(told(history_.since(before, all)), "1:started 1:progress20");
    history_.add(completed(1));
    EXPECT_EQ(told(history_.since(before, all)), "1:started 1:completed");
}

TEST_F(History, ProgressThatWasOvertakenIsNoNews) {
    history_.add(started(1, 2));
    EXPECT_NE(history_.add(progress(1, 20, 2)), nullptr);
    EXPECT_EQ(history_.add(progress(1, 10, 2)), nullptr) << "goes backwards";
    EXPECT_EQ(history_.add(progress(1, 90, 1)), nullptr) << "of an attempt before";
    EXPECT_NE(history_.add(progress(1, 20, 2)), nullptr) << "another message";
    history_.add(completed(1));
    EXPECT_EQ(history_.add(progress(1, 30, 2)), nullptr) << "behind the end";
}

TEST_F(History, TheEndOfATaskSaysInWhichAttempt) {
    EXPECT_EQ(history_.add(started(1))->id.ended_attempt, std::nullopt);
    EXPECT_EQ(history_.add(change(1, TaskEvent::Failed, TaskState::Failed, 3))->id.ended_attempt, 3);
}

TEST_F(History, DoesNotReachBackBeyondItsBytes) {
    LiveHistory small(4 * started(1).bytes());
    small.begin_period(7);
    const LiveId before = small.newest();
    const LiveId first = small.add(started(1))->id;
    for (int i = 2; i <= 4; ++i) small.add(started(i));
    EXPECT_EQ(told(small.since(before, all)), "1:started 2:started 3:started 4:started");
    small.add(started(5));
    EXPECT_EQ(told(small.since(before, all)), "unknown");
    EXPECT_EQ(told(small.since(first, all)), "2:started 3:started 4:started 5:started");
    for (int i = 6; i <= 1000; ++i) small.add(started(i));
    EXPECT_LE(small.bytes(), 4 * started(1).bytes());
}

TEST_F(History, KnowsNothingOfAnotherPeriodNorOfTheFuture) {
    const LiveId first = history_.add(started(1))->id;
    EXPECT_EQ(told(history_.since({8, first.position, std::nullopt}, all)), "unknown");
    EXPECT_EQ(told(history_.since({7, first.position + 1, std::nullopt}, all)), "unknown");
    history_.begin_period(9);
    EXPECT_EQ(told(history_.since(first, all)), "unknown");
    EXPECT_EQ(told(history_.since(history_.newest(), all)), "");
    EXPECT_EQ(history_.add(started(2))->id.period, 9U);
}

}  // namespace
}  // namespace galley::api
