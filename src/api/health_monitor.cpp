#include "api/health_monitor.h"

#include <algorithm>
#include <utility>

namespace galley::api {

namespace {

PartState state_of(const std::vector<PartReport>& parts) {
    PartState worst = PartState::Ok;
    for (const PartReport& part : parts) {
        if (part.state == PartState::Failed && part.need == PartNeed::Vital) return PartState::Failed;
        if (part.state != PartState::Ok) worst = PartState::Degraded;
    }
    return worst;
}

HealthReport stopping_report() {
    const PartReport server{.name = "server", .state = PartState::Failed, .detail = "the server is stopping"};
    return {.state = PartState::Failed, .parts = {server}};
}

}  // namespace

std::string_view part_state_name(PartState state) {
    constexpr std::string_view kNames[] = {"ok", "degraded", "failed"};
    return kNames[static_cast<std::size_t>(state)];
}

const PartReport* HealthReport::find(std::string_view name) const {
    const auto found =
        std::ranges::find(parts, name, [](const PartReport& part) { return std::string_view(part.name); });
    return found == parts.end() ? nullptr : &*found;
}

HealthMonitor::HealthMonitor(std::vector<HealthPart> parts, const os::Clock& clock)
    : parts_(std::move(parts)), clock_(clock) {}

void HealthMonitor::check(Callback callback) {
    HealthReport answer;
    std::vector<Callback> released;
    {
        const MutexLock lock(mutex_);
        const MonotonicTime now = clock_.monotonic();
        const bool fresh = known_ && now - last_.at < kReportLifetime;
        const bool hangs = looking_ && now - since_ > kLookTimeMax;
        const bool crowded = known_ && waiting_.size() >= kAskersMax;
        if (hangs) waiting_.swap(released);
        if (!fresh && !hangs && !crowded) {
            waiting_.push_back(std::move(callback));
            if (std::exchange(looking_, true)) return;
            since_ = now;
        } else {
            answer = hangs ? hung_report(now) : last_;
            released.push_back(std::move(callback));
        }
    }
    if (released.empty()) return begin_look();
    for (const Callback& one : released) one(answer);
}

void HealthMonitor::begin_look() {
    BackgroundQueue::Work work = [this](BackgroundQueue::Run how) {
        finish(how == BackgroundQueue::Run::Now ? look() : stopping_report());
    };
    if (!queue_.post(work)) work(BackgroundQueue::Run::Stopped);
}

// What was known before, but for the part that does not answer.
HealthReport HealthMonitor::hung_report(MonotonicTime now) {
    HealthReport report{.parts = last_.parts, .at = now};
    const HealthPart& part = parts_[looked_at_];
    std::erase_if(report.parts, [&](const PartReport& other) { return other.name == part.name; });
    report.parts.push_back({.name = part.name,
                            .need = part.need,
                            .state = PartState::Failed,
                            .milliseconds = std::chrono::duration<double, std::milli>(now - since_).count(),
                            .detail = "does not answer"});
    report.state = state_of(report.parts);
    return report;
}

void HealthMonitor::finish(HealthReport report) {
    std::vector<Callback> waiting;
    {
        const MutexLock lock(mutex_);
        looking_ = false;
        known_ = true;
        last_ = report;
        waiting.swap(waiting_);
    }
    for (const Callback& one : waiting) one(report);
}

HealthReport HealthMonitor::look() {
    std::vector<PartReport> reports;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        const bool known = part < reports_.size();
        const bool stands = known && clock_.monotonic() - reports_[part].at < parts_[part].interval;
        reports.push_back(stands ? reports_[part] : look_at(part));
    }
    reports_ = reports;
    return {.state = state_of(reports), .parts = std::move(reports), .at = clock_.monotonic()};
}

PartReport HealthMonitor::look_at(std::size_t part) {
    const MonotonicTime begin = clock_.monotonic();
    {
        const MutexLock lock(mutex_);
        looked_at_ = part;
        since_ = begin;
    }
    PartVerdict verdict = parts_[part].look();
    const std::chrono::duration<double, std::milli> took = clock_.monotonic() - begin;
    return {.name = parts_[part].name,
            .need = parts_[part].need,
            .state = verdict.state,
            .milliseconds = verdict.milliseconds.value_or(took.count()),
            .detail = std::move(verdict.detail),
            .at = begin};
}

}  // namespace galley::api
