// src/rooms/snapshot_input.h — gathers what a snapshot prints, in one consistent read, and names it by content hash.
//
// Shape    gather(room, includes) → canonical JSON (RFC 8785) of exactly the printed fields, and SHA-256 over it with
//          template and
//          engine version. The same room version and options are gathered once and remembered.
// Errors   NotFound (room), Unavailable.
// Owner    borrows the database. Threads any.
// Limits   kInputsRemembered entries.
// Source   SPEC R24: lists are hashed in the order in which they are printed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"
#include "rooms/snapshot.h"
#include "store/database.h"

namespace galley::rooms {

inline constexpr std::size_t kInputsRemembered = 64;

struct SnapshotInput {
    Digest content_hash;
    SharedBytes canonical_json;
};

class SnapshotGatherer {
 public:
    // `renderer_version` names template and engine: whatever else decides the bytes.
    SnapshotGatherer(store::Database& database, std::string renderer_version);
    ~SnapshotGatherer();

    Result<SnapshotInput> gather(std::string_view room_id, Includes includes) const;

 private:
    class Memory;
    store::Database& database_;
    std::string renderer_version_;
    std::unique_ptr<Memory> memory_;
};

// The printed fields of a whole room (JSON of R20) as canonical JSON.
Result<std::string> printed_room(std::string_view room_json, Includes includes);

}  // namespace galley::rooms
