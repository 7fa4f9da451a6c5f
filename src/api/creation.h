// src/api/creation.h — answering a call that creates: write_then() with Idempotency-Key (R3).
//
// Shape    create_then(call, work, respond): `work(Executor&) -> Result<T>` runs in the writer; respond(request, T)
//          makes the answer. With a key, the answer is made in the writer and kept in the same transaction; a call
//          whose key is known gets the kept answer and creates nothing. Without one nothing is added to write_then().
//          `send`, when given, does what send_outcome() does, or more.
// Duty     `respond` depends on request and value only, does not block and touches nothing of the event loop.
// Source   R3.
#pragma once

#include <memory>
#include <utility>

#include "api/call.h"
#include "api/idempotency.h"

namespace galley::api {

enum class Answered : std::uint8_t { Now, Before };

// An answer and whether it was given before.
struct Outcome {
    KeptAnswer answer;
    Answered when = Answered::Now;
};

inline void send_outcome(Call call, Outcome outcome) {
    net::Response response = net::json_response(outcome.answer.status, std::move(outcome.answer.body));
    if (!outcome.answer.location.empty()) response.add_header("Location", std::move(outcome.answer.location));
    if (outcome.when == Answered::Before) response.add_header("Idempotency-Replayed", "true");
    std::move(call).respond(std::move(response));
}

template <typename Work, typename Respond, typename Send = void (*)(Call, Outcome)>
void create_then(Call call, Work work, Respond respond, Send send = send_outcome) {
    using Value = typename std::invoke_result_t<Work&, store::Executor&>::value_type;
    const Result<std::optional<IdempotentRequest>> keyed = idempotent_request(call);
    if (!keyed) return std::move(call).fail(keyed.error());
    if (!*keyed) {
        return write_then(std::move(call), std::move(work), [respond, send](Call done, const Value& value) {
            KeptAnswer answer = respond(done.request(), value);
            send(std::move(done), {std::move(answer), Answered::Now});
        });
    }
    auto keyed_work = [work = std::move(work), respond, request = call.request_pointer(),
                       key = **keyed](store::Executor& executor) mutable -> Result<Outcome> {
        GALLEY_TRY(std::optional<KeptAnswer> kept, find_answer_in(executor, key));
        if (kept) return Outcome{std::move(*kept), Answered::Before};
        GALLEY_TRY(const Value value, work(executor));
        KeptAnswer answer = respond(*request, value);
        GALLEY_TRY_VOID(keep_answer_in(executor, key, answer));
        return Outcome{std::move(answer), Answered::Now};
    };
    write_then(std::move(call), std::move(keyed_work),
               [send](Call done, Outcome outcome) { send(std::move(done), std::move(outcome)); });
}

}  // namespace galley::api
