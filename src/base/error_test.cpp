#include "base/error.h"

#include <gtest/gtest.h>

namespace galley {
namespace {

Result<int> half(int n) {
    if (n % 2 != 0) return fail(ErrorCode::InvalidInput, "odd", "/n");
    return n / 2;
}

Result<int> quarter(int n) {
    GALLEY_TRY(const int h, half(n));
    GALLEY_TRY(const int q, half(h));
    return q;
}

TEST(Error, TryPassesTheValueOn) {
    EXPECT_EQ(quarter(12).value(), 3);
}

TEST(Error, TryReturnsTheFirstError) {
    const Result<int> got = quarter(6);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().to_string(), "invalid_input: odd (at /n)");
}

TEST(Error, EveryCodeHasAName) {
    for (int i = 0; i < kErrorCodeCount; ++i) EXPECT_FALSE(error_code_name(static_cast<ErrorCode>(i)).empty());
}

}  // namespace
}  // namespace galley
