#include "api/room_access.h"

namespace galley::api {

Result<void> room_access(const Call& call, auth::Action action) {
    GALLEY_TRY(const auto access, call.services().rooms.access(call.parameter("room_id")));
    if (!access) return fail(ErrorCode::NotFound, "no such room");
    return auth::check_room_right(call.caller(), access->role_of(call.caller().email), action);
}

auth::AuditEntry audit_of(const Call& call, auth::Action action, std::string_view detail) {
    auth::AuditEntry entry;
    entry.who = call.caller().email;
    entry.action = auth::action_name(action);
    entry.object = call.parameter("room_id");
    if (!detail.empty()) entry.object += "/" + std::string(detail);
    entry.from_address = call.request().peer_address;
    entry.request_id = call.request().request_id;
    entry.time = call.services().clock.now();
    return entry;
}

}  // namespace galley::api
