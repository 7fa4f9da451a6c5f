// src/auth/rights.h — who may do what: the five levels of R11 in their order, and the one table of R12.
//
// Shape    level 1  the token is valid                       TokenVerifier::verify   Unauthenticated (401)
//          level 2  the account is active                    check_account           Forbidden (403)
//          level 3  the caller is a member, or admin         check_membership        NotFound (404: may not know of it)
//          level 4  the role allows the action               check_room_right        Forbidden (403)
//          level 5  the object's state allows the action     the object's module     Conflict (409)
//          A handler calls them in this order; check_room_right does 3 and 4 together, so that 4 never runs without 3.
// Errors   as above.
// Threads  free functions, any thread.
// Source   R11, R12.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "auth/caller.h"
#include "base/error.h"

namespace galley::auth {

class Accounts;

enum class RoomRole : std::uint8_t { Owner, Broker, Charterer, Viewer };

std::string_view room_role_name(RoomRole role);  // "owner", …
std::optional<RoomRole> parse_room_role(std::string_view name);

enum class Action : std::uint8_t {
    // in a room
    RoomRead,
    RoomWrite,
    RoomDelete,
    MembersRead,
    MembersManage,
    ActivityRead,
    ActivityAppend,
    SnapshotRead,  // list, read, download
    SnapshotCreate,
    SnapshotSchedule,
    SnapshotDelete,
    // in the whole installation
    RoomCreate,
    DocumentCreate,
    DocumentRead,    // own ones; administrators everyone's
    DocumentDelete,  // likewise
    TaskCreate,
    TaskAdminister,  // see and act on everyone's tasks
    TaskServe,       // run tasks as a worker over HTTP, declare their kinds
    MetricsRead,
    MonitoringRead,
    CacheAdminister,
    QueueAdminister,
    AccountsManage,
    AuditRead,
};
inline constexpr int kActionCount = 24;

std::string_view action_name(Action action);  // "snapshot_create", …: as in audit entries and messages

// What the table says, without membership or account: does this role have this action?
bool room_role_allows(RoomRole role, Action action);
bool role_allows(Role role, Action action);

// Level 2: an account that was switched off is refused; one without a row is active (the token is the authority).
Result<void> check_account(const Accounts& accounts, const Caller& caller);

// Level 3: who is neither a member nor an admin must not learn that the room exists.
Result<void> check_membership(const Caller& caller, std::optional<RoomRole> membership);

// Levels 3 and 4: a member (or admin) whose role has the action.
Result<void> check_room_right(const Caller& caller, std::optional<RoomRole> membership, Action action);

// Level 4 for what lies in no room: metrics, caches, queues, accounts, audit.
Result<void> check_right(const Caller& caller, Action action);

// Level 3 for a task: visible to who created it and to admins, else NotFound.
Result<void> check_task_visible(const Caller& caller, std::string_view created_by);

}  // namespace galley::auth
