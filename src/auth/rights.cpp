#include "auth/rights.h"

#include <array>
#include <string>
#include <utility>

#include "auth/accounts.h"

namespace galley::auth {

namespace {

constexpr std::array<std::pair<RoomRole, std::string_view>, 4> kRoomRoles{{{RoomRole::Owner, "owner"},
                                                                           {RoomRole::Broker, "broker"},
                                                                           {RoomRole::Charterer, "charterer"},
                                                                           {RoomRole::Viewer, "viewer"}}};

constexpr bool Y = true;
constexpr bool n = false;

struct Right {
    Action action;
    std::string_view name;
    std::array<bool, 4> room_roles;  // what membership gives, by RoomRole
    std::array<bool, 4> roles;       // what the token's role gives without membership, by Role
};

// R12. Deleting a room deletes its snapshots, so it needs what deleting a snapshot needs.
// clang-format off
constexpr std::array<Right, kActionCount> kRights{{
    //                                                  owner broker charterer viewer   user staff admin worker
    {Action::RoomRead,         "room_read",         {{  Y,    Y,     Y,        Y  }}, {{ n,   n,    Y,     n }}},
    {Action::RoomWrite,        "room_write",        {{  Y,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::RoomDelete,       "room_delete",       {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::MembersRead,      "members_read",      {{  Y,    Y,     Y,        Y  }}, {{ n,   n,    Y,     n }}},
    {Action::MembersManage,    "members_manage",    {{  Y,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::ActivityRead,     "activity_read",     {{  Y,    Y,     Y,        Y  }}, {{ n,   n,    Y,     n }}},
    {Action::ActivityAppend,   "activity_append",   {{  Y,    Y,     Y,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::SnapshotRead,     "snapshot_read",     {{  Y,    Y,     Y,        Y  }}, {{ n,   n,    Y,     n }}},
    {Action::SnapshotCreate,   "snapshot_create",   {{  Y,    Y,     Y,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::SnapshotSchedule, "snapshot_schedule", {{  Y,    Y,     Y,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::SnapshotDelete,   "snapshot_delete",   {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::RoomCreate,       "room_create",       {{  n,    n,     n,        n  }}, {{ n,   Y,    Y,     n }}},
    {Action::DocumentCreate,   "document_create",   {{  n,    n,     n,        n  }}, {{ Y,   Y,    Y,     n }}},
    {Action::DocumentRead,     "document_read",     {{  n,    n,     n,        n  }}, {{ Y,   Y,    Y,     n }}},
    {Action::DocumentDelete,   "document_delete",   {{  n,    n,     n,        n  }}, {{ Y,   Y,    Y,     n }}},
    {Action::TaskCreate,       "task_create",       {{  n,    n,     n,        n  }}, {{ Y,   Y,    Y,     Y }}},
    {Action::TaskAdminister,   "task_administer",   {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::TaskServe,        "task_serve",        {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     Y }}},
    {Action::MetricsRead,      "metrics_read",      {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::MonitoringRead,   "monitoring_read",   {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::CacheAdminister,  "cache_administer",  {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::QueueAdminister,  "queue_administer",  {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::AccountsManage,   "accounts_manage",   {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
    {Action::AuditRead,        "audit_read",        {{  n,    n,     n,        n  }}, {{ n,   n,    Y,     n }}},
}};
// clang-format on

constexpr bool rows_stand_in_the_order_of_the_enum() {
    for (std::size_t i = 0; i < kRights.size(); ++i) {
        if (static_cast<std::size_t>(kRights[i].action) != i) return false;
    }
    return true;
}
static_assert(rows_stand_in_the_order_of_the_enum());

const Right& right_of(Action action) {
    return kRights[static_cast<std::size_t>(action)];
}

std::unexpected<Error> forbid(Action action, std::string_view who) {
    return fail(ErrorCode::Forbidden, std::string(who) + " may not do this (" + std::string(action_name(action)) + ")");
}

}  // namespace

std::string_view room_role_name(RoomRole role) {
    for (const auto& [value, name] : kRoomRoles) {
        if (value == role) return name;
    }
    return "unknown";
}

std::optional<RoomRole> parse_room_role(std::string_view name) {
    for (const auto& [value, text] : kRoomRoles) {
        if (text == name) return value;
    }
    return std::nullopt;
}

std::string_view action_name(Action action) {
    return right_of(action).name;
}

bool room_role_allows(RoomRole role, Action action) {
    return right_of(action).room_roles[static_cast<std::size_t>(role)];
}

bool role_allows(Role role, Action action) {
    return right_of(action).roles[static_cast<std::size_t>(role)];
}

Result<void> check_account(const Accounts& accounts, const Caller& caller) {
    if (accounts.is_active(caller.email)) return {};
    return fail(ErrorCode::Forbidden, "this account is switched off");
}

Result<void> check_membership(const Caller& caller, std::optional<RoomRole> membership) {
    if (membership || caller.is_admin()) return {};
    return fail(ErrorCode::NotFound, "no such room");
}

Result<void> check_room_right(const Caller& caller, std::optional<RoomRole> membership, Action action) {
    GALLEY_TRY_VOID(check_membership(caller, membership));
    if (role_allows(caller.role, action)) return {};
    if (membership && room_role_allows(*membership, action)) return {};
    return forbid(action, membership ? room_role_name(*membership) : role_name(caller.role));
}

Result<void> check_right(const Caller& caller, Action action) {
    if (role_allows(caller.role, action)) return {};
    return forbid(action, role_name(caller.role));
}

Result<void> check_task_visible(const Caller& caller, std::string_view created_by) {
    if (role_allows(caller.role, Action::TaskAdminister) || caller.email == created_by) return {};
    return fail(ErrorCode::NotFound, "no such task");
}

}  // namespace galley::auth
