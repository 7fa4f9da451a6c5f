#include "schedule/time_zone.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <map>
#include <memory>

#include "base/mutex.h"

namespace galley::schedule {

namespace {

using std::chrono::seconds;
using CctzSeconds = cctz::time_point<cctz::seconds>;

CctzSeconds to_cctz(UtcSeconds instant) {
    return CctzSeconds(cctz::seconds(instant.time_since_epoch().count()));
}
UtcSeconds from_cctz(CctzSeconds instant) {
    return UtcSeconds(seconds(instant.time_since_epoch().count()));
}

// Seconds since 1970-01-01 00:00:00 on the wall.
cctz::civil_second to_civil(LocalSeconds local) {
    return cctz::civil_second() + local.time_since_epoch().count();
}

// Names of zones are paths of the database: nothing else may be read by them.
bool is_zone_name(const std::string& name) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
    return !name.empty() && name.size() <= kZoneNameBytesMax && name.front() != '/' &&
           name.find_first_not_of(kAllowed) == name.npos;
}

}  // namespace

struct TimeZone::Zone {
    cctz::time_zone zone;
    bool is_utc = false;  // OPTIMIZATION: nothing to look up
};

Result<TimeZone> TimeZone::load(const std::string& name) {
    static Mutex mutex;
    static std::map<std::string, std::unique_ptr<const Zone>> zones;
    const MutexLock lock(mutex);
    if (const auto known = zones.find(name); known != zones.end()) return TimeZone(*known->second);
    cctz::time_zone zone;
    if (!is_zone_name(name) || !cctz::load_time_zone(name, &zone))
        return fail(ErrorCode::InvalidInput, "is no time zone that this system knows (such as Europe/Berlin or UTC)",
                    name);
    const auto kept = zones.emplace(name, std::make_unique<const Zone>(Zone{zone, name == "UTC"})).first;
    return TimeZone(*kept->second);
}

LocalSeconds TimeZone::to_local(UtcSeconds instant) const {
    return LocalSeconds(instant.time_since_epoch() + offset_at(instant));
}

UtcSeconds TimeZone::to_instant(LocalSeconds local) const {
    if (zone_->is_utc) return UtcSeconds(local.time_since_epoch());
    const cctz::time_zone::civil_lookup found = zone_->zone.lookup(to_civil(local));
    return from_cctz(found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre);
}

seconds TimeZone::offset_at(UtcSeconds instant) const {
    if (zone_->is_utc) return seconds(0);
    return seconds(zone_->zone.lookup(to_cctz(instant)).offset);
}

std::optional<UtcSeconds> TimeZone::next_change(UtcSeconds after) const {
    cctz::time_zone::civil_transition change;
    if (!zone_->zone.next_transition(to_cctz(after), &change)) return std::nullopt;
    return from_cctz(zone_->zone.lookup(change.to).trans);
}

std::string TimeZone::name() const {
    return zone_->zone.name();
}

}  // namespace galley::schedule
