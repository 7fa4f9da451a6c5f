#include "app/demo.h"

#include "codec/json.h"
#include "rooms/room_schema.h"

namespace galley::app {

extern const std::string_view kDemoRoomJson;  // generated from assets/demo/room.json

namespace {

constexpr DemoUser kUsers[] = {
    {"admin@galley.example", "Administrator", auth::Role::Admin, ""},
    {"nikolaos@aegean.example", "Nikolaos Vlachos", auth::Role::User, "owner"},
    {"ingrid@fjordline.example", "Ingrid Sørensen-Dahl", auth::Role::User, "broker"},
    {"priya@palmyra.example", "Priya Raghunathan", auth::Role::User, "charterer"},
    {"mariam@khor.example", "Mariam Öztürk", auth::Role::User, "viewer"},
    {"stranger@elsewhere.example", "Somebody Else", auth::Role::User, ""},
};

Result<void> load_in(store::Executor& executor, rooms::RoomStore& rooms, auth::Accounts& accounts,
                     const codec::JsonValue& room, Time now) {
    GALLEY_TRY_VOID(rooms.put_in(executor, kDemoRoom, room, "nikolaos@aegean.example", now));
    for (const DemoUser& user : kUsers) {
        GALLEY_TRY_VOID(accounts.put(
            executor, {.email = user.email, .role = user.role, .name = user.name, .active = true, .created_at = now}));
        if (const auto role = auth::parse_room_role(user.room_role)) {
            GALLEY_TRY_VOID(rooms.put_member_in(executor, kDemoRoom, {user.email, *role, now}));
        }
    }
    return {};
}

}  // namespace

std::span<const DemoUser> demo_users() {
    return kUsers;
}

Result<void> load_demo(store::Database& database, rooms::RoomStore& rooms, auth::Accounts& accounts,
                       const os::Clock& clock) {
    GALLEY_TRY(const auto present, rooms.access(kDemoRoom));
    if (present) return {};
    GALLEY_TRY(const codec::JsonDocument room, codec::JsonDocument::parse(kDemoRoomJson));
    GALLEY_TRY_VOID(rooms::check_room(room.root(), kDemoRoom));
    return database.write(
        [&](store::Executor& executor) { return load_in(executor, rooms, accounts, room.root(), clock.now()); });
}

}  // namespace galley::app
