#include "api/paging.h"

#include <gtest/gtest.h>

namespace galley::api {
namespace {

std::string next_of(std::string_view target) {
    return next_link(*net::make_request(net::Method::Get, target), "17");
}

TEST(Cursor, GivesItsPositionBackInItsScope) {
    const std::string cursor = make_cursor("/tasks", "4711");
    EXPECT_EQ(read_cursor("/tasks", cursor).value(), "4711");
    EXPECT_EQ(read_cursor("/tasks", make_cursor("/tasks", "ann@x.example")).value(), "ann@x.example");
}

TEST(Cursor, OfAnotherListIsRefused) {
    EXPECT_FALSE(read_cursor("/rooms", make_cursor("/tasks", "4711")));
}

TEST(Cursor, EveryChangedCharacterIsRefused) {
    const std::string cursor = make_cursor("/tasks", "4711");
    for (std::size_t i = 0; i < cursor.size(); ++i) {
        for (const char c : {'A', 'b', '9', '_', '-', '.', '='}) {
            std::string changed = cursor;
            changed[i] = c;
            EXPECT_EQ(read_cursor("/tasks", changed).has_value(), changed == cursor) << changed;
        }
    }
}

TEST(Cursor, EveryShortenedOneIsRefused) {
    const std::string cursor = make_cursor("/tasks", "4711");
    for (std::size_t size = 0; size < cursor.size(); ++size)
        EXPECT_FALSE(read_cursor("/tasks", cursor.substr(0, size)));
}

TEST(NextLink, KeepsFiltersAndReplacesTheCursor) {
    const std::string first = next_of("/tasks?status=failed&limit=2");
    EXPECT_TRUE(first.starts_with("/tasks?cursor="));
    EXPECT_TRUE(first.ends_with("&status=failed&limit=2"));
    EXPECT_EQ(next_of(first), first);
}

TEST(NextLink, TheScopeIsThePathAndTheFiltersInAnyOrderAndSpelling) {
    const auto cursor_of = [](const std::string& link) { return link.substr(0, link.find('&')); };
    EXPECT_EQ(cursor_of(next_of("/t?a=1&b=2")), cursor_of(next_of("/t?b=%32&limit=9&a=1")));
    EXPECT_NE(cursor_of(next_of("/t?a=1")), cursor_of(next_of("/t?a=2")));
}

}  // namespace
}  // namespace galley::api
