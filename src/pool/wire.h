// src/pool/wire.h — what server, pool parent and children say to each other: one packet a message.
//
// Shape    a packet is one fixed head and the bytes behind it (Tail). Both sides are the same program, so heads are
//          plain memory. What is larger than kInlineBytesMax lies in the shared area of the child instead, at
//          kAreaPayload; the word at kAreaStarted counts the jobs that the child began.
//
//              server → parent   Fork + [channel, area]     Kill
//              parent → server   Gone (on the child's channel, the last message there)
//              server → child    Job + input                File + [descriptor]
//              child → server    Ready   Progress + message   OpenFile + path   Reply + bytes   Fault + message, where
// Errors   parse: nothing when the packet is not one of that kind, whole.
// Threads  any.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "os/channel.h"

namespace galley::pool {

enum class Message : std::uint32_t {
    Fork = 1,
    Kill = 2,
    Gone = 3,
    Job = 4,
    File = 5,
    Ready = 6,
    Progress = 7,
    OpenFile = 8,
    Reply = 9,
    Fault = 10
};

inline constexpr std::size_t kInlineBytesMax = 32u << 10;
inline constexpr std::size_t kTextBytesMax = 4'000;  // of a progress message, a path, an error
inline constexpr std::uint64_t kAreaStarted = 0;
inline constexpr std::uint64_t kAreaPayload = 4096;
static_assert(kInlineBytesMax + 4096 < os::kPacketBytesMax && 2 * kTextBytesMax + 4096 < os::kPacketBytesMax);

struct ForkHead {
    Message message = Message::Fork;
    std::uint32_t child = 0;
    std::uint64_t memory_bytes_max = 0;
    std::uint64_t area_bytes = 0;
};
struct KillHead {
    Message message = Message::Kill;
    std::uint32_t child = 0;
};
struct GoneHead {
    Message message = Message::Gone;
    std::int32_t signal = 0;
    std::int32_t exit_status = 0;
    std::int32_t fork_error = 0;  // not 0: it never lived
    std::uint64_t peak_memory_bytes = 0;
    std::int64_t cpu_ms = 0;
};
struct JobHead {
    Message message = Message::Job;
    std::uint32_t job = 0;
    std::uint64_t input_bytes = 0;
    std::uint64_t cpu_seconds_max = 0;
    std::uint64_t reply_bytes_max = 0;
    std::uint32_t number = 0;  // of this child's jobs, from 1
    std::uint32_t in_area = 0;
};
struct FileHead {
    Message message = Message::File;
    std::uint32_t opened = 0;
    std::uint64_t size_bytes = 0;
};
struct ReadyHead {
    Message message = Message::Ready;
    std::uint8_t system_calls = 0, files = 0, capabilities = 0, memory = 0;
};
struct ProgressHead {
    Message message = Message::Progress;
    std::uint32_t percent = 0;
};
struct OpenFileHead {
    Message message = Message::OpenFile;
    std::uint32_t reserved = 0;
};
struct ReplyHead {
    Message message = Message::Reply;
    std::uint32_t in_area = 0;
    std::uint64_t bytes = 0;
    std::uint64_t peak_memory_bytes = 0;
};
struct FaultHead {
    Message message = Message::Fault;
    std::uint8_t code = 0;
    std::uint8_t memory = 0;  // the job ran out of memory; the child ends
    std::uint16_t message_bytes = 0;
};

template <typename Head>
std::string_view head_bytes(const Head& head) {
    static_assert(std::has_unique_object_representations_v<Head> && std::is_trivially_copyable_v<Head>);
    return {reinterpret_cast<const char*>(&head), sizeof head};
}

template <typename Head>
std::string pack(const Head& head, std::string_view tail = {}) {
    std::string packet;
    packet.reserve(sizeof head + tail.size());
    packet += head_bytes(head);
    return packet += tail;
}

template <typename Head>
struct Parsed {
    Head head;
    std::string_view tail;
};
template <typename Head>
std::optional<Parsed<Head>> parse(std::string_view packet) {
    if (packet.size() < sizeof(Head)) return std::nullopt;
    Parsed<Head> parsed{{}, packet.substr(sizeof(Head))};
    std::memcpy(static_cast<void*>(&parsed.head), packet.data(), sizeof(Head));
    if (parsed.head.message != Head{}.message) return std::nullopt;
    return parsed;
}

}  // namespace galley::pool
