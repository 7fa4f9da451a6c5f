// src/net/http.h — what a handler sees of HTTP: Request, Response and Reply. No socket, no library.
//
// Shape    Request = one whole request, checked and read (body included), immutable while it is handled. Response =
//          status, headers and a body that lies in memory, is shared with a cache, is a file, or comes over time.
//          Reply = the one answer to one request.
// Errors   none: what is wrong with a request is answered by the server before a handler sees it.
// Owner    Request's views point into its own storage; hold the RequestPtr as long as you use them.
// Threads  a Request may be read by any thread. A Reply is called or dropped once, on any thread.
// Source   RFC 9110, RFC 9112.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "os/files.h"

namespace galley::net {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options };
inline constexpr int kMethodCount = 7;

std::string_view method_name(Method method);                       // "GET"
std::optional<Method> parse_method(std::string_view name);         // case-sensitive, as the RFC has it
std::string_view reason_phrase(int status);                        // "Not Found"; "Status" for numbers without a name
bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII letters

struct HeaderField {
    std::string_view name;
    std::string_view value;  // without surrounding spaces
};

// What the router found: which endpoint, and the decoded path parameters in pattern order.
struct RouteMatch {
    static constexpr int kNone = -1;
    int endpoint = kNone;
    std::vector<std::pair<std::string_view, std::string>> parameters{};  // names live in the router
};

struct Request {
    Request() = default;
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    Method method = Method::Get;
    std::string_view target;  // as sent: path and query
    std::string_view path;    // still percent-encoded, begins with '/' ("*" for OPTIONS *)
    std::string_view query;   // without '?', still encoded
    std::vector<HeaderField> fields{};
    Bytes body;
    std::string request_id;  // 1–64 of [A-Za-z0-9._-]
    std::string
        peer_address;  // textual IP address of the client: the socket's other end, or whom a trusted proxy names
    MonotonicTime received{};  // when its first byte was read
    RouteMatch route{};

    std::optional<std::string_view> header(std::string_view name) const;  // the first, any letter case
    // A path parameter of the matched pattern; "" when the pattern has none of that name.
    std::string_view parameter(std::string_view name) const;

    std::string storage;  // what the views point into; the server's and make_request()'s business
};

using RequestPtr = std::shared_ptr<const Request>;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

// A request as tests of handlers make it. `target` begins with '/'.
std::shared_ptr<Request> make_request(Method method, std::string_view target, const HeaderList& fields = {},
                                      Bytes body = {});

// A part of shared bytes; from a SharedBytes, the whole.
struct SharedBody {
    SharedBody(SharedBytes content)
        : bytes(std::move(content)), length(bytes.size()) {}  // NOLINT(google-explicit-constructor)
    SharedBytes bytes;
    std::size_t offset = 0;
    std::size_t length;
};

// A part of a file; sent by sendfile(2).
struct FileBody {
    explicit FileBody(std::unique_ptr<os::OpenFile> open_file)
        : file(std::move(open_file)), length(file ? file->size_bytes() : 0) {}
    std::unique_ptr<os::OpenFile> file;
    std::uint64_t offset = 0;
    std::uint64_t length;
};

class BodyStream;

// Bytes that come over time (body_stream.h). Dropped, sent to its end or cut off: the stream is over.
struct StreamBody {
    explicit StreamBody(std::shared_ptr<BodyStream> pushed) : stream(std::move(pushed)) {}
    StreamBody(StreamBody&&) noexcept = default;
    StreamBody& operator=(StreamBody&& other) noexcept;
    ~StreamBody() { close(); }
    void close() noexcept;
    std::shared_ptr<BodyStream> stream;
};

using Body = std::variant<Bytes, SharedBody, FileBody, StreamBody>;
std::uint64_t body_size(const Body& body);  // 0 for a stream: nobody knows

// What tells one state of a resource from another (RFC 9110 §8.8).
struct Validators {
    std::string etag{};  // quoted, strong: "\"…\""; "" = none
    std::optional<Time> last_modified{};
};

// The server adds Date, Content-Length, Connection, X-Request-Id, Content-Encoding and Vary; never put these into
// `headers`.
struct Response {
    int status = 200;
    std::string content_type;  // "" = no such field
    HeaderList headers{};
    Body body{};
    // Of the body before any content coding. With them the server answers conditional requests (representation.h).
    std::optional<Validators> validators{};

    // Names and values are checked when the head is written: a CR, LF or NUL makes the answer a 500.
    Response& add_header(std::string name, std::string value) {
        headers.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    std::optional<std::string_view> header(std::string_view name) const;
};

Response json_response(int status, Bytes json);
Response text_response(int status, Bytes text);

class EventLoop;

// Where an answer goes. The server's connections implement it; tests may.
class ReplySink {
 public:
    virtual ~ReplySink() = default;
    virtual void reply(Response response) = 0;  // any thread, once per request
    virtual EventLoop* loop() = 0;              // the loop that serves the request; null outside a server
    virtual void on_abandoned(std::move_only_function<void()> task) = 0;  // its loop only
};

// The right and the duty to answer one request. Dropped unanswered it answers 500.
class Reply {
 public:
    explicit Reply(std::shared_ptr<ReplySink> sink) : sink_(std::move(sink)) {}
    // For tests of handlers: the answer goes to `receive`.
    static Reply to(std::move_only_function<void(Response)> receive);

    Reply(Reply&& other) noexcept = default;
    Reply& operator=(Reply&& other) noexcept;
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;
    ~Reply();

    // At most once, from any thread (GALLEY_CHECK). On the request's loop the answer is written at once, else it is
    // handed over.
    void operator()(Response response);
    bool pending() const { return sink_ != nullptr; }
    // For answers that take long: `task` runs on the request's loop if the client leaves before the answer, at most a
    // few seconds after it left. Call it on that loop. Nothing when answered.
    void on_abandoned(std::move_only_function<void()> task);
    // Nobody waits for an answer any more: gives the duty up without one.
    void abandon() { sink_ = nullptr; }
    // For timers (`?wait=`); null when answered, or outside a server.
    EventLoop* loop() const { return sink_ ? sink_->loop() : nullptr; }

 private:
    void drop();

    std::shared_ptr<ReplySink> sink_;
};

using Handler = std::function<void(RequestPtr, Reply)>;

}  // namespace galley::net
