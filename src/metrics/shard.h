// src/metrics/shard.h — which of a metric's shards this thread writes to.
//
// Shape    a small number, dealt out to threads in turn on their first call; it stays the thread's own.
// Threads  any.
#pragma once

#include <cstddef>

namespace galley::metrics {

inline constexpr std::size_t kShards = 8;

std::size_t next_thread_shard();

inline std::size_t thread_shard() {
    thread_local const std::size_t shard = next_thread_shard();
    return shard;
}

}  // namespace galley::metrics
