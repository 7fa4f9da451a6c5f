// fuzz/http_request.cpp — HTTP request bytes, whole and in two pieces: both ways must give the same request, Beast's
// parser must read what we accept as we read it, and nothing may crash.
//
// Shape    input = one byte that says where to cut, then the bytes of one connection (pipelined requests included).
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/request_parser.h"
#include "net/router.h"

namespace {

using galley::net::RequestParser;

constexpr std::size_t kBodyBytesMax = 4096;
constexpr int kRequestsMax = 64;

// The second opinion: one request as Beast reads it. Beast is the laxer of the two, so it must accept what we do.
void check_by_beast(std::string_view wire, const galley::net::Request& request) {
    namespace http = boost::beast::http;
    http::request_parser<http::string_body> parser;
    parser.header_limit(1 << 20);
    parser.body_limit(boost::none);
    parser.eager(true);
    boost::system::error_code error;
    while (!wire.empty() && !parser.is_done() && !error) {
        const std::size_t taken = parser.put(boost::asio::const_buffer(wire.data(), wire.size()), error);
        if (taken == 0) break;
        wire.remove_prefix(taken);
    }
    GALLEY_CHECK(!error && parser.is_done() && wire.empty());
    const auto& message = parser.get();
    GALLEY_CHECK(message.method_string() == galley::net::method_name(request.method));
    GALLEY_CHECK(message.target() == request.target);
    GALLEY_CHECK(message.body() == request.body);
    for (const auto& [name, value] : request.fields) GALLEY_CHECK(message.count(name) > 0);
}

// Feeds pieces as a connection does, and tells what came out of them.
class Feeder {
 public:
    void feed(std::string_view piece) {
        waiting_ += piece;
        while (!refused_ && requests_ < kRequestsMax && take_one()) {
        }
    }
    const std::string& story() const { return story_; }

 private:
    bool take_one() {
        if (!started_) {
            if (waiting_.empty()) return false;
            parser_.start();
            started_ = true;
        }
        if (!head_done_ && !take_head()) return false;
        std::size_t taken = 0;
        const RequestParser::Step step = parser_.read_body(waiting_, taken);
        taken_ += waiting_.substr(0, taken);
        waiting_.erase(0, taken);
        if (step != RequestParser::Step::Done) return stop(step);
        finish();
        return true;
    }
    bool take_head() {
        std::size_t taken = 0;
        const RequestParser::Step step = parser_.read_head(waiting_, taken);
        taken_ = waiting_.substr(0, taken);
        waiting_.erase(0, taken);
        if (step != RequestParser::Step::Done) return stop(step);
        parser_.set_body_bytes_max(kBodyBytesMax);
        head_done_ = true;
        return true;
    }
    bool stop(RequestParser::Step step) {
        if (step == RequestParser::Step::Refused) {
            refused_ = true;
            story_ += std::to_string(parser_.refusal().status) + "\n";
        }
        return false;
    }
    void finish() {
        const galley::net::Request& request = *parser_.request();
        story_ += std::string(galley::net::method_name(request.method)) + " " + std::string(request.path) + "?" +
                  std::string(request.query);
        for (const auto& [name, value] : request.fields) story_ += "\n" + std::string(name) + ":" + std::string(value);
        story_ += "\n" + request.body + "\n";
        GALLEY_CHECK(request.body.size() <= kBodyBytesMax);
        check_by_beast(taken_, request);
        started_ = head_done_ = false;
        ++requests_;
    }

    RequestParser parser_{galley::net::HeadLimits{}};
    std::string waiting_;
    std::string taken_;  // the request's own bytes
    std::string story_;
    bool started_ = false;
    bool head_done_ = false;
    bool refused_ = false;
    int requests_ = 0;
};

const galley::net::Router& router() {
    static const galley::net::Router instance([] {
        std::vector<galley::net::Endpoint> rows;
        for (const char* pattern : {"/a", "/a/{x}", "/a/{x}/b", "/a/b/{y}", "/files/{path*}"}) {
            galley::net::Endpoint row;
            row.pattern = pattern;
            rows.push_back(row);
        }
        return rows;
    }());
    return instance;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t cut = wire.size() * data[0] / 255;
    Feeder whole;
    whole.feed(wire);
    Feeder pieces;
    pieces.feed(wire.substr(0, cut));
    pieces.feed(wire.substr(cut));
    GALLEY_CHECK(whole.story() == pieces.story());
    router().match(galley::net::Method::Get, wire);
    return 0;
}
