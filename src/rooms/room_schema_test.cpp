#include "rooms/room_schema.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace galley::rooms {
namespace {

std::string demo_room() {
    std::ifstream in(GALLEY_SOURCE_DIR "/assets/demo/room.json");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(RoomSchema, AcceptsTheDemoRoom) {
    const auto room = codec::JsonDocument::parse(demo_room());
    ASSERT_TRUE(room);
    const auto checked = check_room(room->root(), "room-1");
    EXPECT_TRUE(checked) << checked.error().to_string();
}

struct FaultCase {
    const char* name;
    const char* json;
    const char* pointer;
};

class RoomFault : public testing::TestWithParam<FaultCase> {};

TEST_P(RoomFault, IsNamedWithItsPlace) {
    const auto room = codec::JsonDocument::parse(GetParam().json);
    ASSERT_TRUE(room);
    const auto checked = check_room(room->root(), "r");
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::InvalidInput);
    ASSERT_FALSE(checked.error().fields.empty());
    EXPECT_EQ(checked.error().fields[0].pointer, GetParam().pointer);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, RoomFault,
    testing::Values(
        FaultCase{"NotAnObject", "[]", ""}, FaultCase{"RoomMissing", "{}", "/room"},
        FaultCase{"TitleMissing", R"({"room":{"reference":"x"}})", "/room/title"},
        FaultCase{"WrongType", R"({"room":{"reference":1,"title":"t"}})", "/room/reference"},
        FaultCase{"NullWhereNotAllowed", R"({"room":{"reference":"x","title":null}})", "/room/title"},
        FaultCase{"UnknownTopField", R"({"room":{"reference":"x","title":"t"},"extra":1})", "/extra"},
        FaultCase{"UnknownNestedField",
                  R"({"room":{"reference":"x","title":"t"},"parties":[{"id":"p","role":"o","name":"n","x":1}]})",
                  "/parties/0/x"},
        FaultCase{"WrongIntegerInList",
                  R"({"room":{"reference":"x","title":"t"},"vessels":[{"id":"v","name":"n","built":1.5}]})",
                  "/vessels/0/built"},
        FaultCase{"BadTime", R"({"room":{"reference":"x","title":"t"},"generated_at":"yesterday"})", "/generated_at"},
        FaultCase{"OtherId", R"({"room":{"id":"other","reference":"x","title":"t"}})", "/room/id"}),
    [](const auto& param) { return param.param.name; });

TEST(RoomSchema, PrintedJsonLeavesOutWhatNoSnapshotShows) {
    const auto room = codec::JsonDocument::parse(
        R"({"room":{"reference":"x","title":"t","status":"active"},"parties":[{"id":"p","role":"o","name":"n","phone":"+1"}]})");
    ASSERT_TRUE(room);
    EXPECT_EQ(printed_json(room->root(), room_schema()),
              R"({"room":{"reference":"x","title":"t"},"parties":[{"role":"o","name":"n"}]})");
}

TEST(RoomSchema, RoomIdsAreShortAndPlain) {
    EXPECT_TRUE(is_room_id("room-1.a_B"));
    EXPECT_FALSE(is_room_id(""));
    EXPECT_FALSE(is_room_id("a/b"));
    EXPECT_FALSE(is_room_id("r\xc3\xb6m"));
    EXPECT_FALSE(is_room_id(std::string(65, 'a')));
}

}  // namespace
}  // namespace galley::rooms
