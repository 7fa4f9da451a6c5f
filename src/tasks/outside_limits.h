// src/tasks/outside_limits.h — how much workers outside of this process may hold and ask for; see outside.h.
#pragma once

#include <cstddef>

#include "base/time.h"

namespace galley::tasks {

struct OutsideLimits {
    Duration lease{5'000};                            // when a worker asks for no other
    std::size_t kinds_max = 1'000;                    // declared
    std::size_t leases_waiting_max = 10'000;          // open at once
    std::size_t tasks_max = 100'000;                  // leased at once
    std::size_t workers_max = 10'000;                 // remembered
    Duration worker_kept = std::chrono::minutes(10);  // after it was seen last
};

}  // namespace galley::tasks
