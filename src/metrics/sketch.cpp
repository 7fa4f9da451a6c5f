#include "metrics/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/digest.h"

namespace galley::metrics {

namespace {

constexpr std::string_view kMagic = "GSK1";
constexpr std::size_t kChecksumBytes = 8;
constexpr std::uint64_t kCountMax = std::uint64_t{1} << 53;
constexpr int kPartBits = 6;
constexpr double kSmallest = 0x1p-31;
constexpr double kTooLarge = 0x1p33;
static_assert(kSketchPowerMin == -31 && kSketchPowerMax + 1 == 33);
static_assert(1 << kPartBits == kSketchParts);
static_assert(kSketchRelativeError <= 0.01);

void put_u64(Bytes& out, std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8)
        out += static_cast<char>(static_cast<unsigned char>(value >> shift));
}

void put_varint(Bytes& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out += static_cast<char>(static_cast<unsigned char>(value | 0x80U));
    out += static_cast<char>(value);
}

// Takes values off the front; after the first shortage everything reads as 0 and good() is false.
class Reader {
 public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t u64() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 8) value |= std::uint64_t{byte()} << shift;
        return value;
    }
    double real() { return std::bit_cast<double>(u64()); }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 63; shift += 7) {
            const unsigned char part = byte();
            value |= std::uint64_t{part & 0x7FU} << shift;
            if (part < 0x80) return value;
        }
        good_ = false;  // longer than any count we write
        return 0;
    }
    bool good() const { return good_; }
    bool finished() const { return good_ && rest_.empty(); }

 private:
    unsigned char byte() {
        good_ = good_ && !rest_.empty();
        if (!good_) return 0;
        const auto value = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }

    std::string_view rest_;
    bool good_ = true;
};

}  // namespace

std::size_t sketch_bucket(double value) {
    if (!(value >= kSmallest)) return 0;
    if (value >= kTooLarge) return kSketchBuckets - 1;
    // A double is 2^power × (1 + fraction): the top bits of the fraction are the part.
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t lowest = std::uint64_t{1023 + kSketchPowerMin} << kPartBits;
    return 1 + static_cast<std::size_t>((bits >> (52 - kPartBits)) - lowest);
}

double sketch_bucket_middle(std::size_t bucket) {
    GALLEY_CHECK(bucket > 0 && bucket < kSketchBuckets - 1);
    const int power = kSketchPowerMin + static_cast<int>((bucket - 1) / kSketchParts);
    const double part = static_cast<double>((bucket - 1) % kSketchParts);
    return std::ldexp(1 + (part + 0.5) / kSketchParts, power);
}

void Sketch::add_bucket(std::size_t bucket, std::uint64_t times) {
    if (counts_.empty()) first_ = bucket;
    if (bucket < first_) {
        counts_.insert(counts_.begin(), first_ - bucket, 0);
        first_ = bucket;
    }
    if (bucket - first_ >= counts_.size()) counts_.resize(bucket - first_ + 1, 0);
    counts_[bucket - first_] += times;
    count_ += times;
}

void Sketch::record(double value, std::uint64_t times) {
    if (!std::isfinite(value) || times == 0) return;
    add_bucket(sketch_bucket(value), times);
    sum_ += value * static_cast<double>(times);
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
}

void Sketch::merge(const Sketch& other) {
    if (other.count_ == 0) return;
    // The outermost first, so that the vector grows once to each side.
    const std::size_t last = other.counts_.size() - 1;
    add_bucket(other.first_ + last, other.counts_[last]);
    for (std::size_t i = 0; i < last; ++i) {
        if (other.counts_[i] > 0) add_bucket(other.first_ + i, other.counts_[i]);
    }
    sum_ += other.sum_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

double Sketch::quantile(double q) const {
    if (count_ == 0) return 0;
    const double exact_rank = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
    const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(exact_rank));
    if (rank >= count_) return max_;
    std::uint64_t passed = 0;
    std::size_t bucket = first_;
    for (const std::uint64_t count : counts_) {
        passed += count;
        if (passed >= rank) break;
        ++bucket;
    }
    if (bucket == 0) return min_;
    if (bucket >= kSketchBuckets - 1) return max_;
    return std::clamp(sketch_bucket_middle(bucket), min_, max_);
}

std::uint64_t Sketch::count_at_most(double bound) const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        const std::size_t bucket = first_ + i;
        const bool too_large = bucket == kSketchBuckets - 1;
        const double stands_for = bucket == 0 ? 0 : too_large ? max_ : sketch_bucket_middle(bucket);
        if (stands_for <= bound) total += counts_[i];
    }
    return total;
}

Bytes Sketch::serialise() const {
    Bytes out(kMagic);
    put_u64(out, count_);
    put_u64(out, std::bit_cast<std::uint64_t>(sum_));
    put_u64(out, std::bit_cast<std::uint64_t>(min()));
    put_u64(out, std::bit_cast<std::uint64_t>(max()));
    put_varint(out, first_);
    put_varint(out, counts_.size());
    for (const std::uint64_t count : counts_) put_varint(out, count);
    out += sha256(out).view().substr(0, kChecksumBytes);
    return out;
}

Result<Sketch> Sketch::parse(std::string_view bytes) {
    const auto corrupt = [](const char* why) {
        return fail(ErrorCode::Corrupt, std::string("metrics sketch: ") + why);
    };
    if (bytes.size() < kMagic.size() + kChecksumBytes || !bytes.starts_with(kMagic)) return corrupt("not a sketch");
    const std::string_view content = bytes.substr(0, bytes.size() - kChecksumBytes);
    if (sha256(content).view().substr(0, kChecksumBytes) != bytes.substr(content.size()))
        return corrupt("wrong checksum");

    Reader reader(content.substr(kMagic.size()));
    Sketch sketch;
    const std::uint64_t count = reader.u64();
    sketch.sum_ = reader.real();
    const double min = reader.real();
    const double max = reader.real();
    const std::uint64_t first = reader.varint();
    const std::uint64_t buckets = reader.varint();
    if (first >= kSketchBuckets || buckets > kSketchBuckets - first) return corrupt("buckets out of range");
    for (std::uint64_t i = 0; i < buckets && reader.good(); ++i) {
        const std::uint64_t times = reader.varint();
        if (times > kCountMax - sketch.count_) return corrupt("too many values");
        sketch.add_bucket(first + i, times);
    }
    if (!reader.finished() || sketch.count_ != count) return corrupt("count and buckets disagree");
    if (count == 0) {
        if (buckets != 0 || sketch.sum_ != 0 || min != 0 || max != 0) return corrupt("empty, and yet not");
        return Sketch();
    }
    sketch.min_ = min;
    sketch.max_ = max;
    const bool ends_agree = std::isfinite(min) && std::isfinite(max) && min <= max && std::isfinite(sketch.sum_) &&
                            sketch_bucket(min) == first && sketch_bucket(max) == first + buckets - 1;
    if (!ends_agree || sketch.counts_.front() == 0 || sketch.counts_.back() == 0)
        return corrupt("ends and buckets disagree");
    return sketch;
}

}  // namespace galley::metrics
