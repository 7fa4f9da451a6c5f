#include "net/web_client.h"

#include <algorithm>
#include <array>

#include "base/version.h"
#include "codec/decompression.h"
#include "net/web_address.h"
#include "os/clock.h"

namespace galley::net {

namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr int kRedirects[] = {301, 302, 303, 307, 308};

std::string request_text(const WebAddress& address) {
    std::string out = "GET " + address.target + " HTTP/1.1\r\nHost: " + address.authority();
    out += "\r\nUser-Agent: galley/" + std::string(kVersion);
    out += "\r\nAccept: */*\r\nAccept-Encoding: zstd, br, gzip\r\nConnection: close\r\n\r\n";
    return out;
}

Result<Bytes> decoded(std::string_view name, Bytes body, std::uint64_t bytes_max) {
    if (name.empty()) return body;
    const auto coding = codec::coding_of(name);
    if (!coding)
        return fail(ErrorCode::Unsupported, "the answer has the content coding " + std::string(name.substr(0, 50)) +
                                                ", which was not asked for");
    if (*coding == codec::Coding::Identity) return body;
    Result<Bytes> unpacked = codec::decompress(*coding, body, bytes_max);
    if (!unpacked) unpacked.error().message = "the answer cannot be unpacked: " + unpacked.error().message;
    return unpacked;
}

Error told_in_time(Error error, const char* what, Duration time_max) {
    if (error.code == ErrorCode::DeadlineExceeded)
        error.message = std::string(what) + " within " + std::to_string(time_max.count()) + " ms";
    return error;
}

Error told(Error error, const WebAddress& address, std::string_view first_url) {
    const std::string last = address.text();
    if (last != first_url) error.message += " (redirected from " + std::string(first_url) + ")";
    error.where = last;
    return error;
}

}  // namespace

Result<std::unique_ptr<WebClient>> WebClient::create(const WebOptions& options, const HostResolver& resolver) {
    GALLEY_TRY(AddressGuard guard, AddressGuard::parse(options.guard));
    std::unique_ptr<WebClient> client(new WebClient(std::move(guard), options, resolver));
    if (!options.ca_file.empty()) GALLEY_TRY_VOID(client->roots());  // a fault in it is told at once
    return client;
}

Result<const TlsRoots*> WebClient::roots() const {
    const MutexLock lock(mutex_);
    if (!roots_) {
        GALLEY_TRY(roots_, TlsRoots::load(ca_file_));
    }
    return roots_.get();
}

Result<void> WebClient::check(std::string_view url) const {
    GALLEY_TRY(const WebAddress address, parse_web_address(url));
    return address.ip ? guard_.check_address(*address.ip, address.host) : guard_.check_name(address.host);
}

Result<WebAnswer> WebClient::get(const WebRequest& request) const {
    GALLEY_TRY(WebAddress address, parse_web_address(request.url));
    const Patience patience(os::system_clock().monotonic() + limits_.time_max, request.stop);
    return follow(std::move(address), request, patience);
}

Result<WebAnswer> WebClient::follow(WebAddress address, const WebRequest& request, const Patience& patience) const {
    const std::string first_url = address.text();
    const std::uint64_t bytes_max = std::min(limits_.bytes_max, request.bytes_max);
    const auto failed = [&](Error error) { return fail(told(std::move(error), address, first_url)); };
    for (std::int64_t hop = 0; hop <= limits_.redirects_max; ++hop) {
        ResponseReader reader({.header_bytes_max = limits_.header_bytes_max, .body_bytes_max = bytes_max});
        if (auto done = exchange(address, patience, reader); !done) return failed(std::move(done.error()));
        const std::string_view location = reader.field("Location");
        if (std::ranges::find(kRedirects, reader.status()) == std::end(kRedirects) || location.empty()) {
            Result<Bytes> body = decoded(reader.field("Content-Encoding"), reader.take_body(), bytes_max);
            if (!body) return failed(std::move(body.error()));
            return WebAnswer{reader.status(), address.text(), std::string(reader.field("Content-Type")),
                             std::move(*body)};
        }
        Result<WebAddress> next = resolve_web_address(address, location);
        if (!next)
            return failed({next.error().code, "it redirects to where nothing is fetched: " + next.error().message});
        address = std::move(*next);
    }
    return failed({ErrorCode::LimitExceeded, "more than " + std::to_string(limits_.redirects_max) + " redirects"});
}

// The first that answers, each with its share of the time that is left.
Result<OutgoingConnection> WebClient::connect_to_any(const std::vector<IpAddress>& candidates,
                                                     const WebAddress& address, const Patience& patience) const {
    Error first_error;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const MonotonicTime now = os::system_clock().monotonic();
        const auto share = (patience.end() - now) / static_cast<std::int64_t>(candidates.size() - i);
        Result<void> allowed = guard_.check_address(candidates[i], address.host);
        Result<OutgoingConnection> opened =
            !allowed ? fail(std::move(allowed.error()))
                     : OutgoingConnection::open(candidates[i], address.port, patience.until(now + share));
        if (opened || opened.error().code == ErrorCode::Cancelled) return opened;
        if (i == 0) first_error = std::move(opened.error());
    }
    return fail(std::move(first_error));
}

Result<OutgoingConnection> WebClient::connect(const WebAddress& address, const Patience& patience) const {
    GALLEY_TRY_VOID(guard_.check_name(address.host));
    std::vector<IpAddress> candidates;
    if (address.ip) {
        candidates.push_back(*address.ip);
    } else {
        GALLEY_TRY(candidates, resolver_.addresses_of(address.host, patience));
    }
    GALLEY_TRY(OutgoingConnection connection, connect_to_any(candidates, address, patience));
    if (!address.tls) return connection;
    GALLEY_TRY(const TlsRoots* trusted, roots());
    GALLEY_TRY_VOID(connection.start_tls(*trusted, address, patience));
    return connection;
}

Result<void> WebClient::exchange(const WebAddress& address, const Patience& patience, ResponseReader& reader) const {
    const MonotonicTime now = os::system_clock().monotonic();
    Result<OutgoingConnection> connection = connect(address, patience.until(now + limits_.connect_time_max));
    if (!connection)
        return fail(told_in_time(std::move(connection.error()), "no connection", limits_.connect_time_max));
    const Result<void> sent = connection->send(request_text(address), patience);
    if (!sent) return fail(told_in_time(sent.error(), "the request was not taken", limits_.time_max));
    auto step = ResponseReader::Step::NeedMore;
    std::array<char, kReadBytes> buffer;
    while (step == ResponseReader::Step::NeedMore) {
        const Result<std::size_t> size = connection->read(buffer, patience);
        if (!size) return fail(told_in_time(size.error(), "no whole answer", limits_.time_max));
        step = *size == 0 ? reader.end() : reader.take({buffer.data(), *size});
    }
    if (step == ResponseReader::Step::Refused) return fail(reader.error());
    return {};
}

}  // namespace galley::net
