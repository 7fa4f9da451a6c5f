// src/jobs/snapshot/snapshot_kind.h — the kind `generate_pdf`: makes a snapshot's PDF in the background (R24–R26).
//
// Shape    input {"room_id","snapshot_id"}. Gather one consistent read → content hash → cache, or render once →
//          snapshot completed in
//          the transaction that completes the task. Progress 0 → 30 (data) → 60 (layout) → 80 (written) → 100. Result
//          {"snapshot_id","content_hash","file_size","page_count","cached"}.
// Errors   a room or snapshot that is gone fails for good; a disk that fails is tried again. The death of the child
//          process that renders ends the attempt (Outcome::died); that none can be made puts the task off.
// Owner    borrows all it is given. Threads any of the engine's workers.
#pragma once

#include "cache/document_cache.h"
#include "jobs/monitoring/metrics_journal.h"
#include "jobs/snapshot/room_renderer.h"
#include "os/clock.h"
#include "rooms/snapshot_input.h"
#include "rooms/snapshot_store.h"
#include "tasks/engine.h"

namespace galley::jobs {

inline constexpr const char* kSnapshotKind = "generate_pdf";
inline constexpr const char* kSnapshotQueue = "reports";

struct SnapshotParts {
    rooms::SnapshotStore& snapshots;
    const rooms::SnapshotGatherer& gatherer;
    const RoomRenderer& renderer;
    cache::DocumentCache& documents;
    MetricsJournal& journal;
    const os::Clock& clock;
};

void register_snapshot_kind(tasks::TaskEngine& engine, const SnapshotParts& parts);

// The task that goes with a snapshot; enqueue it in the transaction that creates the snapshot.
tasks::NewTask snapshot_task(std::string_view room_id, rooms::SnapshotId id, rooms::Includes includes);

}  // namespace galley::jobs
