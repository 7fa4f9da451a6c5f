#include "auth/rights.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace galley::auth {
namespace {

const Caller kUser{"user@a.example", Role::User};
const Caller kStaff{"staff@a.example", Role::Staff};
const Caller kAdmin{"admin@a.example", Role::Admin};

ErrorCode code_of(const Result<void>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::Internal : result.error().code;
}

constexpr std::array kAllRoomRoles{RoomRole::Owner, RoomRole::Broker, RoomRole::Charterer, RoomRole::Viewer};

TEST(Rights, LevelThreeHidesTheRoomFromWhoIsNotAMember) {
    EXPECT_EQ(code_of(check_membership(kUser, std::nullopt)), ErrorCode::NotFound);
    EXPECT_EQ(code_of(check_membership(kStaff, std::nullopt)), ErrorCode::NotFound);
    EXPECT_TRUE(check_membership(kUser, RoomRole::Viewer));
    EXPECT_TRUE(check_membership(kAdmin, std::nullopt));
}

TEST(Rights, LevelThreeIsAskedBeforeLevelFour) {
    // A stranger who also lacks the right must hear 404, not 403.
    EXPECT_EQ(code_of(check_room_right(kUser, std::nullopt, Action::SnapshotDelete)), ErrorCode::NotFound);
}

TEST(Rights, LevelFourForbidsWhatTheRoomRoleLacks) {
    EXPECT_EQ(code_of(check_room_right(kUser, RoomRole::Viewer, Action::SnapshotCreate)), ErrorCode::Forbidden);
    EXPECT_EQ(code_of(check_room_right(kUser, RoomRole::Owner, Action::SnapshotDelete)), ErrorCode::Forbidden);
}

TEST(Rights, OwnerBrokerChartererAndAdminCreateSnapshots) {
    for (const RoomRole role : {RoomRole::Owner, RoomRole::Broker, RoomRole::Charterer}) {
        EXPECT_TRUE(check_room_right(kUser, role, Action::SnapshotCreate)) << room_role_name(role);
    }
    EXPECT_TRUE(check_room_right(kAdmin, std::nullopt, Action::SnapshotCreate));
    EXPECT_TRUE(check_room_right(kAdmin, RoomRole::Viewer, Action::SnapshotCreate));
}

TEST(Rights, EveryMemberReads) {
    for (const RoomRole role : kAllRoomRoles) {
        for (const Action action :
             {Action::RoomRead, Action::SnapshotRead, Action::MembersRead, Action::ActivityRead}) {
            EXPECT_TRUE(check_room_right(kUser, role, action)) << room_role_name(role) << action_name(action);
        }
    }
}

TEST(Rights, OnlyAnAdminDeletesSnapshotsAndRooms) {
    for (const Action action : {Action::SnapshotDelete, Action::RoomDelete}) {
        for (const RoomRole role : kAllRoomRoles) {
            EXPECT_EQ(code_of(check_room_right(kStaff, role, action)), ErrorCode::Forbidden);
        }
        EXPECT_TRUE(check_room_right(kAdmin, std::nullopt, action));
    }
}

TEST(Rights, AViewerChangesNothing) {
    for (const Action action : {Action::RoomWrite, Action::MembersManage, Action::ActivityAppend,
                                Action::SnapshotCreate, Action::SnapshotSchedule, Action::SnapshotDelete}) {
        EXPECT_FALSE(room_role_allows(RoomRole::Viewer, action)) << action_name(action);
    }
}

TEST(Rights, OnlyTheOwnerWritesTheRoomAndItsMembers) {
    for (const RoomRole role : kAllRoomRoles) {
        EXPECT_EQ(room_role_allows(role, Action::RoomWrite), role == RoomRole::Owner);
        EXPECT_EQ(room_role_allows(role, Action::MembersManage), role == RoomRole::Owner);
    }
}

TEST(Rights, AdministrationIsForAdmins) {
    for (const Action action :
         {Action::MetricsRead, Action::MonitoringRead, Action::CacheAdminister, Action::QueueAdminister,
          Action::AccountsManage, Action::AuditRead, Action::TaskAdminister}) {
        EXPECT_EQ(code_of(check_right(kUser, action)), ErrorCode::Forbidden) << action_name(action);
        EXPECT_EQ(code_of(check_right(kStaff, action)), ErrorCode::Forbidden) << action_name(action);
        EXPECT_TRUE(check_right(kAdmin, action)) << action_name(action);
    }
}

TEST(Rights, AWorkerRunsTasksAndEnqueuesMoreAndDoesNothingElse) {
    for (int i = 0; i < kActionCount; ++i) {
        const auto action = static_cast<Action>(i);
        const bool allowed = action == Action::TaskServe || action == Action::TaskCreate;
        EXPECT_EQ(role_allows(Role::Worker, action), allowed) << action_name(action);
    }
    EXPECT_EQ(code_of(check_right(kUser, Action::TaskServe)), ErrorCode::Forbidden);
    EXPECT_EQ(code_of(check_right(kStaff, Action::TaskServe)), ErrorCode::Forbidden);
}

TEST(Rights, AnAdminMayDoEverything) {
    for (int i = 0; i < kActionCount; ++i) EXPECT_TRUE(role_allows(Role::Admin, static_cast<Action>(i))) << i;
}

TEST(Rights, MembershipGivesNothingOutsideItsRoom) {
    EXPECT_EQ(code_of(check_room_right(kUser, RoomRole::Owner, Action::MetricsRead)), ErrorCode::Forbidden);
    EXPECT_EQ(code_of(check_right(kUser, Action::RoomCreate)), ErrorCode::Forbidden);
    EXPECT_TRUE(check_right(kStaff, Action::RoomCreate));
}

TEST(Rights, ATaskIsVisibleToItsCreatorAndToAdmins) {
    EXPECT_TRUE(check_task_visible(kUser, kUser.email));
    EXPECT_TRUE(check_task_visible(kAdmin, kUser.email));
    EXPECT_EQ(code_of(check_task_visible(kStaff, kUser.email)), ErrorCode::NotFound);
    EXPECT_EQ(code_of(check_task_visible(kUser, "User@a.example")), ErrorCode::NotFound);
}

TEST(Rights, NamesAreDistinctAndReadBack) {
    std::set<std::string_view> names;
    for (int i = 0; i < kActionCount; ++i) names.insert(action_name(static_cast<Action>(i)));
    EXPECT_EQ(names.size(), static_cast<std::size_t>(kActionCount));
    for (const RoomRole role : kAllRoomRoles) EXPECT_EQ(parse_room_role(room_role_name(role)), role);
    for (const Role role : {Role::User, Role::Staff, Role::Admin, Role::Worker})
        EXPECT_EQ(parse_role(role_name(role)), role);
    EXPECT_EQ(parse_room_role("Owner"), std::nullopt);
    EXPECT_EQ(parse_role(""), std::nullopt);
}

}  // namespace
}  // namespace galley::auth
