#include "net/http_client.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>

namespace galley::net {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using HttpRequest = http::request<http::string_body>;

struct Target {
    bool tls = false;
    std::string host;  // without the brackets of IPv6
    std::string port;
    std::string authority;
    std::string path;
};

Result<Target> parse_target(const std::string& url) {
    const Error wrong{ErrorCode::InvalidInput, "a URL such as http://127.0.0.1:8000 is expected", url, {}};
    Target target;
    target.tls = url.starts_with("https://");
    if (!target.tls && !url.starts_with("http://")) return fail(wrong);
    if (url.find_first_of("\r\n \t@") != std::string::npos) return fail(wrong);
    const std::string rest = url.substr(target.tls ? 8 : 7);
    target.authority = rest.substr(0, rest.find('/'));
    target.path = rest.size() == target.authority.size() ? "/" : rest.substr(target.authority.size());
    const std::size_t host_end = target.authority.starts_with('[') ? target.authority.find(']') + 1 : 0;
    const std::size_t colon = target.authority.find(':', host_end);
    target.host = target.authority.substr(0, colon);
    target.port = colon != std::string::npos ? target.authority.substr(colon + 1) : target.tls ? "443" : "80";
    if (target.host.starts_with('[')) target.host = target.host.substr(1, target.host.size() - 2);
    if (target.host.empty() || target.port.empty()) return fail(wrong);
    return target;
}

HttpRequest request_of(const ClientCall& call, const Target& target) {
    HttpRequest request;
    request.version(11);
    request.method_string(call.method);
    request.target(target.path);
    request.set(http::field::host, target.authority);
    request.set(http::field::user_agent, "galley");
    request.set(http::field::accept, "application/json");
    request.set(http::field::connection, "close");
    if (!call.bearer.empty()) request.set(http::field::authorization, "Bearer " + call.bearer);
    if (!call.body.empty()) request.set(http::field::content_type, "application/json");
    request.body() = call.body;
    if (!call.body.empty() || call.method == "POST") request.prepare_payload();
    return request;
}

// `request` and `parser` are the caller's, who waits.
template <typename Stream>
asio::awaitable<void> exchange(Stream& stream, HttpRequest& request, http::response_parser<http::string_body>& parser) {
    co_await http::async_write(stream, request, asio::use_awaitable);
    beast::flat_buffer buffer;
    co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
}

class Exchange {
 public:
    Exchange(const ClientCall& call, Target target)
        : call_(call), target_(std::move(target)), request_(request_of(call, target_)) {
        parser_.body_limit(call.body_bytes_max);
    }

    // Throws what Boost throws.
    ClientAnswer run() {
        asio::io_context context(1);
        std::exception_ptr failure;
        asio::co_spawn(context, talk(context), [&](std::exception_ptr thrown) { failure = std::move(thrown); });
        context.run();
        if (failure) std::rethrow_exception(failure);
        return {static_cast<int>(parser_.get().result_int()), std::move(parser_.get().body())};
    }

 private:
    asio::awaitable<void> talk(asio::io_context& context) {
        tcp::resolver resolver(context);
        const auto found = co_await resolver.async_resolve(target_.host, target_.port, asio::use_awaitable);
        beast::tcp_stream plain(context);
        plain.expires_after(call_.time_max);
        co_await plain.async_connect(found, asio::use_awaitable);
        plain.expires_after(call_.time_max);
        if (target_.tls) {
            co_await talk_tls(std::move(plain));
        } else {
            co_await exchange(plain, request_, parser_);
        }
    }

    asio::awaitable<void> talk_tls(beast::tcp_stream plain) {
        asio::ssl::context rules(asio::ssl::context::tls_client);
        SSL_CTX_set_min_proto_version(rules.native_handle(), TLS1_2_VERSION);
        if (call_.ca_file.empty()) rules.set_default_verify_paths();
        if (!call_.ca_file.empty()) rules.load_verify_file(call_.ca_file);
        beast::ssl_stream<beast::tcp_stream> stream(std::move(plain), rules);
        stream.set_verify_mode(asio::ssl::verify_peer);
        stream.set_verify_callback(asio::ssl::host_name_verification(target_.host));
        SSL_set_tlsext_host_name(stream.native_handle(), target_.host.c_str());
        co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
        co_await exchange(stream, request_, parser_);
    }

    const ClientCall& call_;
    const Target target_;
    HttpRequest request_;
    http::response_parser<http::string_body> parser_;
};

}  // namespace

Result<ClientAnswer> ask(const ClientCall& call) {
    // A line break would end the field and begin another.
    const bool plain = call.bearer.find_first_of("\r\n") == std::string::npos;
    if (!plain) return fail(ErrorCode::InvalidInput, "the token has a line break");
    GALLEY_TRY(Target target, parse_target(call.url));
    try {
        return Exchange(call, std::move(target)).run();
    } catch (const boost::system::system_error& error) {
        const bool large = error.code() == http::error::body_limit;
        const ErrorCode code = large ? ErrorCode::LimitExceeded : ErrorCode::Unavailable;
        return fail(code, error.code().message(), call.url);
    }
}

}  // namespace galley::net
