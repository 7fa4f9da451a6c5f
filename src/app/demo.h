// src/app/demo.h — the demo room and its users, for trying Galley out.
#pragma once

#include <span>

#include "auth/accounts.h"
#include "base/error.h"
#include "os/clock.h"
#include "rooms/room_store.h"
#include "store/database.h"

namespace galley::app {

struct DemoUser {
    const char* email;
    const char* name;
    auth::Role role;
    const char* room_role;  // "" = no member
};

inline constexpr const char* kDemoRoom = "room-1";
std::span<const DemoUser> demo_users();

// Loads room-1, its members and accounts, unless the room is there already.
Result<void> load_demo(store::Database& database, rooms::RoomStore& rooms, auth::Accounts& accounts,
                       const os::Clock& clock);

}  // namespace galley::app
