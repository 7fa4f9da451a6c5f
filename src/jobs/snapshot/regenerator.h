// src/jobs/snapshot/regenerator.h — makes a document again from its kept input when its file was evicted or damaged
// (R26).
//
// Shape    regenerate(content_hash, done): done gets the bytes on the regenerator's thread; the cache has them again.
// Errors   Corrupt (no kept input), Unavailable (more than kWaitingMax waiting, or stopped), else the renderer's.
// Owner    borrows what it is given; stop() or the destructor ends its thread, answering Unavailable to who still
//          waits.
// Threads  any; the thread starts with the first request.
// Limits   kWaitingMax.
#pragma once

#include <functional>

#include "base/background_queue.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "cache/document_cache.h"
#include "jobs/snapshot/room_renderer.h"
#include "rooms/snapshot_store.h"

namespace galley::jobs {

class Regenerator {
 public:
    using Done = std::move_only_function<void(Result<SharedBytes>)>;
    static constexpr std::size_t kWaitingMax = 1'000;

    Regenerator(const rooms::SnapshotStore& snapshots, const RoomRenderer& renderer, cache::DocumentCache& documents);

    void regenerate(const Digest& content_hash, Done done);
    void stop() { queue_.stop(); }

 private:
    Result<SharedBytes> make(const Digest& content_hash);

    const rooms::SnapshotStore& snapshots_;
    const RoomRenderer& renderer_;
    cache::DocumentCache& documents_;
    BackgroundQueue queue_{kWaitingMax};
};

}  // namespace galley::jobs
