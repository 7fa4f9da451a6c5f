// src/rooms/snapshot_store.h — snapshots and the documents they refer to, counted.
//
// Shape    a snapshot is created `generating`; complete_in() or fail_in() settle it in the transaction that settles its
//          task. A
//          completed snapshot holds one reference on its document row (content hash, kept input); the last reference
//          gone, the row
//          goes and remove_in() says so, for the cache to forget the file.
// Errors   get: NotFound, also for another room's id. All: Unavailable.
// Owner    borrows the database. Threads any; `…_in` inside a write or read.
// Source   SPEC R21–R22, R25–R26.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/remembered.h"
#include "rooms/snapshot.h"
#include "store/database.h"

namespace galley::rooms {

inline constexpr std::size_t kSnapshotsRemembered = 4096;

struct NewSnapshot {
    std::string room_id;
    std::string title;
    std::string created_by;
    Includes includes;
    std::uint32_t tag = 0;  // random
};

struct RenderedDocument {
    Digest content_hash;
    std::string_view input;  // canonical JSON, kept so that the file can be made again
    std::int64_t file_size = 0;
    int page_count = 0;
};

struct KeptInput {
    std::string input;
    int page_count = 0;
};

// Removal's outcome: the content hash that nothing refers to any more.
struct SnapshotListFilter {
    std::optional<SnapshotState> state{};
    std::optional<std::string> created_by{};
    std::optional<std::int64_t> before{};
    int limit = 50;
};

// Newest first. A filtered page may be short although more follow (kListStretch): go on while `next` is set.
struct SnapshotPage {
    std::vector<Snapshot> snapshots;
    std::optional<std::int64_t> next{};
};

struct Removed {
    std::optional<Digest> orphan;
};

class SnapshotStore {
 public:
    explicit SnapshotStore(store::Database& database) : database_(database), completed_(kSnapshotsRemembered) {}

    Result<SnapshotId> create_in(store::Executor& executor, const NewSnapshot& snapshot, Time now) const;
    // False when the snapshot was deleted meanwhile: then nothing is counted.
    Result<bool> complete_in(store::Executor& executor, SnapshotId id, const RenderedDocument& document,
                             Time now) const;
    Result<void> fail_in(store::Executor& executor, SnapshotId id, std::string_view error, Time now) const;
    Result<void> reopen_in(store::Executor& executor, SnapshotId id) const;  // its failed task is tried again
    Result<Removed> remove_in(store::Executor& executor, std::string_view room_id, SnapshotId id) const;
    // All of a room, whose tasks will find nothing to do; gives the orphans.
    Result<std::vector<Digest>> remove_room_in(store::Executor& executor, std::string_view room_id) const;

    Result<Snapshot> get(std::string_view room_id, SnapshotId id) const;
    Result<SnapshotPage> list(std::string_view room_id, const SnapshotListFilter& filter) const;
    // What the completed snapshots of a room show, in no order.
    Result<std::vector<Digest>> documents_of(std::string_view room_id) const;
    Result<KeptInput> kept_input(const Digest& content_hash) const;

 private:
    Result<Snapshot> read(std::string_view room_id, SnapshotId id) const;

    store::Database& database_;
    // By row number. A completed snapshot changes no more; only its removal makes us forget it.
    mutable Remembered<std::int64_t, std::shared_ptr<const Snapshot>> completed_;
};

}  // namespace galley::rooms
