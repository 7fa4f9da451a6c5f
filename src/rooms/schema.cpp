#include "rooms/schema.h"

namespace galley::rooms {

namespace {

// snapshot(tag) makes public ids unguessable; a snapshot is looked up by its row number, so no index of random keys.
// document: one row per content hash that some snapshot refers to; `input` is kept so that evicted files can be made
// again (R26).
constexpr store::Migration kMigrations[] = {
    {1, "rooms and snapshots", R"sql(
CREATE TABLE room (
    seq INTEGER PRIMARY KEY,
    room_id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE TABLE room_member (
    room_id TEXT NOT NULL,
    email TEXT NOT NULL,
    role INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, email)
) WITHOUT ROWID;
CREATE INDEX room_member_by_email ON room_member (email, room_id);
CREATE TABLE room_activity (
    room_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;
CREATE TABLE snapshot (
    seq INTEGER PRIMARY KEY,
    tag INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    title TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    includes INTEGER NOT NULL,
    state INTEGER NOT NULL,
    content_hash BLOB,
    file_size INTEGER NOT NULL DEFAULT 0,
    page_count INTEGER,
    error TEXT,
    completed_at INTEGER
);
CREATE INDEX snapshot_by_room ON snapshot (room_id, seq);
CREATE TABLE document (
    content_hash BLOB PRIMARY KEY,
    input TEXT NOT NULL,
    reference_count INTEGER NOT NULL,
    file_size INTEGER NOT NULL,
    page_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
)sql",
     nullptr},
};

}  // namespace

store::Component schema() {
    return {"rooms", kMigrations};
}

}  // namespace galley::rooms
