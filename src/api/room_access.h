// src/api/room_access.h — levels 3 and 4 of R11 for the room in the path, and audit entries made from a call.
#pragma once

#include "api/call.h"
#include "auth/audit.h"

namespace galley::api {

// NotFound for who may not know of the room, Forbidden for who may not do the action.
Result<void> room_access(const Call& call, auth::Action action);

// Object: "room_id" or "room_id/detail".
auth::AuditEntry audit_of(const Call& call, auth::Action action, std::string_view detail = {});

}  // namespace galley::api
