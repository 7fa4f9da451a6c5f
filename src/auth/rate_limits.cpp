#include "auth/rate_limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <span>

namespace galley::auth {

namespace {

constexpr std::int64_t kMinuteNanoseconds = 60'000'000'000;
constexpr std::size_t kAddressTextMax = 64;

Duration rounded_up(std::int64_t nanoseconds) {
    return std::chrono::ceil<Duration>(std::chrono::nanoseconds(std::max<std::int64_t>(nanoseconds, 0)));
}

std::string_view bytes_of(const in6_addr& address) {
    return {reinterpret_cast<const char*>(address.s6_addr), sizeof(address.s6_addr)};
}

std::string group_of_v6(const in6_addr& address) {
    if (IN6_IS_ADDR_LOOPBACK(&address) != 0) return {};
    if (IN6_IS_ADDR_V4MAPPED(&address) == 0) return std::string(bytes_of(address).substr(0, 8));
    if (address.s6_addr[12] == 127) return {};
    return std::string(bytes_of(address).substr(12));
}

}  // namespace

std::string address_group(std::string_view address) {
    std::array<char, kAddressTextMax> text{};
    if (address.size() >= text.size()) return std::string(address);
    std::ranges::copy(address, text.begin());
    in_addr v4{};
    in6_addr v6{};
    if (inet_pton(AF_INET, text.data(), &v4) == 1) {
        const std::string_view bytes(reinterpret_cast<const char*>(&v4.s_addr), sizeof(v4.s_addr));
        return bytes.front() == 127 ? std::string() : std::string(bytes);
    }
    if (inet_pton(AF_INET6, text.data(), &v6) == 1) return group_of_v6(v6);
    return std::string(address);
}

void RateLimits::SharedRule::set(const RateRule& rule) {
    const std::int64_t rate = std::clamp<std::int64_t>(rule.per_minute, 0, kRatePerMinuteMax);
    const std::int64_t wanted = rule.burst > 0 ? rule.burst : rate / 10;
    per_minute.store(rate, std::memory_order_relaxed);
    burst.store(std::clamp<std::int64_t>(wanted, 1, kRatePerMinuteMax), std::memory_order_relaxed);
}

RateLimits::Pace RateLimits::SharedRule::pace() const {
    const std::int64_t rate = per_minute.load(std::memory_order_relaxed);
    if (rate == 0) return {0, 0, 0};
    const std::int64_t interval = kMinuteNanoseconds / rate;
    return {rate, interval, interval * burst.load(std::memory_order_relaxed)};
}

RateLimits::RateLimits(const RateRules& rules, const os::Clock& clock, os::Random& random)
    : clock_(clock), buckets_(kBuckets) {
    for (std::uint64_t& half : hash_key_) half = random.random_u64();
    set_rules(rules);
}

void RateLimits::set_rules(const RateRules& rules) {
    for (std::size_t i = 0; i < kRateClassCount; ++i) classes_[i].set(rules.classes[i]);
    failures_.set(rules.failed_authentications);
}

std::int64_t RateLimits::now() const {
    return std::chrono::nanoseconds(clock_.monotonic().time_since_epoch()).count();
}

std::uint64_t RateLimits::name_of(Kind kind, RateClass rate_class, std::string_view text) const {
    KeyedHash::Key key = hash_key_;
    key[0] ^= static_cast<std::uint64_t>(kind) << 8U | static_cast<std::uint64_t>(rate_class);
    const std::uint64_t name = KeyedHash::of(key, text);
    return name == 0 ? 1 : name;  // 0 is the name of a bucket that nobody has
}

// Precondition: the place's stripe is held.
RateLimits::Bucket& RateLimits::bucket_of(std::uint64_t name, std::int64_t now, const Pace& pace) {
    const std::span<Bucket> place(&buckets_[name % kPlaces * kBucketsAPlace], kBucketsAPlace);
    const auto own = std::ranges::find(place, name, &Bucket::name);
    if (own != place.end()) return *own;
    Bucket& least = *std::ranges::min_element(place, {}, &Bucket::taken_until);
    least = {name, std::min(least.taken_until, now + pace.tolerance)};
    return least;
}

RateVerdict RateLimits::take(const Pace& pace, std::uint64_t name) {
    const std::int64_t instant = now();
    const MutexLock lock(stripes_[name % kPlaces % kStripes]);
    Bucket& bucket = bucket_of(name, instant, pace);
    const std::int64_t owed = std::max<std::int64_t>(bucket.taken_until - instant, 0);
    const bool allowed = owed + pace.interval <= pace.tolerance;
    const std::int64_t owed_after = allowed ? owed + pace.interval : owed;
    bucket.taken_until = instant + owed_after;
    return {.allowed = allowed,
            .limit = pace.per_minute,
            .remaining = std::max<std::int64_t>((pace.tolerance - owed_after) / pace.interval, 0),
            .reset = rounded_up(owed_after),
            .retry_after = allowed ? Duration(0) : rounded_up(owed + pace.interval - pace.tolerance)};
}

RateVerdict RateLimits::take_caller(std::string_view email, RateClass rate_class) {
    const Pace pace = classes_[static_cast<std::size_t>(rate_class)].pace();
    if (pace.per_minute == 0) return {};
    return take(pace, name_of(Kind::Caller, rate_class, email));
}

RateVerdict RateLimits::take_public(std::string_view address) {
    const Pace pace = classes_[static_cast<std::size_t>(RateClass::Public)].pace();
    const std::string group = pace.per_minute == 0 ? std::string() : address_group(address);
    if (group.empty()) return {};
    return take(pace, name_of(Kind::Public, RateClass::Public, group));
}

RateVerdict RateLimits::take_failure(std::string_view address) {
    const Pace pace = failures_.pace();
    const std::string group = pace.per_minute == 0 ? std::string() : address_group(address);
    if (group.empty()) return {};
    const RateVerdict verdict = take(pace, name_of(Kind::Failure, RateClass::Public, group));
    const std::int64_t until = now() + std::chrono::nanoseconds(verdict.reset).count();
    std::int64_t known = failures_until_.load(std::memory_order_relaxed);
    while (known < until && !failures_until_.compare_exchange_weak(known, until, std::memory_order_relaxed)) {
    }
    return verdict;
}

RateVerdict RateLimits::take_noted_refusal(std::string_view email) {
    constexpr std::int64_t kInterval = kMinuteNanoseconds / kNotedRefusals;
    const Pace pace{kNotedRefusals, kInterval, kMinuteNanoseconds};
    return take(pace, name_of(Kind::NotedRefusal, RateClass::Read, email));
}

bool RateLimits::has_failed_too_often(std::string_view address) {
    const Pace pace = failures_.pace();
    const std::int64_t instant = now();
    if (pace.per_minute == 0 || failures_until_.load(std::memory_order_relaxed) <= instant) return false;
    const std::string group = address_group(address);
    if (group.empty()) return false;
    const std::uint64_t name = name_of(Kind::Failure, RateClass::Public, group);
    const MutexLock lock(stripes_[name % kPlaces % kStripes]);
    const std::span<const Bucket> place(&buckets_[name % kPlaces * kBucketsAPlace], kBucketsAPlace);
    const auto own = std::ranges::find(place, name, &Bucket::name);
    return own != place.end() && own->taken_until - instant + pace.interval > pace.tolerance;
}

}  // namespace galley::auth
