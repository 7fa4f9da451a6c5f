// src/auth/migrations.h — the tables of auth, for opening the database.
#pragma once

#include "store/schema.h"

namespace galley::auth {

// Tables `account` and `audit_log`.
store::Component auth_migrations();

}  // namespace galley::auth
