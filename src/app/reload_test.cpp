#include "app/reload.h"

#include <gtest/gtest.h>

namespace galley::app {
namespace {

TEST(Reload, OnlyWhatIsLiveIsTakenUp) {
    ServeConfig current;
    ServeConfig fresh;
    fresh.log_level = LogLevel::Debug;
    fresh.drain_grace = Duration(1);
    fresh.workers = 7;
    const ServeConfig next = with_live_settings(current, fresh);
    EXPECT_EQ(next.log_level, LogLevel::Debug);
    EXPECT_EQ(next.drain_grace, Duration(1));
    EXPECT_EQ(next.workers, current.workers);
}

TEST(Reload, ChangesAreNamedInTheOrderOfTheTable) {
    ServeConfig fresh;
    fresh.log_level = LogLevel::Debug;
    fresh.workers = 7;
    const std::vector<SettingChange> changes = changed_settings(ServeConfig(), fresh);
    ASSERT_EQ(changes.size(), 2u);
    EXPECT_STREQ(changes[0].setting->key, "server.workers");
    EXPECT_EQ(changes[0].before, "0");
    EXPECT_EQ(changes[0].after, "7");
    EXPECT_STREQ(changes[1].setting->key, "log.level");
    EXPECT_TRUE(changed_settings(fresh, fresh).empty());
}

TEST(Reload, ASecretThatChangedIsNamedAndNotShown) {
    ServeConfig before;
    before.jwt_secret = "one";
    ServeConfig after;
    after.jwt_secret = "two";
    const std::vector<SettingChange> changes = changed_settings(before, after);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].before + changes[0].after, "******");
    EXPECT_EQ(changed_settings(ServeConfig(), after)[0].before, "");
}

}  // namespace
}  // namespace galley::app
