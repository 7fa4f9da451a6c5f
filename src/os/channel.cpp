#include "os/channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "os/clock.h"

namespace galley::os {
namespace {

constexpr std::size_t kControlBytes = CMSG_SPACE(sizeof(int) * kPacketDescriptorsMax);

Result<void> cannot(const char* what) {
    return fail(ErrorCode::Unavailable, std::string(what) + ": " + std::generic_category().message(errno));
}

void take_descriptors(msghdr& message, std::vector<Descriptor>& to) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part) + i * sizeof(int), sizeof number);
            to.emplace_back(number);
        }
    }
}

// Milliseconds for poll(2), rounded up.
int milliseconds_left(MonotonicTime deadline) {
    const auto left = deadline - system_clock().monotonic();
    if (left <= left.zero()) return 0;
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::min<std::int64_t>(whole, 3'600'000));
}

ssize_t receive_into(const Descriptor& channel, char* to, std::size_t size, int flags, msghdr& message) {
    iovec part{to, size};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    ssize_t received = 0;
    do received = recvmsg(channel.get(), &message, flags | MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    return received;
}

Received receive(const Descriptor& channel, Packet& packet, int flags) {
    packet.descriptors.clear();
    alignas(cmsghdr) char control[kControlBytes];
    msghdr message{};
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t size = 0;
    packet.bytes.resize_and_overwrite(kPacketBytesMax, [&](char* to, std::size_t room) {
        size = receive_into(channel, to, room, flags, message);
        return size > 0 ? static_cast<std::size_t>(size) : 0;
    });
    if (size < 0) return errno == EAGAIN ? Received::TimedOut : Received::Closed;
    take_descriptors(message, packet.descriptors);
    if ((message.msg_flags & MSG_TRUNC) != 0) return Received::TooLarge;
    return size == 0 ? Received::Closed : Received::Packet;  // no packet of ours is empty
}

}  // namespace

Result<ChannelPair> make_channel() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return std::unexpected(cannot("no channel to another process").error());
    }
    return ChannelPair{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<void> send_packet(const Descriptor& channel, std::string_view bytes, std::span<const int> descriptors) {
    GALLEY_CHECK(!bytes.empty() && bytes.size() <= kPacketBytesMax && descriptors.size() <= kPacketDescriptorsMax);
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) char control[kControlBytes] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* const rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = 0;
    do sent = sendmsg(channel.get(), &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? cannot("cannot send to another process") : Result<void>();
}

Received receive_packet(const Descriptor& channel, Packet& packet, std::optional<MonotonicTime> deadline) {
    if (!deadline) return receive(channel, packet, 0);
    for (;;) {
        const Received received = receive(channel, packet, MSG_DONTWAIT);
        if (received != Received::TimedOut) return received;
        pollfd ready{channel.get(), POLLIN, 0};
        const int left = milliseconds_left(*deadline);
        if (left == 0) return Received::TimedOut;
        poll(&ready, 1, left);
    }
}

Received receive_waiting_packet(const Descriptor& channel, Packet& packet) {
    return receive(channel, packet, MSG_DONTWAIT);
}

}  // namespace galley::os
