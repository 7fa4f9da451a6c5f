#include "net/memory_budget.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace galley::net {
namespace {

class Budget : public testing::Test {
 protected:
    bool grow(BudgetShare& share, std::size_t bytes, const char* group = "a") {
        return share.grow_to(bytes, budget_, group);
    }
    std::shared_ptr<MemoryBudget> budget_ = std::make_shared<MemoryBudget>(100);
};

TEST_F(Budget, HoldsWhatItsSharesHoldAndNoMoreThanItsMost) {
    BudgetShare first;
    BudgetShare second;
    BudgetShare third;
    EXPECT_TRUE(grow(first, 40, "a"));
    EXPECT_TRUE(grow(second, 50, "b"));
    EXPECT_FALSE(grow(third, 11, "c"));
    EXPECT_EQ(third.bytes(), 0U);
    EXPECT_EQ(budget_->bytes_held(), 90U);
    EXPECT_TRUE(grow(third, 10, "c"));
    EXPECT_EQ(budget_->bytes_held(), 100U);
}

TEST_F(Budget, AShareGrowsAndNeverShrinksByGrowing) {
    BudgetShare share;
    EXPECT_TRUE(grow(share, 10));
    EXPECT_TRUE(grow(share, 30));
    EXPECT_TRUE(grow(share, 20));
    EXPECT_EQ(share.bytes(), 30U);
    EXPECT_FALSE(grow(share, 101));
    EXPECT_EQ(share.bytes(), 30U);
    EXPECT_EQ(budget_->bytes_held(), 30U);
}

TEST_F(Budget, ACrowdAtOneAddressLeavesHalfToTheOthers) {
    std::vector<BudgetShare> crowd(10);
    int in = 0;
    for (BudgetShare& share : crowd) in += grow(share, 10, "crowd") ? 1 : 0;
    EXPECT_EQ(in, 5);
    BudgetShare other;
    EXPECT_TRUE(grow(other, 50, "other"));
}

TEST_F(Budget, OneShareAloneMayHaveItAll) {
    BudgetShare share;
    EXPECT_TRUE(grow(share, 60));
    EXPECT_TRUE(grow(share, 100));
    BudgetShare second;
    EXPECT_FALSE(grow(second, 1));
}

TEST_F(Budget, IsGivenBackOnceByMoveReleaseAndEnd) {
    std::optional<BudgetShare> first(std::in_place);
    EXPECT_TRUE(grow(*first, 40));
    {
        BudgetShare second = std::move(*first);
        EXPECT_EQ(second.bytes(), 40U);
        first.reset();
        EXPECT_EQ(budget_->bytes_held(), 40U);
    }
    EXPECT_EQ(budget_->bytes_held(), 0U);
    BudgetShare third;
    EXPECT_TRUE(grow(third, 10, "b"));
    third.release();
    third.release();
    EXPECT_EQ(budget_->bytes_held(), 0U);
    EXPECT_TRUE(grow(third, 10, "c")) << "a released share may serve another group";
}

}  // namespace
}  // namespace galley::net
