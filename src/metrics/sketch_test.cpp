#include "metrics/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

namespace galley::metrics {
namespace {

struct Distribution {
    const char* name;
    std::function<double(std::mt19937_64&)> draw;
};

class SketchAccuracy : public testing::TestWithParam<Distribution> {};

// The slow obvious quantile: sort everything and take the value at the rank.
double exact_quantile(const std::vector<double>& sorted, double q) {
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST_P(SketchAccuracy, QuantilesAreWithinTheBoundOfTheSortedSamples) {
    static_assert(kSketchRelativeError <= 0.01);
    std::mt19937_64 random(11);
    std::vector<double> samples(200'000);
    Sketch sketch;
    for (double& sample : samples) {
        sample = GetParam().draw(random);
        sketch.record(sample);
    }
    std::ranges::sort(samples);
    for (const double q : {0.0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0}) {
        const double want = exact_quantile(samples, q);
        EXPECT_NEAR(sketch.quantile(q), want, want * kSketchRelativeError) << "q = " << q;
    }
    EXPECT_EQ(sketch.min(), samples.front());
    EXPECT_EQ(sketch.max(), samples.back());
    EXPECT_EQ(sketch.count(), samples.size());
}

INSTANTIATE_TEST_SUITE_P(
    Samples, SketchAccuracy,
    testing::Values(Distribution{"Lognormal", [](auto& r) { return std::lognormal_distribution(-6.0, 1.5)(r); }},
                    Distribution{"Uniform", [](auto& r) { return std::uniform_real_distribution(0.001, 2.0)(r); }},
                    Distribution{"Exponential", [](auto& r) { return std::exponential_distribution(200.0)(r) + 1e-9; }},
                    Distribution{"Bytes",
                                 [](auto& r) { return std::floor(std::lognormal_distribution(12.0, 2.0)(r)) + 1; }},
                    Distribution{"TwoPeaks", [](auto& r) { return r() % 10 == 0 ? 30.0 + double(r() % 100) : 0.002; }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Sketch, EveryBucketHoldsItsMiddleAndNeighboursAdjoin) {
    for (std::size_t bucket = 1; bucket < kSketchBuckets - 1; ++bucket) {
        const double middle = sketch_bucket_middle(bucket);
        ASSERT_EQ(sketch_bucket(middle), bucket);
        ASSERT_EQ(sketch_bucket(middle * (1 - kSketchRelativeError * 1.02)), bucket - 1) << middle;
        ASSERT_EQ(sketch_bucket(middle * (1 + kSketchRelativeError * 1.02)), bucket + 1) << middle;
    }
}

TEST(Sketch, EdgesOfTheRangeAreKeptApart) {
    Sketch sketch;
    for (const double value : {-5.0, 0.0, 1e-300, 1e300}) sketch.record(value);
    for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity()}) {
        sketch.record(value);
    }
    EXPECT_EQ(sketch.count(), 4U);
    EXPECT_EQ(sketch.min(), -5.0);
    EXPECT_EQ(sketch.max(), 1e300);
    EXPECT_EQ(sketch.quantile(0.5), -5.0);
    EXPECT_EQ(sketch.quantile(1), 1e300);
    EXPECT_EQ(sketch.count_at_most(1), 3U);
    EXPECT_EQ(sketch.count_at_most(-1), 0U);
}

TEST(Sketch, AnEmptyOneAnswersZero) {
    const Sketch sketch;
    EXPECT_EQ(sketch.count(), 0U);
    EXPECT_EQ(sketch.quantile(0.5), 0);
    EXPECT_EQ(sketch.min(), 0);
    EXPECT_EQ(sketch.max(), 0);
    EXPECT_EQ(sketch.mean(), 0);
    EXPECT_EQ(sketch.count_at_most(1), 0U);
}

TEST(Sketch, WeightsCountAsRepetition) {
    Sketch once;
    Sketch many;
    for (int i = 0; i < 5; ++i) many.record(0.25);
    once.record(0.25, 5);
    once.record(3, 0);
    EXPECT_EQ(once, many);
}

// Whole numbers, so that sums are exact and equality can be demanded.
Sketch random_sketch(std::mt19937_64& random) {
    Sketch sketch;
    const int values = static_cast<int>(random() % 50);
    for (int i = 0; i < values; ++i) sketch.record(static_cast<double>(random() % (1ULL << (random() % 40))));
    return sketch;
}

TEST(Sketch, MergingIsAssociativeAndCommutativeAndLosesNothing) {
    std::mt19937_64 random(3);
    for (int round = 0; round < 500; ++round) {
        const Sketch a = random_sketch(random);
        const Sketch b = random_sketch(random);
        const Sketch c = random_sketch(random);
        Sketch left = a;
        left.merge(b);
        left.merge(c);
        Sketch right = b;
        right.merge(c);
        Sketch whole = a;
        whole.merge(right);
        right.merge(a);
        ASSERT_EQ(left, whole);
        ASSERT_EQ(left, right);
        ASSERT_EQ(left.count(), a.count() + b.count() + c.count());
    }
}

TEST(Sketch, BytesComeBackEqual) {
    std::mt19937_64 random(4);
    for (int round = 0; round < 500; ++round) {
        const Sketch sketch = random_sketch(random);
        const Result<Sketch> back = Sketch::parse(sketch.serialise());
        ASSERT_TRUE(back) << back.error().to_string();
        ASSERT_EQ(*back, sketch);
    }
    EXPECT_LT(random_sketch(random).serialise().size(), 5000U);
}

TEST(Sketch, AnyDamageIsCorrupt) {
    Sketch sketch;
    for (const double value : {0.001, 0.5, 7.0, -1.0}) sketch.record(value);
    const Bytes good = sketch.serialise();
    for (std::size_t length = 0; length < good.size(); ++length) {
        EXPECT_EQ(Sketch::parse(good.substr(0, length)).error().code, ErrorCode::Corrupt) << length;
    }
    for (std::size_t at = 0; at < good.size(); ++at) {
        Bytes bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x10);
        EXPECT_EQ(Sketch::parse(bad).error().code, ErrorCode::Corrupt) << at;
    }
    EXPECT_EQ(Sketch::parse(good + "x").error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace galley::metrics
