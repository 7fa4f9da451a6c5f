#include "auth/key_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/testing/fake_files.h"

namespace galley::auth {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class KeyFolderFacts : public testing::Test {
 protected:
    void SetUp() override { ASSERT_TRUE(files_.make_folders("keys")); }
    void put(const std::string& name, std::string_view content) {
        ASSERT_TRUE(files_.write("keys/" + name, {content}, os::Files::Sync::No));
    }
    std::string error() { return read_key_folder(files_, "keys").error().message; }

    os::FakeFiles files_;
};

TEST_F(KeyFolderFacts, NamesSayKidAndAlgorithm) {
    put("2026-01.hs256", "a secret line\nand a remark");
    put("idp.key.rs256.pem", "PEM");
    put("new.ed25519.pem", "PEM");
    const KeyFolder found = read_key_folder(files_, "keys").value();
    ASSERT_EQ(found.keys.size(), 3U);
    EXPECT_EQ(found.keys[0].kid, "2026-01");
    EXPECT_EQ(found.keys[0].algorithm, TokenAlgorithm::Hs256);
    EXPECT_EQ(found.keys[0].material, "a secret line");
    EXPECT_EQ(found.keys[1].kid, "idp.key");
    EXPECT_EQ(found.keys[1].algorithm, TokenAlgorithm::Rs256);
    EXPECT_EQ(found.keys[2].algorithm, TokenAlgorithm::EdDsa);
    EXPECT_EQ(key_file_name("new", TokenAlgorithm::EdDsa), "new.ed25519.pem");
}

TEST_F(KeyFolderFacts, HiddenFilesArePassedOverAndOthersNamed) {
    put(".swp", "x");
    put("notes.txt", "x");
    const KeyFolder found = read_key_folder(files_, "keys").value();
    EXPECT_THAT(found.keys, IsEmpty());
    ASSERT_EQ(found.warnings.size(), 1U);
    EXPECT_THAT(found.warnings[0], HasSubstr("notes.txt"));
}

TEST_F(KeyFolderFacts, AKidStandsOnce) {
    put("a.hs256", "x");
    put("a.ed25519.pem", "x");
    EXPECT_THAT(error(), HasSubstr("two files"));
}

TEST_F(KeyFolderFacts, AKidIsPlain) {
    put("a b.hs256", "x");
    EXPECT_THAT(error(), HasSubstr("kid"));
    EXPECT_TRUE(is_kid("2026-01_a.B"));
    for (const char* bad : {"", "a/b", "../x", "a b", "ä"}) EXPECT_FALSE(is_kid(bad)) << bad;
    EXPECT_FALSE(is_kid(std::string(kKidBytesMax + 1, 'a')));
}

TEST_F(KeyFolderFacts, AMissingFolderIsNotFound) {
    EXPECT_EQ(read_key_folder(files_, "nowhere").error().code, ErrorCode::NotFound);
}

TEST_F(KeyFolderFacts, AnyFailingFileCallIsAnErrorAndNeverAShorterSet) {
    put("a.hs256", "x");
    put("b.hs256", "x");
    for (int call = 0;; ++call) {
        files_.fail_call(call);
        const auto found = read_key_folder(files_, "keys");
        if (files_.power_cut()) {
            EXPECT_FALSE(found) << call;
        } else {
            break;
        }
        SetUp();
        put("a.hs256", "x");
        put("b.hs256", "x");
    }
}

}  // namespace
}  // namespace galley::auth
