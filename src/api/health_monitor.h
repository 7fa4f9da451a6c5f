// src/api/health_monitor.h — what stands behind /health/ready: each part looked at on a thread of its own, at most once
// a second however often it is asked (R97).
//
// Shape    check(callback): the report that is younger than kReportLifetime, else a new one that all askers share.
//          A part that costs something is looked at only every `interval`; in between its last report stands.
//          Degraded: requests are served, an operator should look. Failed: a part that is Vital is out of order.
// Errors   a part's failure is in the report. When a look hangs (a disk that does not answer) for kLookTimeMax, later
//          askers get a report at once that says so, and those that waited get it too.
// Owner    what the looks borrow must outlive stop().
// Threads  any; looks run on the monitor's thread, one after the other; callbacks on the caller's or the monitor's.
// Limits   kAskersMax wait for a look; more get the report before.
// Source   R97.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/background_queue.h"
#include "base/mutex.h"
#include "base/time.h"
#include "os/clock.h"

namespace galley::api {

inline constexpr Duration kReportLifetime = std::chrono::seconds(1);
inline constexpr Duration kLookTimeMax = std::chrono::seconds(5);
inline constexpr std::size_t kAskersMax = 1'000;

enum class PartState : std::uint8_t { Ok, Degraded, Failed };
std::string_view part_state_name(PartState state);

// Whether requests can be served without it.
enum class PartNeed : std::uint8_t { Vital, Helpful };

struct PartVerdict {
    PartState state = PartState::Ok;
    std::string detail{};                  // for everybody to read, when the state is not Ok
    std::optional<double> milliseconds{};  // when the look's own time is not what matters
};

struct HealthPart {
    const char* name;
    PartNeed need = PartNeed::Helpful;
    Duration interval{0};
    std::function<PartVerdict()> look;
};

struct PartReport {
    const char* name;
    PartNeed need = PartNeed::Helpful;
    PartState state = PartState::Ok;
    double milliseconds = 0;
    std::string detail{};
    MonotonicTime at{};
};

struct HealthReport {
    PartState state = PartState::Ok;
    std::vector<PartReport> parts{};
    MonotonicTime at{};
    const PartReport* find(std::string_view name) const;
};

class HealthMonitor {
 public:
    using Callback = std::function<void(const HealthReport&)>;

    HealthMonitor(std::vector<HealthPart> parts, const os::Clock& clock);
    ~HealthMonitor() { stop(); }
    HealthMonitor(const HealthMonitor&) = delete;
    HealthMonitor& operator=(const HealthMonitor&) = delete;

    void check(Callback callback);
    // Whoever waits is told; a look under way is waited for.
    void stop() { queue_.stop(); }

 private:
    void begin_look();
    HealthReport look();
    PartReport look_at(std::size_t part);
    HealthReport hung_report(MonotonicTime now) GALLEY_REQUIRES(mutex_);
    void finish(HealthReport report);

    const std::vector<HealthPart> parts_;
    const os::Clock& clock_;
    std::vector<PartReport> reports_{};  // of the parts, in order; the monitor's thread only
    Mutex mutex_;
    HealthReport last_ GALLEY_GUARDED_BY(mutex_);
    bool known_ GALLEY_GUARDED_BY(mutex_) = false;
    bool looking_ GALLEY_GUARDED_BY(mutex_) = false;
    std::size_t looked_at_ GALLEY_GUARDED_BY(mutex_) = 0;  // the part, and since when
    MonotonicTime since_ GALLEY_GUARDED_BY(mutex_){};
    std::vector<Callback> waiting_ GALLEY_GUARDED_BY(mutex_);
    BackgroundQueue queue_{1};  // last: its thread uses all of the above
};

}  // namespace galley::api
