#include "base/remembered.h"

#include <gtest/gtest.h>

namespace galley {
namespace {

using Names = Remembered<int, const char*>;

TEST(Remembered, TheLeastRecentlyAskedLeavesFirst) {
    Names names(2);
    std::uint64_t generation = 0;
    (void)names.find(1, generation);
    names.remember(1, "one", generation);
    names.remember(2, "two", generation);
    EXPECT_TRUE(names.find(1, generation));
    names.remember(3, "three", generation);
    EXPECT_FALSE(names.find(2, generation));
    EXPECT_TRUE(names.find(1, generation));
    EXPECT_TRUE(names.find(3, generation));
}

TEST(Remembered, AnAnswerReadBeforeAChangeIsNotTakenAfterIt) {
    Names names(2);
    std::uint64_t before = 0, after = 0;
    EXPECT_FALSE(names.find(1, before));
    names.forget(1);
    names.remember(1, "old", before);
    EXPECT_FALSE(names.find(1, after));
    names.remember(1, "new", after);
    EXPECT_STREQ(*names.find(1, after), "new");
    names.forget_all();
    EXPECT_FALSE(names.find(1, after));
}

}  // namespace
}  // namespace galley
