#include "api/health_monitor.h"

#include <gtest/gtest.h>

#include <latch>

#include "os/testing/fake_clock.h"

namespace galley::api {
namespace {

// A part whose looks are counted, whose state the test sets, and that may be held up.
struct FakePart {
    std::atomic<int> looks = 0;
    std::atomic<PartState> state = PartState::Ok;
    Mutex mutex;
    CondVar changed;
    bool held GALLEY_GUARDED_BY(mutex) = false;
    bool met GALLEY_GUARDED_BY(mutex) = false;

    PartVerdict look() {
        ++looks;
        MutexLock lock(mutex);
        met = true;
        changed.notify_all();
        while (held) changed.wait(lock);
        return {.state = state, .detail = "as the test wants"};
    }
    void hold(bool wanted) {
        const MutexLock lock(mutex);
        held = wanted;
        met = false;
        changed.notify_all();
    }
    void wait_until_met() {
        MutexLock lock(mutex);
        while (!met) changed.wait(lock);
    }
};

class HealthMonitorFacts : public testing::Test {
 protected:
    ~HealthMonitorFacts() override {
        vital_.hold(false);
        helpful_.hold(false);
    }

    HealthReport asked() {
        HealthReport report;
        std::latch answered(1);
        monitor_.check([&](const HealthReport& found) {
            report = found;
            answered.count_down();
        });
        answered.wait();
        return report;
    }

    os::FakeClock clock_;
    FakePart vital_;
    FakePart helpful_;
    HealthMonitor monitor_{
        {{"vital", PartNeed::Vital, Duration(0), [this] { return vital_.look(); }},
         {"helpful", PartNeed::Helpful, std::chrono::seconds(60), [this] { return helpful_.look(); }}},
        clock_};
};

TEST_F(HealthMonitorFacts, AllWellIsOk) {
    const HealthReport report = asked();
    EXPECT_EQ(report.state, PartState::Ok);
    ASSERT_EQ(report.parts.size(), 2U);
    EXPECT_EQ(report.find("helpful")->name, std::string("helpful"));
    EXPECT_EQ(report.find("absent"), nullptr);
}

TEST_F(HealthMonitorFacts, OnlyAFailedVitalPartFailsTheWhole) {
    helpful_.state = PartState::Failed;
    vital_.state = PartState::Degraded;
    EXPECT_EQ(asked().state, PartState::Degraded);
    clock_.advance(kReportLifetime);
    vital_.state = PartState::Failed;
    EXPECT_EQ(asked().state, PartState::Failed);
}

TEST_F(HealthMonitorFacts, AReportIsSharedUntilItIsOld) {
    for (int i = 0; i < 5; ++i) asked();
    EXPECT_EQ(vital_.looks, 1);
    clock_.advance(kReportLifetime - Duration(1));
    asked();
    EXPECT_EQ(vital_.looks, 1);
    clock_.advance(Duration(1));
    asked();
    EXPECT_EQ(vital_.looks, 2);
}

TEST_F(HealthMonitorFacts, APartWithAnIntervalKeepsItsReportForSoLong) {
    asked();
    clock_.advance(std::chrono::seconds(59));
    EXPECT_EQ(asked().find("helpful")->at, clock_.monotonic() - std::chrono::seconds(59));
    EXPECT_EQ(helpful_.looks, 1);
    clock_.advance(std::chrono::seconds(1));
    asked();
    EXPECT_EQ(helpful_.looks, 2);
}

TEST_F(HealthMonitorFacts, AskersDuringALookShareIt) {
    vital_.hold(true);
    std::latch answered(3);
    for (int i = 0; i < 3; ++i) monitor_.check([&](const HealthReport&) { answered.count_down(); });
    vital_.hold(false);
    answered.wait();
    EXPECT_EQ(vital_.looks, 1);
}

TEST_F(HealthMonitorFacts, ALookThatHangsIsToldToAllThatWait) {
    asked();
    clock_.advance(kReportLifetime);
    vital_.hold(true);
    HealthReport waited;
    monitor_.check([&](const HealthReport& found) { waited = found; });
    vital_.wait_until_met();
    clock_.advance(kLookTimeMax + Duration(1));
    HealthReport report;
    monitor_.check([&](const HealthReport& found) { report = found; });  // answered on this thread
    EXPECT_EQ(report.state, PartState::Failed);
    EXPECT_EQ(report.find("vital")->detail, "does not answer");
    EXPECT_EQ(report.find("helpful")->state, PartState::Ok);
    EXPECT_EQ(waited.state, PartState::Failed);
    vital_.hold(false);
    while (asked().state != PartState::Ok) std::this_thread::yield();
}

TEST_F(HealthMonitorFacts, AHangingPartThatIsNotVitalOnlyDegrades) {
    asked();
    clock_.advance(std::chrono::seconds(60));
    helpful_.hold(true);
    monitor_.check([](const HealthReport&) {});
    helpful_.wait_until_met();
    clock_.advance(kLookTimeMax + Duration(1));
    EXPECT_EQ(asked().state, PartState::Degraded);
}

TEST_F(HealthMonitorFacts, AfterStopEveryAskerIsToldSo) {
    monitor_.stop();
    const HealthReport report = asked();
    EXPECT_EQ(report.state, PartState::Failed);
    ASSERT_EQ(report.parts.size(), 1u);
    EXPECT_STREQ(report.parts.front().name, "server") << "as OpenAPI says";
    EXPECT_EQ(report.parts.front().detail, "the server is stopping");
}

}  // namespace
}  // namespace galley::api
