#include "metrics/histogram.h"

#include <algorithm>
#include <cmath>

namespace galley::metrics {

namespace {

using Block = std::array<std::atomic<std::uint64_t>, kSketchParts>;

// The object behind a pointer that several threads may want to make at once.
template <typename T>
T& made_once(std::atomic<T*>& slot) {
    T* present = slot.load(std::memory_order_acquire);
    if (present != nullptr) [[likely]]
        return *present;
    auto fresh = std::make_unique<T>();
    if (slot.compare_exchange_strong(present, fresh.get(), std::memory_order_acq_rel)) return *fresh.release();
    return *present;
}

// Some value of the bucket.
double stand_in(std::size_t bucket) {
    if (bucket == 0) return 0;
    if (bucket == kSketchBuckets - 1) return std::ldexp(1.0, kSketchPowerMax + 1);
    return sketch_bucket_middle(bucket);
}

void lower(std::atomic<double>& slot, double value) {
    double seen = slot.load(std::memory_order_relaxed);
    while (value < seen && !slot.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
    }
}

void raise(std::atomic<double>& slot, double value) {
    double seen = slot.load(std::memory_order_relaxed);
    while (value > seen && !slot.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
    }
}

}  // namespace

struct alignas(64) Histogram::Shard {
    std::array<std::atomic<Block*>, kSketchPowers> blocks{};
    std::atomic<std::uint64_t> too_small{0};
    std::atomic<std::uint64_t> too_large{0};
    std::atomic<double> sum{0};
    std::atomic<double> min{std::numeric_limits<double>::infinity()};
    std::atomic<double> max{-std::numeric_limits<double>::infinity()};

    Shard() = default;
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;
    ~Shard() {
        for (std::atomic<Block*>& block : blocks) delete block.load();
    }

    std::atomic<std::uint64_t>& bucket(std::size_t number) {
        if (number == 0) return too_small;
        if (number == kSketchBuckets - 1) return too_large;
        return made_once(blocks[(number - 1) / kSketchParts])[(number - 1) % kSketchParts];
    }

    template <typename F>
    void for_each_bucket(F&& f) const {
        f(0, too_small.load(std::memory_order_acquire));
        for (std::size_t power = 0; power < kSketchPowers; ++power) {
            const Block* const block = blocks[power].load(std::memory_order_acquire);
            if (block == nullptr) continue;
            for (std::size_t part = 0; part < kSketchParts; ++part) {
                f(1 + power * kSketchParts + part, (*block)[part].load(std::memory_order_acquire));
            }
        }
        f(kSketchBuckets - 1, too_large.load(std::memory_order_acquire));
    }
};

Histogram::Histogram() = default;
Histogram::~Histogram() {
    for (std::atomic<Shard*>& shard : shards_) delete shard.load();
}

Histogram::Shard& Histogram::shard() {
    return made_once(shards_[thread_shard()]);
}

// The count comes last: a snapshot that sees it also sees the sum, minimum and maximum that belong to it.
void Histogram::record(double value) {
    if (!std::isfinite(value)) return;
    Shard& mine = shard();
    mine.sum.fetch_add(value, std::memory_order_relaxed);
    lower(mine.min, value);
    raise(mine.max, value);
    mine.bucket(sketch_bucket(value)).fetch_add(1, std::memory_order_release);
}

Sketch Histogram::snapshot() const {
    Sketch sketch;
    for (const std::atomic<Shard*>& slot : shards_) {
        const Shard* const shard = slot.load(std::memory_order_acquire);
        if (shard == nullptr) continue;
        const std::uint64_t before = sketch.count_;
        shard->for_each_bucket([&](std::size_t bucket, std::uint64_t times) {
            if (times > 0) sketch.add_bucket(bucket, times);
        });
        if (sketch.count_ == before) continue;
        sketch.sum_ += shard->sum.load(std::memory_order_relaxed);
        sketch.min_ = std::min(sketch.min_, shard->min.load(std::memory_order_relaxed));
        sketch.max_ = std::max(sketch.max_, shard->max.load(std::memory_order_relaxed));
    }
    if (sketch.count_ == 0) return sketch;
    // A value in the middle of being recorded may show in min and max before it shows in its bucket.
    const std::size_t last = sketch.first_ + sketch.counts_.size() - 1;
    if (sketch_bucket(sketch.min_) < sketch.first_) sketch.min_ = std::min(stand_in(sketch.first_), sketch.max_);
    if (sketch_bucket(sketch.max_) > last) sketch.max_ = std::max(stand_in(last), sketch.min_);
    return sketch;
}

}  // namespace galley::metrics
