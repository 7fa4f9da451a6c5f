#include "net/request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

namespace galley::net {

namespace beast_http = boost::beast::http;
using BeastString = boost::beast::string_view;
using ErrorFromBeast = boost::system::error_code;

namespace {

constexpr std::size_t kBodyReserveBytesMax = 1 << 20;
// Beast counts trailers and chunk headers against its own limit; ours are looked at outside, so its limit only has to
// be larger.
constexpr std::uint32_t kBeastHeaderBytesMax = 16 << 20;

std::string_view to_std(BeastString text) {
    return {text.data(), text.size()};
}

Refusal refusal_of(const ErrorFromBeast& error) {
    using beast_http::error;
    static constexpr std::string_view kBadBody = "The chunked body is not well-formed.";
    if (error == error::bad_method) return {400, "The method is not a token."};
    if (error == error::bad_target) return {400, "The request target is not well-formed."};
    if (error == error::bad_version) return {400, "The request line is not well-formed."};
    if (error == error::bad_content_length)
        return {400, "Content-Length is not well-formed or conflicts with another field."};
    if (error == error::multiple_content_length) return {400, "There are several Content-Length fields."};
    if (error == error::bad_transfer_encoding) return {400, "Transfer-Encoding conflicts with another field."};
    if (error == error::bad_chunk || error == error::bad_chunk_extension) return {400, kBadBody};
    if (error == error::body_limit) return {413, "The body is too large."};
    if (error == error::header_limit) return {431, "The trailer fields are too large."};
    return {400, "The request is not well-formed."};
}

// "GET / HTTP/2.0": well-formed but for a version that is not ours.
bool names_other_version(std::string_view head) {
    const std::string_view line = head.substr(0, head.find('\r'));
    const std::string_view version = line.substr(line.rfind(' ') + 1);  // npos + 1 is 0
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
           is_digit(version[7]) && version != "HTTP/1.0" && version != "HTTP/1.1";
}

bool has_bare_newline(std::string_view text) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
        if (at == 0 || text[at - 1] != '\r') return true;
    }
    return false;
}

bool is_host(std::string_view value) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-._~:[]%!$&'()*+,;=").contains(c);
    };
    return !value.empty() && std::all_of(value.begin(), value.end(), allowed);
}

bool is_plain_number(std::string_view value) {
    return !value.empty() && value.size() <= 19 &&
           std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

// What Beast calls while it parses. Views of the head point into request.storage, which is what it is given.
class RequestParser::Machine final : public beast_http::basic_parser<true> {
 public:
    explicit Machine(Request& request) : request_(request) {
        header_limit(kBeastHeaderBytesMax);
        body_limit(boost::none);
        eager(true);
    }

    std::string_view method_text;
    int version = 0;
    std::size_t body_bytes_max = 0;

 private:
    void on_request_impl(beast_http::verb, BeastString method, BeastString target, int http_version,
                         ErrorFromBeast&) override {
        method_text = to_std(method);
        request_.target = to_std(target);
        version = http_version;
    }
    void on_field_impl(beast_http::field, BeastString name, BeastString value, ErrorFromBeast&) override {
        if (!in_body_) request_.fields.push_back({to_std(name), to_std(value)});  // else a trailer: dropped
    }
    void on_header_impl(ErrorFromBeast&) override { in_body_ = true; }
    std::size_t on_chunk_body_impl(std::uint64_t, BeastString part, ErrorFromBeast& error) override {
        if (part.size() > body_bytes_max - request_.body.size()) {
            error = beast_http::error::body_limit;
            return 0;
        }
        request_.body.append(part.data(), part.size());
        return part.size();
    }
    void on_chunk_header_impl(std::uint64_t size, BeastString, ErrorFromBeast& error) override {
        if (size > body_bytes_max - request_.body.size()) error = beast_http::error::body_limit;
    }
    void on_response_impl(int, BeastString, int, ErrorFromBeast&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorFromBeast&) override {}
    std::size_t on_body_impl(BeastString part, ErrorFromBeast&) override { return part.size(); }
    void on_finish_impl(ErrorFromBeast&) override {}

    Request& request_;
    bool in_body_ = false;
};

RequestParser::RequestParser(const HeadLimits& limits) : limits_(limits), scanner_(limits) {}
RequestParser::~RequestParser() = default;

void RequestParser::start() {
    scanner_.restart();
    machine_.reset();
    request_.reset();
    body_bytes_max_ = 0;
    body_bytes_left_ = 0;
    http10_ = false;
    expects_continue_ = false;
    refusal_ = {};
}

RequestParser::Step RequestParser::refuse(int status, std::string_view detail) {
    refusal_ = {status, detail};
    return Step::Refused;
}

bool RequestParser::fault(int status, std::string_view detail) {
    refuse(status, detail);
    return false;
}

RequestParser::Step RequestParser::read_head(std::string_view input, std::size_t& taken) {
    taken = 0;
    if (!scanner_.scan(input)) {
        return scanner_.refusal() ? refuse(scanner_.refusal().status, scanner_.refusal().detail) : Step::NeedMore;
    }
    request_ = std::make_shared<Request>();
    request_->storage.assign(input.substr(0, scanner_.head_bytes()));
    request_->fields.reserve(12);
    machine_ = std::make_unique<Machine>(*request_);
    taken = scanner_.head_bytes();

    ErrorFromBeast error;
    machine_->put(boost::asio::const_buffer(request_->storage.data(), request_->storage.size()), error);
    if (error == beast_http::error::bad_version && names_other_version(request_->storage)) {
        return refuse(505, "This server speaks HTTP/1.1.");
    }
    if (error) {
        refusal_ = refusal_of(error);
        return Step::Refused;
    }
    return finish_head();
}

// What Beast leaves to us, in the order in which a client should hear of it.
RequestParser::Step RequestParser::finish_head() {
    GALLEY_CHECK(machine_->is_header_done());
    http10_ = machine_->version == 10;
    const auto method = parse_method(machine_->method_text);
    if (!method) return refuse(501, "The method is not known.");
    request_->method = *method;
    if (request_->target.size() > limits_.url_bytes_max) return refuse(414, "The URL is too long.");
    if (!check_target() || !check_fields()) return Step::Refused;
    body_bytes_left_ = content_length().value_or(0);
    return Step::Done;
}

// https://www.rfc-editor.org/rfc/rfc9112#section-3.2 — origin-form, absolute-form (its authority is not used), or * for
// OPTIONS.
bool RequestParser::check_target() {
    std::string_view target = request_->target;
    const auto is_url_character = [](char c) { return c > ' ' && c < 0x7f && c != '#'; };
    if (!std::all_of(target.begin(), target.end(), is_url_character)) {
        return fault(400, "The request target is not well-formed.");
    }
    for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
        if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const std::size_t slash = target.find_first_of("/?", scheme.size());
        target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
    }
    if (!target.starts_with('/') && !(target == "*" && request_->method == Method::Options)) {
        return fault(400, "The request target is not a path.");
    }
    const std::size_t query = target.find('?');
    request_->path = target.substr(0, query);
    if (query != std::string_view::npos) request_->query = target.substr(query + 1);
    return true;
}

