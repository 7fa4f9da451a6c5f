#include "net/http.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "net/body_stream.h"
#include "net/problem.h"

namespace galley::net {

namespace {

constexpr std::array<std::string_view, kMethodCount> kMethodNames = {"GET",   "HEAD",   "POST",   "PUT",
                                                                     "PATCH", "DELETE", "OPTIONS"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

template <typename Fields>
std::optional<std::string_view> find_field(const Fields& fields, std::string_view name) {
    for (const auto& [field_name, value] : fields) {
        if (equal_ignoring_case(field_name, name)) return std::string_view(value);
    }
    return std::nullopt;
}

class FunctionSink final : public ReplySink {
 public:
    explicit FunctionSink(std::move_only_function<void(Response)> receive) : receive_(std::move(receive)) {}
    void reply(Response response) override { receive_(std::move(response)); }
    EventLoop* loop() override { return nullptr; }
    void on_abandoned(std::move_only_function<void()>) override {}

 private:
    std::move_only_function<void(Response)> receive_;
};

}  // namespace

std::string_view method_name(Method method) {
    return kMethodNames[static_cast<std::size_t>(method)];
}

std::optional<Method> parse_method(std::string_view name) {
    for (std::size_t i = 0; i < kMethodNames.size(); ++i) {
        if (kMethodNames[i] == name) return static_cast<Method>(i);
    }
    return std::nullopt;
}

std::string_view reason_phrase(int status) {
    struct Row {
        int status;
        std::string_view phrase;
    };
    static constexpr Row kRows[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {425, "Too Early"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {499, "Client Closed Request"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {507, "Insufficient Storage"},
    };
    for (const Row& row : kRows) {
        if (row.status == status) return row.phrase;
    }
    return "Status";
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    return find_field(fields, name);
}

std::string_view Request::parameter(std::string_view name) const {
    for (const auto& [parameter_name, value] : route.parameters) {
        if (parameter_name == name) return value;
    }
    return {};
}

std::shared_ptr<Request> make_request(Method method, std::string_view target, const HeaderList& fields, Bytes body) {
    auto request = std::make_shared<Request>();
    request->method = method;
    request->body = std::move(body);
    request->request_id = "test-request";
    request->peer_address = "127.0.0.1";
    std::string& storage = request->storage;
    storage = target;
    for (const auto& [name, value] : fields) storage += name + value;

    std::string_view rest = storage;
    const auto take = [&rest](std::size_t size) {
        const std::string_view taken = rest.substr(0, size);
        rest.remove_prefix(size);
        return taken;
    };
    request->target = take(target.size());
    const std::size_t query = request->target.find('?');
    request->path = request->target.substr(0, query);
    if (query != std::string_view::npos) request->query = request->target.substr(query + 1);
    for (const auto& [name, value] : fields) {
        const std::string_view field_name = take(name.size());
        request->fields.push_back({field_name, take(value.size())});
    }
    return request;
}

std::uint64_t body_size(const Body& body) {
    if (const auto* bytes = std::get_if<Bytes>(&body)) return bytes->size();
    if (const auto* shared = std::get_if<SharedBody>(&body)) return shared->length;
    const auto* file = std::get_if<FileBody>(&body);
    return file ? file->length : 0;
}

StreamBody& StreamBody::operator=(StreamBody&& other) noexcept {
    if (this != &other) {
        close();
        stream = std::move(other.stream);
    }
    return *this;
}

void StreamBody::close() noexcept {
    if (stream) std::exchange(stream, nullptr)->close();
}

std::optional<std::string_view> Response::header(std::string_view name) const {
    return find_field(headers, name);
}

Response json_response(int status, Bytes json) {
    Response response;
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(json);
    return response;
}

Response text_response(int status, Bytes text) {
    Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

Reply Reply::to(std::move_only_function<void(Response)> receive) {
    return Reply(std::make_shared<FunctionSink>(std::move(receive)));
}

Reply& Reply::operator=(Reply&& other) noexcept {
    if (this != &other) {
        drop();
        sink_ = std::move(other.sink_);
    }
    return *this;
}

Reply::~Reply() {
    drop();
}

void Reply::operator()(Response response) {
    GALLEY_CHECK(sink_ != nullptr);
    const std::shared_ptr<ReplySink> sink = std::move(sink_);
    sink_ = nullptr;
    sink->reply(std::move(response));
}

void Reply::on_abandoned(std::move_only_function<void()> task) {
    if (sink_) sink_->on_abandoned(std::move(task));
}

void Reply::drop() {
    if (!sink_) return;
    log(LogLevel::Error, "reply_dropped");
    (*this)(problem(500, {}, {}));
}

}  // namespace galley::net
