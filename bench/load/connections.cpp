#include "load/connections.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace galley::load {

namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

std::size_t number_after(std::string_view head, std::string_view name) {
    const std::size_t at = head.find(name);
    std::size_t value = 0;
    if (at != std::string_view::npos) {
        std::from_chars(head.data() + at + name.size(), head.data() + head.size(), value);
    }
    return value;
}

// The size of the answer's head and body; nullopt while more is to come.
std::optional<std::pair<std::size_t, std::size_t>> whole_answer(std::string_view received) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::size_t head = end + 4;
    const std::size_t body = number_after(received.substr(0, head), "\r\nContent-Length: ");
    if (received.size() < head + body) return std::nullopt;
    return std::pair(head, body);
}

}  // namespace

Connections::Connections(std::uint16_t port, std::size_t count)
    : port_(port), epoll_(epoll_create1(0)), all_(count), buffer_(kReadBytes) {
    for (std::size_t i = 0; i < count; ++i) {
        open(i);
        free_.push_back(i);
    }
}

Connections::~Connections() {
    for (One& one : all_) close(one);
    ::close(epoll_);
}

void Connections::open(std::size_t index) {
    One& one = all_[index];
    one.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port_);
    if (::connect(one.socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        throw std::runtime_error("cannot connect to port " + std::to_string(port_));
    }
    const int on = 1;
    ::setsockopt(one.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u64 = index}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, one.socket, &event);
    one.close_after = false;
    one.received.clear();
    one.unsent.clear();
}

void Connections::close(One& one) {
    if (one.socket >= 0) ::close(one.socket);
    one.socket = -1;
}

void Connections::send(std::string_view request, std::size_t tag) {
    const std::size_t index = free_.back();
    free_.pop_back();
    One& one = all_[index];
    if (one.socket < 0) open(index);
    one.busy = true;
    one.tag = tag;
    one.unsent = request;
    flush(one);
}

void Connections::flush(One& one) {
    while (!one.unsent.empty()) {
        const ssize_t sent = ::send(one.socket, one.unsent.data(), one.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0) return;  // EAGAIN waits for EPOLLOUT; a broken one is seen when it is read
        one.unsent.erase(0, static_cast<std::size_t>(sent));
    }
}

const std::vector<std::size_t>& Connections::ready(std::chrono::nanoseconds time_max) {
    std::array<epoll_event, 256> events;
    const timespec timeout{.tv_sec = time_max.count() / 1'000'000'000, .tv_nsec = time_max.count() % 1'000'000'000};
    const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    ready_.clear();
    for (int i = 0; i < count; ++i) {
        const auto index = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
        if ((events[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0) flush(all_[index]);
        ready_.push_back(index);
    }
    return ready_;
}

// True when there is something to tell: a whole answer, or the end of a connection in use.
bool Connections::take(std::size_t index, Reply& reply) {
    One& one = all_[index];
    bool ended = false;
    while (one.socket >= 0) {
        const ssize_t size = ::recv(one.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (size > 0) {
            one.received.append(buffer_.data(), static_cast<std::size_t>(size));
        } else {
            ended = size == 0 || errno != EAGAIN;
            break;
        }
    }
    const auto sizes = whole_answer(one.received);
    if (ended) close(one);
    if (!one.busy || (!sizes && !ended)) return false;
    reply.tag = one.tag;
    if (!sizes) return true;
    reply.head = std::string_view(one.received).substr(0, sizes->first);
    reply.body = std::string_view(one.received).substr(sizes->first, sizes->second);
    reply.status = static_cast<int>(number_after(reply.head, "HTTP/1.1 "));
    one.close_after = reply.head.find("\r\nConnection: close") != std::string_view::npos;
    return true;
}

void Connections::give_back(std::size_t index) {
    One& one = all_[index];
    if (one.close_after) close(one);
    one.busy = false;
    one.received.clear();
    free_.push_back(index);
}

}  // namespace galley::load
