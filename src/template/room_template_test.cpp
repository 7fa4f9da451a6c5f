#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "template/template.h"

namespace galley::templates {
namespace {

std::string read_testdata(const std::string& name) {
    std::ifstream file(GALLEY_SOURCE_DIR "/src/template/testdata/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(RoomTemplate, GivesTheBytesThatJinjaGives) {
    const auto parsed = Template::parse(read_testdata("snapshot.html.j2"));
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    const auto room = codec::JsonDocument::parse(read_testdata("room.json"));
    ASSERT_TRUE(room) << room.error().to_string();
    const auto html = parsed->render(room->root());
    ASSERT_TRUE(html) << html.error().to_string();
    // The corpus writer adds the line end that a template drops.
    EXPECT_EQ(*html + "\n", read_testdata("snapshot.html"));
    EXPECT_GT(html->size(), 20'000U);
}

}  // namespace
}  // namespace galley::templates
