// src/api/health_json.h — a health report as it is shown to all (R97).
#pragma once

#include <string>

#include "api/health_monitor.h"

namespace galley::api {

std::string health_json(const HealthReport& health);

}  // namespace galley::api
