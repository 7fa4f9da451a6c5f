// src/app/housekeeping.h — wiring of the kinds by which a server looks after itself, and the schedules that it has for
// them.
//
// Shape    register_housekeeping() before the engine starts; settle_built_in_schedules() before the scheduler does: a
//          schedule that is missing is made, one that is there stays as it is (paused or changed by an operator); with
//          `schedules.built_in` off all are removed.
// Errors   settle: the database's. A name that somebody else's schedule has already is left to it.
// Owner    borrows what HousekeepingParts names; it must outlive the engine's handlers.
// Threads  the one that starts the server.
// Source   R64, docs/operation.md.
#pragma once

#include "api/health_monitor.h"
#include "api/services.h"
#include "app/config.h"

namespace galley::app {

struct HousekeepingParts {
    const ServeConfig& config;
    api::Services& services;
    api::HealthMonitor& health;
};

// The creator of built-in schedules and of their tasks: no e-mail address, so no caller.
inline constexpr const char* kSystemCaller = "system";

void register_housekeeping(const HousekeepingParts& parts);

Result<void> settle_built_in_schedules(store::Database& database, schedule::ScheduleStore& schedules,
                                       const ServeConfig& config, const os::Clock& clock);

}  // namespace galley::app
