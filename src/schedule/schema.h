// src/schedule/schema.h — the tables of schedules, for open_sqlite() with the other modules'.
#pragma once

#include "store/schema.h"

namespace galley::schedule {

store::Component schedule_schema();

}  // namespace galley::schedule
