// src/api/idempotency.h — Idempotency-Key (R3): the answer to a creating call, kept in the transaction that created.
//
// Shape    a key belongs to its caller. idempotent_request(call) is absent without the header. Inside the writer:
//          find_answer_in() gives the earlier answer, if there is one; else the caller creates and keep_answer_in()
//          keeps what it answers. One writer runs these units one after another, so two calls with one key never both
//          create, whether they come together or a day apart, before a crash or after it.
//          Calls that fail keep nothing: their transaction is undone.
// Errors   idempotent_request: InvalidInput (not 1–255 visible ASCII characters, or two headers).
//          find_answer_in: Unsupported (422): the key was used with another request.
//          keep_answer_in: LimitExceeded (an answer above kKeptAnswerBytesMax).
// Threads  idempotent_request any; the others in the writer.
// Limits   kIdempotencyLifetime. Each kept answer removes up to kPrunedAtOnce that are older, so that the table follows
//          the calls of one lifetime without a timer.
// Source   https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ ; layout: see idempotency.cpp
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "api/call.h"
#include "store/executor.h"
#include "store/schema.h"

namespace galley::api {

inline constexpr Duration kIdempotencyLifetime = std::chrono::hours(24);
inline constexpr std::size_t kIdempotencyKeyBytesMax = 255;
inline constexpr std::size_t kKeptAnswerBytesMax = 4u << 20;  // a batch of 10,000 tasks answers less than 1 MiB
inline constexpr int kPrunedAtOnce = 4;

using ShortDigest = std::array<char, 16>;

struct IdempotentRequest {
    ShortDigest key{};      // of caller and key
    ShortDigest request{};  // of method, target and body
    Time now{};
};

// What is sent again: the rest of an answer's head follows from the new call.
struct KeptAnswer {
    int status = 0;
    std::string location{};  // "": none
    std::string body{};      // JSON
};

// The key's text: a bare token, or a structured-field string with its quotes and escapes taken off (RFC 8941).
Result<std::string> parse_idempotency_key(std::string_view field);
IdempotentRequest make_idempotent_request(std::string_view caller, std::string_view key, const net::Request& request,
                                          Time now);
Result<std::optional<IdempotentRequest>> idempotent_request(const Call& call);

Result<std::optional<KeptAnswer>> find_answer_in(store::Executor& executor, const IdempotentRequest& request);
Result<void> keep_answer_in(store::Executor& executor, const IdempotentRequest& request, const KeptAnswer& answer);

// Removes up to rows_max answers that have outlived kIdempotencyLifetime, the oldest first; gives how many.
Result<std::int64_t> remove_dead_answers_in(store::Executor& executor, Time now, int rows_max);

store::Component idempotency_schema();

}  // namespace galley::api
