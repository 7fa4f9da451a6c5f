#include "os/testing/fake_files.h"

#include <gtest/gtest.h>

#include "os/testing/fake_clock.h"

namespace galley::os {
namespace {

constexpr std::uint64_t kMax = 1000;
using Sync = Files::Sync;

class FakeFilesFacts : public testing::Test {
 protected:
    void SetUp() override { ASSERT_TRUE(files_.make_folders("/d")); }
    FakeFiles files_;
};

TEST_F(FakeFilesFacts, APowerCutDropsNamesWhoseFolderWasNotSynced) {
    ASSERT_TRUE(files_.write("/d/f", {"x"}, Sync::Yes));
    files_.power_cut();
    EXPECT_EQ(files_.read("/d/f", kMax).error().code, ErrorCode::NotFound);
}

TEST_F(FakeFilesFacts, APowerCutDropsContentThatWasNotSynced) {
    ASSERT_TRUE(files_.write("/d/f", {"x"}, Sync::No));
    ASSERT_TRUE(files_.sync_folder("/d"));
    files_.power_cut();
    EXPECT_EQ(files_.read("/d/f", kMax).value(), "");
}

TEST_F(FakeFilesFacts, WhatIsSyncedStaysAndTheLastSyncedContentComesBack) {
    ASSERT_TRUE(files_.write("/d/f", {"one"}, Sync::Yes));
    ASSERT_TRUE(files_.sync_folder("/d"));
    ASSERT_TRUE(files_.write("/d/f", {"two"}, Sync::No));
    ASSERT_TRUE(files_.remove("/d/f"));
    EXPECT_FALSE(files_.power_cut());
    EXPECT_EQ(files_.read("/d/f", kMax).value(), "one");
}

TEST_F(FakeFilesFacts, TheNthCallFailsOnceAndIsReported) {
    files_.fail_call(1);
    ASSERT_FALSE(files_.write("/d/f", {"0123"}, Sync::Yes));
    EXPECT_EQ(files_.read("/d/f", kMax).value(), "01") << "a failed write leaves half behind";
    EXPECT_TRUE(files_.power_cut());
    EXPECT_FALSE(files_.power_cut());
    ASSERT_TRUE(files_.write("/d/f", {"0123"}, Sync::Yes));
}

TEST_F(FakeFilesFacts, AFaultNotReachedIsNotReported) {
    files_.fail_call(100);
    ASSERT_TRUE(files_.write("/d/f", {"x"}, Sync::Yes));
    EXPECT_FALSE(files_.power_cut());
}

TEST_F(FakeFilesFacts, KindsOfFaultsDiffer) {
    files_.fail_call(1, Fault::DiskFull);
    EXPECT_EQ(files_.write("/d/f", {"x"}, Sync::Yes).error().code, ErrorCode::LimitExceeded);
    files_.fail_call(2, Fault::ErrorAfter);
    EXPECT_EQ(files_.write("/d/f", {"x"}, Sync::Yes).error().code, ErrorCode::Unavailable);
    EXPECT_EQ(files_.read("/d/f", kMax).value(), "x");
    files_.fail_call(0, Fault::Crash);
    EXPECT_FALSE(files_.sync_folder("/d"));
    EXPECT_FALSE(files_.read("/d/f", kMax)) << "after a crash nothing works";
    EXPECT_TRUE(files_.power_cut());
    EXPECT_TRUE(files_.list("/d")->empty());
}

TEST_F(FakeFilesFacts, DamageCanBeDoneBehindEverybodysBack) {
    FakeClock clock;
    FakeFiles dated(&clock);
    ASSERT_TRUE(dated.make_folders("d"));
    ASSERT_TRUE(dated.write("d/f", {"abc"}, Sync::No));
    EXPECT_EQ(dated.info("d/f")->modified, clock.now());
    dated.flip_byte("d/f", 1);
    EXPECT_EQ(dated.read("d/f", kMax).value(), "acc");
    dated.truncate("d/f", 2);
    EXPECT_EQ(dated.read("d/f", kMax).value(), "ac");
}

}  // namespace
}  // namespace galley::os
