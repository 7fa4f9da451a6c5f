// src/rooms/schema.h — the tables of rooms, members, activity, snapshots and the documents they refer to.
#pragma once

#include "store/schema.h"

namespace galley::rooms {

store::Component schema();

}  // namespace galley::rooms