// https://www.rfc-editor.org/rfc/rfc9112#section-3.2 (Host), #section-6 (framing), RFC 9110 §10.1.1 (Expect).
bool RequestParser::check_fields() {
    int hosts = 0;
    int lengths = 0;
    int encodings = 0;
    for (const auto& [name, value] : request_->fields) {
        if (equal_ignoring_case(name, "Host")) {
            if (++hosts > 1 || !is_host(value)) return fault(400, "There must be one well-formed Host field.");
        } else if (equal_ignoring_case(name, "Content-Length")) {
            if (++lengths > 1 || !is_plain_number(value))
                return fault(400, "There must be one numeric Content-Length.");
        } else if (equal_ignoring_case(name, "Transfer-Encoding")) {
            if (!equal_ignoring_case(value, "chunked")) return fault(501, "The only transfer coding is chunked.");
            ++encodings;
        } else if (equal_ignoring_case(name, "Expect") && !http10_) {
            if (!equal_ignoring_case(value, "100-continue")) return fault(417, "The only expectation is 100-continue.");
            expects_continue_ = true;
        }
    }
    if (hosts == 0 && !http10_) return fault(400, "The Host field is missing.");
    if (encodings > 1 || (encodings == 1 && (lengths > 0 || http10_))) {
        return fault(400, "Transfer-Encoding conflicts with another field or the version.");
    }
    return true;
}

bool RequestParser::has_body() const {
    return machine_->chunked() || content_length().value_or(0) > 0;
}

std::optional<std::uint64_t> RequestParser::content_length() const {
    if (machine_->chunked()) return std::nullopt;
    const auto length = machine_->content_length();
    return length ? *length : 0;
}

bool RequestParser::keep_alive() const {
    return machine_->keep_alive();
}

RequestParser::Step RequestParser::read_body(std::string_view input, std::size_t& taken) {
    taken = 0;
    return machine_->chunked() ? take_chunks(input, taken) : take_sized_body(input, taken);
}

// OPTIMIZATION: a body of known size needs no parser.
RequestParser::Step RequestParser::take_sized_body(std::string_view input, std::size_t& taken) {
    if (request_->body.empty() && body_bytes_left_ > 0) {
        if (body_bytes_left_ > body_bytes_max_) return refuse(413, "The body is too large.");
        request_->body.reserve(std::min<std::size_t>(body_bytes_left_, kBodyReserveBytesMax));
    }
    taken = std::min<std::uint64_t>(input.size(), body_bytes_left_);
    request_->body.append(input.substr(0, taken));
    body_bytes_left_ -= taken;
    return body_bytes_left_ == 0 ? Step::Done : Step::NeedMore;
}

RequestParser::Step RequestParser::take_chunks(std::string_view input, std::size_t& taken) {
    machine_->body_bytes_max = body_bytes_max_;
    ErrorFromBeast error;
    while (!machine_->is_done()) {
        const std::size_t step =
            machine_->put(boost::asio::const_buffer(input.data() + taken, input.size() - taken), error);
        taken += step;
        if (error == beast_http::error::need_more) break;
        if (error) {
            refusal_ = refusal_of(error);
            return Step::Refused;
        }
        if (step == 0 && taken == input.size()) break;
    }
    if (machine_->is_done()) return Step::Done;
    // What Beast has not taken is an unfinished chunk header or trailer; it would wait for a CR LF for ever.
    const std::string_view unfinished = input.substr(taken);
    if (has_bare_newline(unfinished)) return refuse(400, "A line does not end in CR LF.");
    if (unfinished.size() > limits_.header_bytes_max) return refuse(400, "A chunk header is too long.");
    return Step::NeedMore;
}

}  // namespace galley::net
