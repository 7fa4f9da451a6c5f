// src/jobs/monitoring/health_kind.h — the kind `monitoring.health`: what /health/ready says, as a task's result.
//
// Shape    input null; the result is the health report. Degraded parts are a line of the task's log each time, and one
//          of the server's log when that has changed.
// Errors   the task fails when a part without which requests cannot be served is out of order.
// Threads  the engine's workers; `look` blocks.
// Source   R64, R97.
#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "tasks/engine.h"

namespace galley::jobs {

struct HealthLook {
    enum class State : std::uint8_t { Ok, Degraded, Failed };
    State state = State::Ok;
    std::string faults{};  // "disk: 3 MB free; …"
    std::string json{};
};

void register_health(tasks::TaskEngine& engine, std::function<Result<HealthLook>()> look);

}  // namespace galley::jobs
