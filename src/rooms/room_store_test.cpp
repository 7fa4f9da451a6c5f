#include "rooms/room_store.h"

#include "rooms/list_walk.h"
#include "rooms/testing/rooms_test.h"

namespace galley::rooms {
namespace {

using RoomStoreTest = RoomsTest;
using auth::RoomRole;

TEST_F(RoomStoreTest, WhoCreatesARoomOwnsIt) {
    EXPECT_TRUE(put("r1").value());
    EXPECT_FALSE(put("r1").value());
    const auto access = rooms_->access("r1").value();
    ASSERT_TRUE(access);
    EXPECT_EQ(access->role_of("owner@x"), RoomRole::Owner);
    EXPECT_EQ(access->role_of("other@x"), std::nullopt);
    EXPECT_EQ(access->version, 2);
}

TEST_F(RoomStoreTest, AnUnknownRoomHasNoAccessAndNoBody) {
    EXPECT_EQ(rooms_->access("none").value(), nullptr);
    EXPECT_EQ(rooms_->get("none").error().code, ErrorCode::NotFound);
}

TEST_F(RoomStoreTest, RememberedAccessFollowsEveryChange) {
    ASSERT_TRUE(put("r1"));
    EXPECT_EQ(rooms_->access("r1").value()->role_of("a@x"), std::nullopt);
    const auto change = [&](auto f) { ASSERT_TRUE(database_->write(f)); };
    change([&](store::Executor& e) { return rooms_->put_member_in(e, "r1", {"a@x", RoomRole::Viewer, {}}); });
    EXPECT_EQ(rooms_->access("r1").value()->role_of("a@x"), RoomRole::Viewer);
    change([&](store::Executor& e) { return rooms_->put_member_in(e, "r1", {"a@x", RoomRole::Broker, {}}); });
    EXPECT_EQ(rooms_->access("r1").value()->role_of("a@x"), RoomRole::Broker);
    change([&](store::Executor& e) { return rooms_->remove_member_in(e, "r1", "a@x"); });
    EXPECT_EQ(rooms_->access("r1").value()->role_of("a@x"), std::nullopt);
    change([&](store::Executor& e) { return rooms_->remove_in(e, "r1"); });
    EXPECT_EQ(rooms_->access("r1").value(), nullptr);
}

TEST_F(RoomStoreTest, RemovingAMemberThatIsNoneIsNotFound) {
    ASSERT_TRUE(put("r1"));
    const auto removed = database_->write([&](store::Executor& e) { return rooms_->remove_member_in(e, "r1", "a@x"); });
    EXPECT_EQ(removed.error().code, ErrorCode::NotFound);
}

TEST_F(RoomStoreTest, ActivityComesBackInTheOrderGivenAndNewestFirst) {
    ASSERT_TRUE(put("r1", R"(,"activity":[{"text":"b"},{"text":"a"}],"generated_at":"2024-01-15T10:30:00Z")"));
    const auto appended = database_->write([&](store::Executor& e) {
        return rooms_->append_activity_in(e, "r1", R"({"text":"c"})", from_unix_ms(1700000000000));
    });
    ASSERT_TRUE(appended);
    EXPECT_EQ(rooms_->activity("r1", {}, 10).value().entries,
              (std::vector<std::string>{R"({"text":"c"})", R"({"text":"b"})", R"({"text":"a"})"}));
    EXPECT_EQ(rooms_->get("r1").value(),
              R"({"room":{"reference":"ref","title":"t"},"generated_at":"2023-11-14T22:13:20.000Z",)"
              R"("activity":[{"text":"c"},{"text":"b"},{"text":"a"}]})");
    EXPECT_EQ(rooms_->access("r1").value()->version, 2);
}

TEST_F(RoomStoreTest, ListsOnlyTheMembersRoomsNewestFirstPageByPage) {
    for (const char* id : {"r1", "r2", "r3"}) ASSERT_TRUE(put(id));
    ASSERT_TRUE(database_->write(
        [&](store::Executor& e) { return rooms_->put_member_in(e, "r2", {"a@x", RoomRole::Viewer, {}}); }));
    const auto ids = [&](RoomListFilter filter) {
        std::vector<std::string> out;
        for (const RoomHead& head : rooms_->list(filter).value().rooms) out.push_back(head.room_id);
        return out;
    };
    EXPECT_EQ(ids({}), (std::vector<std::string>{"r3", "r2", "r1"}));
    EXPECT_EQ(ids({.member = "a@x"}), (std::vector<std::string>{"r2"}));
    const RoomPage first = rooms_->list({.limit = 1}).value();
    EXPECT_EQ(first.next, first.rooms[0].seq);
    EXPECT_EQ(ids({.before = first.next, .limit = 1}), (std::vector<std::string>{"r2"}));
    EXPECT_EQ(rooms_->list({.limit = 4}).value().next, std::nullopt);
}

TEST_F(RoomStoreTest, ListsByRoleAndByTimeOfTheLastChange) {
    ASSERT_TRUE(put("r1", "", "t", from_unix_ms(1000)));
    ASSERT_TRUE(put("r2", "", "t", from_unix_ms(2000)));
    ASSERT_TRUE(database_->write(
        [&](store::Executor& e) { return rooms_->put_member_in(e, "r1", {"a@x", RoomRole::Viewer, {}}); }));
    const auto count = [&](const RoomListFilter& filter) { return rooms_->list(filter).value().rooms.size(); };
    EXPECT_EQ(count({.member = "a@x", .role = RoomRole::Viewer}), 1U);
    EXPECT_EQ(count({.member = "a@x", .role = RoomRole::Owner}), 0U);
    EXPECT_EQ(count({.updated_after = from_unix_ms(1000)}), 1U);
    EXPECT_EQ(count({.updated_after = from_unix_ms(2000)}), 0U);
}

TEST_F(RoomStoreTest, MembersAndActivityArePaged) {
    ASSERT_TRUE(put("r1", R"(,"activity":[{"text":"b"},{"text":"a"}])"));
    ASSERT_TRUE(database_->write(
        [&](store::Executor& e) { return rooms_->put_member_in(e, "r1", {"a@x", RoomRole::Viewer, {}}); }));
    EXPECT_EQ(rooms_->members("r1", "", 1).value().at(0).email, "a@x");
    EXPECT_EQ(rooms_->members("r1", "a@x", 1).value().at(0).email, "owner@x");
    EXPECT_TRUE(rooms_->members("r1", "owner@x", 1).value().empty());
    const ActivityPage first = rooms_->activity("r1", {}, 1).value();
    EXPECT_EQ(first.entries, std::vector<std::string>{R"({"text":"b"})"});
    EXPECT_EQ(rooms_->activity("r1", first.next, 1).value().entries, std::vector<std::string>{R"({"text":"a"})"});
}

TEST(ListWalk, MoreMayFollowAFullPageOrAWholeStretch) {
    ListWalk full(1, 10);
    full.saw(7, true);
    EXPECT_TRUE(full.is_full());
    EXPECT_EQ(full.next(), 7);
    ListWalk stretch(5, 2);
    stretch.saw(9, false);
    EXPECT_EQ(stretch.next(), std::nullopt);
    stretch.saw(8, false);
    EXPECT_EQ(stretch.next(), 8);
}

}  // namespace
}  // namespace galley::rooms
