#include "tasks/payload_keys.h"

#include <gtest/gtest.h>

#include "os/testing/fake_clock.h"
#include "os/testing/fake_files.h"
#include "os/testing/fake_random.h"

namespace galley::tasks {
namespace {

class PayloadKeyFolderTest : public testing::Test {
 protected:
    void put(const std::string& name, std::string_view text) {
        ASSERT_TRUE(files_.create_private("/keys/" + name, text));
    }
    os::FakeFiles files_;
};

const std::string kHex(64, 'a');

TEST_F(PayloadKeyFolderTest, KeysComeInOrderOfTheirNames) {
    ASSERT_TRUE(files_.make_folders("/keys"));
    put("2026-07.key", kHex + "\n");
    put("2026-01.key", std::string(64, '0'));
    put("README", "about");
    put(".hidden", "x");
    const auto found = read_payload_keys(files_, "/keys");
    ASSERT_TRUE(found) << found.error().to_string();
    ASSERT_EQ(found->keys.size(), 2u);
    EXPECT_EQ(found->keys[0].id, "2026-01");
    EXPECT_EQ(found->keys[1].id, "2026-07");
    EXPECT_EQ(found->keys[1].secret[31], 0xaa);
    ASSERT_FALSE(found->warnings.empty());
    EXPECT_NE(found->warnings[0].find("README"), std::string::npos);
}

TEST_F(PayloadKeyFolderTest, WhatIsNoKeyIsRefusedWithItsFile) {
    for (const std::string& text : {std::string(), std::string("short"), std::string(63, 'a'), std::string(65, 'a'),
                                    std::string(64, 'g'), " " + std::string(63, 'a')}) {
        os::FakeFiles files;
        ASSERT_TRUE(files.make_folders("/keys"));
        ASSERT_TRUE(files.create_private("/keys/k.key", text));
        const auto found = read_payload_keys(files, "/keys");
        ASSERT_FALSE(found) << text;
        EXPECT_EQ(found.error().where, "/keys/k.key");
        EXPECT_EQ(found.error().to_string().find("aaaa"), std::string::npos) << "a key is never told";
    }
    EXPECT_FALSE(read_payload_keys(files_, "/none"));
}

TEST(PayloadKeys, WhatIsSealedTwiceDiffersAndOpensOnlyInItsPlace) {
    os::FakeRandom random;
    const PayloadKeys keys({{"k1", {1}}});
    const std::string one = keys.seal("plain", "task 1 input", random);
    EXPECT_NE(one, keys.seal("plain", "task 1 input", random));
    EXPECT_EQ(keys.open(one, "task 1 input"), "plain");
    EXPECT_FALSE(keys.open(one, "task 2 input"));
    for (const char* damaged : {"", ":", "k1:", "k1:####", "k2:AAAA", "AAAA"}) EXPECT_FALSE(keys.open(damaged, ""));
}

}  // namespace
}  // namespace galley::tasks
