// src/store/sqlite/compact_connection.h — compact.h on the connection that writes, outside of a transaction.
//
// Threads  the writer's.
#pragma once

#include "store/sqlite/compact.h"
#include "store/sqlite/connection.h"

namespace galley::store {

Result<CompactReport> compact(Connection& connection);

}  // namespace galley::store
