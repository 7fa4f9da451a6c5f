// src/schedule/time_zone.h — what the clocks on the wall of an IANA zone show.
//
// Shape    load("Europe/Berlin"), load("UTC"). Zones are read once and kept for good; a TimeZone is a pointer.
// Units    whole seconds.
// Errors   load: InvalidInput for a name that the system's time zone database does not have.
// Threads  any.
// Source   the system's time zone database, read by cctz.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.h"
#include "schedule/cron_expression.h"

namespace galley::schedule {

inline constexpr std::size_t kZoneNameBytesMax = 100;

using UtcSeconds = std::chrono::sys_seconds;

class TimeZone {
 public:
    static Result<TimeZone> load(const std::string& name);

    LocalSeconds to_local(UtcSeconds instant) const;
    // A time that comes twice: the first of the two instants. One that is skipped: the first instant after the gap.
    UtcSeconds to_instant(LocalSeconds local) const;
    // Local time minus UTC.
    std::chrono::seconds offset_at(UtcSeconds instant) const;
    // The next instant at which the offset may change.
    std::optional<UtcSeconds> next_change(UtcSeconds after) const;
    std::string name() const;

 private:
    struct Zone;
    explicit TimeZone(const Zone& zone) : zone_(&zone) {}

    const Zone* zone_;
};

}  // namespace galley::schedule
