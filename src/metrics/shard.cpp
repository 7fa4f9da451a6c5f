#include "metrics/shard.h"

#include <atomic>

namespace galley::metrics {

std::size_t next_thread_shard() {
    static std::atomic<std::size_t> dealt{0};
    return dealt.fetch_add(1, std::memory_order_relaxed) % kShards;
}

}  // namespace galley::metrics
