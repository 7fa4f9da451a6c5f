// src/api/call.h — one API call under way: the request, who asks, and the way to answer.
//
// Shape    a handler takes a Call by value and ends with exactly one of json(), respond(), fail(); later and on another
//          thread if
//          it must wait. Holding the Call keeps the request alive.
// Errors   fail() maps ErrorCode to a problem document by error_status.h; those of 500 and above are logged and
//          shown without detail. What is forbidden to a known caller goes into the audit log as denied (R13).
// Threads  moved between threads, used by one at a time.
// Source   R2, R5, RFC 9457.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "api/services.h"
#include "auth/caller.h"
#include "auth/rights.h"
#include "base/error.h"
#include "codec/json.h"
#include "net/http.h"

namespace galley::api {

class Call {
 public:
    Call(Services& services, net::RequestPtr request, net::Reply reply, auth::Caller caller, const char* endpoint = "")
        : services_(&services),
          request_(std::move(request)),
          reply_(std::move(reply)),
          caller_(std::move(caller)),
          endpoint_(endpoint) {}

    Services& services() const { return *services_; }
    const net::Request& request() const { return *request_; }
    const net::RequestPtr& request_pointer() const { return request_; }  // for what outlives the call
    const auth::Caller& caller() const { return caller_; }
    std::string_view parameter(std::string_view name) const { return request_->parameter(name); }

    void respond(net::Response response) && { reply_(std::move(response)); }
    // A 200 to GET and HEAD may be kept by its reader, who asks each time (If-None-Match; or If-Modified-Since with a
    // date): it gets an ETag of its bytes.
    void json(int status, std::string body, std::optional<Time> last_modified = std::nullopt) &&;
    // For what is different each time it is asked.
    void json_unstored(int status, std::string body) &&;
    void fail(const Error& error) &&;
    // The client has left: no answer.
    void abandon() && { reply_.abandon(); }
    // `task` runs on the request's loop if the client leaves before the answer. Call it on that loop.
    void on_abandoned(std::move_only_function<void()> task) { reply_.on_abandoned(std::move(task)); }

    // The request's loop, which must be one of a server's.
    net::EventLoop& loop() const {
        GALLEY_CHECK(reply_.loop() != nullptr);
        return *reply_.loop();
    }
    // Runs `task` on the request's event loop, or here when there is none (tests).
    template <typename Task>
    void on_loop(Task task) {
        if (net::EventLoop* loop = reply_.loop()) {
            post(*loop, std::move(task));
        } else {
            task();
        }
    }

 private:
    static void post(net::EventLoop& loop, std::move_only_function<void()> task);
    void note_refusal() const;

    Services* services_;
    net::RequestPtr request_;
    net::Reply reply_;
    auth::Caller caller_;
    const char* endpoint_;  // its name: the action of a refusal in the audit log
};

// The request's body as JSON. UnsupportedMedia unless it is application/json (or says nothing) in UTF-8 without a
// content coding; InvalidInput.
Result<codec::JsonDocument> parse_body(const Call& call);
// The same, or multipart/form-data with one part of this name that holds the JSON: `curl -F room=@room.json`.
Result<codec::JsonDocument> parse_body_or_form(const Call& call, std::string_view part_name);

// Whether the body is multipart/form-data.
bool is_form(std::string_view content_type);
// UnsupportedMedia when the body comes with a content coding.
Result<void> check_body_coding(const net::Request& request);

// A query parameter, decoded; InvalidInput when the query does not parse.
Result<std::optional<std::string>> query_parameter(const Call& call, std::string_view name);

// The same as a number or a time. What the row's schema says of it was checked by check_query() before.
Result<std::optional<std::int64_t>> query_number(const Call& call, std::string_view name);
Result<std::optional<Time>> query_time(const Call& call, std::string_view name);

// R5: seconds to wait, at most 60; absent when not asked for.
Result<std::optional<Duration>> wait_request(const Call& call);

// The answer to a creating or changing call, written by one transaction: runs `work(Executor&) -> Result<T>` in the
// store's writer and,
// when that is durable, answers with `answer(Call, T)`; on an error, with its problem document.
template <typename Work, typename Answer>
void write_then(Call call, Work work, Answer answer) {
    using Value = typename std::invoke_result_t<Work&, store::Executor&>::value_type;
    struct Pending {
        Call call;
        Work work;
        Answer answer;
        std::optional<Value> value;
    };
    store::Database& database = call.services().database;
    auto pending =
        std::make_shared<Pending>(Pending{std::move(call), std::move(work), std::move(answer), std::nullopt});
    auto run = [pending](store::Executor& executor) -> Result<void> {
        Result<Value> value = pending->work(executor);
        if (!value) return std::unexpected(std::move(value.error()));
        pending->value.emplace(std::move(*value));
        return {};
    };
    // Answers are put together on the request's loop: the writer thread goes on with the next batch.
    auto done = [pending](Result<void> committed) {
        pending->call.on_loop([pending, committed = std::move(committed)] {
            if (!committed) return std::move(pending->call).fail(committed.error());
            pending->answer(std::move(pending->call), std::move(*pending->value));
        });
    };
    database.submit(std::move(run), std::move(done));
}

// For works without a value.
struct Nothing {};

// Runs `work(Call&) -> Result<T>`, which may block, on the background queue, then `answer(Call, T)` on the request's
// loop.
template <typename Work, typename Answer>
void block_then(Call call, Work work, Answer answer) {
    auto shared = std::make_shared<Call>(std::move(call));
    BackgroundQueue::Work queued = [shared, work, answer](BackgroundQueue::Run how) mutable {
        using Value = std::invoke_result_t<Work&, Call&>;
        Value value =
            how == BackgroundQueue::Run::Now ? work(*shared) : fail(ErrorCode::Unavailable, "the server is stopping");
        shared->on_loop([shared, answer, value = std::move(value)]() mutable {
            if (!value) return std::move(*shared).fail(value.error());
            answer(std::move(*shared), std::move(*value));
        });
    };
    if (!shared->services().background.post(queued)) {
        std::move(*shared).fail({.code = ErrorCode::Unavailable, .message = "too many slow calls are waiting"});
    }
}

// A handler of `make(call) -> Result<std::string>`: 200 with that JSON, or its problem.
template <Result<std::string> (*Make)(const Call&)>
void answer_with(Call call) {
    Result<std::string> body = Make(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

}  // namespace galley::api
