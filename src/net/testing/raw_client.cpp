#include "net/testing/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "net/http.h"

namespace galley::net::testing {

bool RawAnswer::has_line(std::string_view line) const {
    return head.contains("\r\n" + std::string(line) + "\r\n");
}

std::string RawAnswer::field(std::string_view name) const {
    const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{kPatience.count(), 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

void RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // the server may well have closed; what it said is still to be read
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

RawAnswer RawClient::ask(std::string_view bytes, Expected expected) {
    send(bytes);
    return read(expected);
}

bool RawClient::fill() {
    std::array<char, 65536> part;
    const ssize_t size = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (size <= 0) return false;
    buffer_.append(part.data(), static_cast<std::size_t>(size));
    return true;
}

RawAnswer RawClient::read(Expected expected) {
    RawAnswer answer;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return {};
    }
    answer.head = buffer_.substr(0, end + 4);
    buffer_.erase(0, end + 4);
    const std::string length = answer.field("Content-Length");
    std::size_t size = 0;
    std::from_chars(length.data(), length.data() + length.size(), size);
    if (expected == Expected::HeadOnly) size = 0;
    while (buffer_.size() < size) {
        if (!fill()) return {};
    }
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    if (answer.head.starts_with("HTTP/1.1 ")) std::from_chars(&answer.head[9], &answer.head[12], answer.status);
    return answer;
}

std::string RawClient::read_bytes(std::size_t size) {
    while (buffer_.size() < size && fill()) {
    }
    std::string bytes = buffer_.substr(0, size);
    buffer_.erase(0, bytes.size());
    return bytes;
}

void RawClient::end_sending() {
    ::shutdown(socket_.get(), SHUT_WR);
}

void RawClient::leave(Leave how) {
    const linger reset{1, 0};
    if (how == Leave::Reset) setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    const Descriptor closed_at_the_end = std::move(socket_);
}

bool RawClient::at_end() {
    if (!buffer_.empty()) return false;
    char byte = 0;
    return ::recv(socket_.get(), &byte, 1, 0) == 0;
}

std::string get(std::string_view target, std::string_view more_lines) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: galley.test\r\n" + std::string(more_lines) + "\r\n";
}

}  // namespace galley::net::testing
