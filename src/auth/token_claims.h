// src/auth/token_claims.h — what a rightly signed token says: who, by whose word, for whom, and between which moments.
//
// Shape    read_claims(claims part, rules) gives the Caller and the span in which the token holds; check_span() asks
//          whether that is now. They are apart because a token that was verified once is only asked for the span.
// Units    seconds since 1970, fractions allowed (RFC 7519 §2, NumericDate).
// Errors   Unauthenticated, saying which claim.
// Threads  free functions, any thread.
// Limits   kClaimsDepthMax levels; times within kTokenTimeMax; those of caller.h.
// Source   RFC 7519 §4.1. `exp` is required; `iat` in the future is refused; every claim that we know has its type
//          checked even where its value does not matter.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "auth/caller.h"
#include "base/error.h"
#include "base/time.h"
#include "codec/json.h"

namespace galley::auth {

inline constexpr std::size_t kClaimsDepthMax = 16;
inline constexpr double kTokenTimeMax = 253'402'300'799;  // the end of the year 9999

struct TokenRules {
    std::string issuer{};    // empty: not checked
    std::string audience{};  // empty: not checked
    std::chrono::seconds leeway{30};
};

struct TokenSpan {
    double from = 0;   // the later of `nbf` and `iat`
    double until = 0;  // `exp`
};

struct VerifiedToken {
    Caller caller;
    TokenSpan span;
};

std::unexpected<Error> refuse_token(std::string_view what);

// A part of the token: base64url of a JSON object.
Result<codec::JsonDocument> decode_token_part(std::string_view part, std::string_view part_name, std::size_t depth_max);

Result<VerifiedToken> read_claims(std::string_view part, const TokenRules& rules);
Result<void> check_span(const TokenSpan& span, Time now, std::chrono::seconds leeway);

}  // namespace galley::auth
