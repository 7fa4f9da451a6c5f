// src/net/socket.h — the few socket calls that the server needs, with descriptors that close themselves.
//
// Errors   listen_on, check_not_listened_on: InvalidInput (not an IP literal), Unavailable (the kernel refused).
// Threads  any; a descriptor is used by one thread at a time.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/time.h"

namespace galley::net {

class Descriptor {
 public:
    Descriptor() = default;
    explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
    Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~Descriptor();

    int get() const { return descriptor_; }
    bool valid() const { return descriptor_ >= 0; }
    int release() { return std::exchange(descriptor_, -1); }

 private:
    int descriptor_ = -1;
};

// Non-blocking, SO_REUSEADDR and SO_REUSEPORT, so that every loop may have its own.
Result<Descriptor> listen_on(const std::string& address, std::uint16_t port);
// Unavailable when somebody listens there already: SO_REUSEPORT would let a second server of the same user share the
// port in silence.
Result<void> check_not_listened_on(const std::string& address, std::uint16_t port);
Result<std::uint16_t> local_port(const Descriptor& socket);

struct Peer {
    std::string address;  // "192.0.2.1", "2001:db8::1"; v4-mapped addresses as IPv4
    std::string group;    // what connections_per_address_max counts: the IPv4 address, or the /64 of an IPv6 one
};
Peer peer_of(const sockaddr_storage& address);
// The group of an address in the form of Peer::address; "" when it is none.
std::string group_of(const std::string& address);

// For answers that go on for long: the kernel keeps little that is not sent yet, so that what waits can still change,
// and gives up a client that acknowledges nothing for `patience`.
void begin_long_answer(int socket, Duration patience);
void end_long_answer(int socket);

enum class AcceptOutcome : std::uint8_t { Accepted, NoneWaiting, TryAgain, NoResources };
struct Accepted {
    AcceptOutcome outcome = AcceptOutcome::NoneWaiting;
    Descriptor socket{};  // non-blocking, TCP_NODELAY
    Peer peer{};
};
Accepted accept_from(int listener);

}  // namespace galley::net
