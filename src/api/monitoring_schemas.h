// src/api/monitoring_schemas.h — the named shapes of the status endpoints (R81, R95, R96), a part of all_schemas().
#pragma once

#include <vector>

#include "api/schema.h"

namespace galley::api {

std::vector<NamedSchema> monitoring_schemas();

}  // namespace galley::api
