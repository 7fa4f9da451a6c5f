// src/os/channel.h — packets between two processes of one machine: whole or not at all, in order, with descriptors.
//
// Shape    make_channel() gives two ends of a SOCK_SEQPACKET pair. What one sends in a call the other receives in one.
// Errors   send_packet: Unavailable (the other end is closed, or the kernel has no memory for it).
//          receive_packet tells its end by Received: TooLarge for a packet above bytes_max, which is lost.
// Owner    descriptors that come along belong to the Packet.
// Threads  sends from any thread; receives from one at a time.
// Limits   kPacketBytesMax a packet, kPacketDescriptorsMax descriptors in it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "os/descriptor.h"

namespace galley::os {

inline constexpr std::size_t kPacketBytesMax = 64u << 10;
inline constexpr std::size_t kPacketDescriptorsMax = 4;

struct ChannelPair {
    Descriptor ours;
    Descriptor theirs;
};
Result<ChannelPair> make_channel();

struct Packet {
    std::string bytes;
    std::vector<Descriptor> descriptors;
};
enum class Received : unsigned char { Packet, Closed, TimedOut, TooLarge };

Result<void> send_packet(const Descriptor& channel, std::string_view bytes, std::span<const int> descriptors = {});
// Waits until `deadline`; without one for ever. Reuses the memory of `packet`.
Received receive_packet(const Descriptor& channel, Packet& packet, std::optional<MonotonicTime> deadline = {});
// What is there now, without waiting (TimedOut: nothing).
Received receive_waiting_packet(const Descriptor& channel, Packet& packet);

}  // namespace galley::os
