// src/auth/rate_limits.h — how often one may ask: by caller and class of endpoint, and by client address (R15).
//
// Shape    take…() counts one request and gives a Verdict: allowed or not, and what RateLimit-* and Retry-After say.
//          Each limit is a bucket of `burst` requests that fills at `per_minute` (GCRA: one instant a bucket).
//          by caller    one bucket for each e-mail and class
//          by address   one for each address and class Public, and one for failed authentications; the address is an
//                       IPv4 address or the /64 of an IPv6 one. The machine's own addresses (loopback) are not counted:
//                       they say nothing about who asks.
// Owner    borrows the clock. set_rules() swaps the rules under running calls; buckets are kept.
// Threads  any; the table is striped by kStripes locks.
// Limits   kBuckets buckets of 16 bytes, made at the start, for however many callers and addresses there are. A bucket
//          that is full again says nothing and is given away first. When all of a place's buckets are in use, a
//          newcomer takes over the least used one with what was taken from it: a flood of addresses makes newcomers
//          poorer and never lifts the limit of one who asks much ("space-saving" counting, Metwally et al.).
//          Names are kept as keyed 64-bit hashes, so nobody can choose whom to collide with.
// Source   R15; draft-ietf-httpapi-ratelimit-headers-06 for RateLimit-Limit, -Remaining and -Reset.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/keyed_hash.h"
#include "auth/rate_class.h"
#include "base/mutex.h"
#include "base/time.h"
#include "os/clock.h"
#include "os/random.h"

namespace galley::auth {

struct RateRule {
    std::int64_t per_minute = 0;  // 0: no limit
    std::int64_t burst = 0;       // 0: a tenth of per_minute, at least 1
};

inline constexpr std::int64_t kRatePerMinuteMax = 60'000'000;
inline constexpr std::int64_t kNotedRefusals = 60;

// Above what one node serves, so that only the operator's own numbers are met; Public and failures are counted by
// address.
struct RateRules {
    std::array<RateRule, kRateClassCount> classes = {{{.per_minute = 12'000'000},
                                                      {.per_minute = 3'000'000},
                                                      {.per_minute = 60'000},
                                                      {.per_minute = 12'000'000},
                                                      {.per_minute = 600'000},
                                                      {.per_minute = 6'000, .burst = 1'000}}};
    RateRule failed_authentications = {.per_minute = 30, .burst = 30};

    RateRule& of(RateClass rate_class) { return classes[static_cast<std::size_t>(rate_class)]; }
};

struct RateVerdict {
    bool allowed = true;
    std::int64_t limit = 0;      // requests a minute
    std::int64_t remaining = 0;  // that may be made at once
    Duration reset{0};           // until the bucket is full
    Duration retry_after{0};     // until one more is allowed
};

class RateLimits {
 public:
    RateLimits(const RateRules& rules, const os::Clock& clock, os::Random& random);

    RateVerdict take_caller(std::string_view email, RateClass rate_class);
    RateVerdict take_public(std::string_view address);
    // Counts one; not allowed: answer 429 in the place of 401.
    RateVerdict take_failure(std::string_view address);
    // Whether one more refusal of this caller's is written down (R13): kNotedRefusals a minute.
    RateVerdict take_noted_refusal(std::string_view email);
    // Whether the address has used up its failures; counts nothing. Costs nothing while nobody fails.
    bool has_failed_too_often(std::string_view address);

    void set_rules(const RateRules& rules);

    static constexpr std::size_t kBuckets = 65'536;
    static constexpr std::size_t kBucketsAPlace = 8;
    static constexpr std::size_t kStripes = 64;

 private:
    static constexpr std::size_t kPlaces = kBuckets / kBucketsAPlace;

    // In nanoseconds of the monotonic clock: a request takes `interval`, up to `tolerance` may be taken ahead.
    struct Pace {
        std::int64_t per_minute;  // 0: no limit
        std::int64_t interval;
        std::int64_t tolerance;
    };
    // Read without a lock; both numbers of one change need not be seen together.
    struct SharedRule {
        std::atomic<std::int64_t> per_minute;
        std::atomic<std::int64_t> burst;

        void set(const RateRule& rule);
        Pace pace() const;
    };
    struct Bucket {
        std::uint64_t name = 0;
        std::int64_t taken_until = 0;  // full again at this instant
    };
    enum class Kind : std::uint8_t { Caller, Public, Failure, NotedRefusal };

    std::int64_t now() const;
    std::uint64_t name_of(Kind kind, RateClass rate_class, std::string_view text) const;
    Bucket& bucket_of(std::uint64_t name, std::int64_t now, const Pace& pace);
    RateVerdict take(const Pace& pace, std::uint64_t name);

    const os::Clock& clock_;
    KeyedHash::Key hash_key_{};
    std::array<SharedRule, kRateClassCount> classes_;
    SharedRule failures_;
    std::vector<Bucket> buckets_;  // those of a place are guarded by its stripe
    std::array<Mutex, kStripes> stripes_;
    std::atomic<std::int64_t> failures_until_ = INT64_MIN;  // the latest instant of any address's failures
};

// What is counted as one address: IPv4 as it is (also when mapped into IPv6), IPv6 by its first 64 bits, other text as
// it is. Empty for the machine's own (127.0.0.0/8, ::1).
std::string address_group(std::string_view address);

}  // namespace galley::auth
