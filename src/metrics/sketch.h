// src/metrics/sketch.h — a distribution in a few kilobytes: exact count, sum, min and max, quantiles within 1 %.
//
// Shape    Values are counted in log-linear buckets: every power of two from 2^-31 to 2^32 is split into 64 equal
//          parts, so the
//          middle of a bucket is within 1/128 (0.79 %) of any value in it. Values of 0 and below, and positive ones too
//          small for the
//          buckets, share one bucket that quantiles report as min(); those too large share one that is reported as
//          max(). NaN and
//          infinities are ignored.
// Units    the caller's; a name that ends in _seconds says seconds.
// Errors   parse: Corrupt (damaged, truncated, or another version).
// Threads  a Sketch is a value: one thread at a time. Histogram (registry.h) is what many threads record into.
// Limits   kBuckets counters at most (32 KB); memory grows with the range of powers that occur.
// Source   docs/formats/metrics-sketch.md.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace galley::metrics {

inline constexpr double kSketchRelativeError = 1.0 / 128;
inline constexpr int kSketchParts = 64;      // buckets to a power of two
inline constexpr int kSketchPowerMin = -31;  // the smallest bucket starts at 2^-31 (0.47 ns, in seconds)
inline constexpr int kSketchPowerMax = 32;   // the largest bucket ends at 2^33 (272 years)
inline constexpr std::size_t kSketchPowers = kSketchPowerMax - kSketchPowerMin + 1;
// The two outer buckets, then one for each part of each power.
inline constexpr std::size_t kSketchBuckets = 2 + kSketchPowers * kSketchParts;

// 0 for what is too small, kSketchBuckets - 1 for what is too large. Precondition: not NaN.
std::size_t sketch_bucket(double value);
// The value that stands for a bucket: its middle. Precondition: not an outer bucket.
double sketch_bucket_middle(std::size_t bucket);

class Sketch {
 public:
    void record(double value, std::uint64_t times = 1);
    // Associative and commutative, but for the rounding of sum().
    void merge(const Sketch& other);

    std::uint64_t count() const { return count_; }
    double sum() const { return sum_; }
    double min() const { return count_ > 0 ? min_ : 0; }
    double max() const { return count_ > 0 ? max_ : 0; }
    double mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0; }
    // The value at rank ceil(q × count), within kSketchRelativeError; q is clamped to 0…1. 0 when empty.
    double quantile(double q) const;
    // How many values were at most `bound`; a value counts as the middle of its bucket.
    std::uint64_t count_at_most(double bound) const;

    Bytes serialise() const;
    static Result<Sketch> parse(std::string_view bytes);

    bool operator==(const Sketch&) const = default;

 private:
    friend class Histogram;
    void add_bucket(std::size_t bucket, std::uint64_t times);

    std::uint64_t count_ = 0;
    double sum_ = 0;
    double min_ = std::numeric_limits<double>::infinity();
    double max_ = -std::numeric_limits<double>::infinity();
    // counts_[i] is bucket first_ + i; both ends are non-zero, so that equal content means equal objects.
    std::size_t first_ = 0;
    std::vector<std::uint64_t> counts_;
};

}  // namespace galley::metrics
