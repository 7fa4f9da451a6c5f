#include "net/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace galley::net {

namespace {

constexpr int kBacklog = 1024;
constexpr std::size_t kIpv6GroupBytes = 8;
constexpr int kLongAnswerUnsentBytes = 16 * 1024;

std::unexpected<Error> fail_errno(const char* call) {
    return fail(ErrorCode::Unavailable, std::string(call) + ": " + std::generic_category().message(errno));
}

Result<std::pair<sockaddr_storage, socklen_t>> parse_address(const std::string& address, std::uint16_t port) {
    sockaddr_storage storage{};
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        return std::pair(storage, socklen_t{sizeof(v4)});
    }
    if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        return std::pair(storage, socklen_t{sizeof(v6)});
    }
    return fail(ErrorCode::InvalidInput, "not an IP address: " + address);
}

enum class Sharing : std::uint8_t { Exclusive, Shared };

Result<Descriptor> bind_to(const std::string& address, std::uint16_t port, Sharing sharing) {
    GALLEY_TRY(const auto parsed, parse_address(address, port));
    const auto& [storage, size] = parsed;
    Descriptor socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return fail_errno("socket");
    const int on = 1;
    setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (sharing == Sharing::Shared) setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0) return fail_errno("bind");
    return socket;
}

Peer peer_of_v4(const in_addr& address) {
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, &address, text.data(), text.size());
    return {text.data(), std::string(reinterpret_cast<const char*>(&address), sizeof(address))};
}

AcceptOutcome outcome_of_errno() {
    switch (errno) {
        case EAGAIN:
            return AcceptOutcome::NoneWaiting;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return AcceptOutcome::NoResources;
        default:
            return AcceptOutcome::TryAgain;  // that client is gone; the next may be there
    }
}

}  // namespace

Descriptor::~Descriptor() {
    if (valid()) close(descriptor_);
}

Result<Descriptor> listen_on(const std::string& address, std::uint16_t port) {
    GALLEY_TRY(Descriptor socket, bind_to(address, port, Sharing::Shared));
    if (listen(socket.get(), kBacklog) != 0) return fail_errno("listen");
    return socket;
}

Result<void> check_not_listened_on(const std::string& address, std::uint16_t port) {
    GALLEY_TRY_VOID(bind_to(address, port, Sharing::Exclusive));
    return {};
}

Result<std::uint16_t> local_port(const Descriptor& socket) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size) != 0) return fail_errno("getsockname");
    if (storage.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
    return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
}

Peer peer_of(const sockaddr_storage& address) {
    if (address.ss_family == AF_INET) return peer_of_v4(reinterpret_cast<const sockaddr_in&>(address).sin_addr);
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        in_addr v4{};
        std::memcpy(&v4, v6.s6_addr + 12, sizeof(v4));
        return peer_of_v4(v4);
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, &v6, text.data(), text.size());
    return {text.data(), std::string(reinterpret_cast<const char*>(&v6), kIpv6GroupBytes)};
}

std::string group_of(const std::string& address) {
    sockaddr_storage storage{};
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
        storage.ss_family = AF_INET;
    } else if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
        storage.ss_family = AF_INET6;
    } else {
        return {};
    }
    return peer_of(storage).group;
}

Accepted accept_from(int listener) {
    Accepted accepted;
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    accepted.socket =
        Descriptor(accept4(listener, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!accepted.socket.valid()) {
        accepted.outcome = outcome_of_errno();
        return accepted;
    }
    const int on = 1;
    setsockopt(accepted.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    accepted.peer = peer_of(address);
    accepted.outcome = AcceptOutcome::Accepted;
    return accepted;
}

// Not every kernel has to know them: without them only more waits in its buffers, and for longer.
void begin_long_answer(int socket, Duration patience) {
    const auto milliseconds = static_cast<unsigned>(patience.count());
    setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kLongAnswerUnsentBytes, sizeof(kLongAnswerUnsentBytes));
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
}

void end_long_answer(int socket) {
    constexpr int kSystemDefault = 0;
    setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kSystemDefault, sizeof(kSystemDefault));
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kSystemDefault, sizeof(kSystemDefault));
}

}  // namespace galley::net
