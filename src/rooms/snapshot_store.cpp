#include "rooms/snapshot_store.h"

#include "rooms/list_walk.h"
#include "rooms/room_store.h"

namespace galley::rooms {

using store::Blob;
using store::Executor;
using store::Row;

namespace {

constexpr int number(SnapshotState state) {
    return static_cast<int>(state);
}

constexpr SnapshotTransition kRendered = snapshot_transition(SnapshotEvent::Rendered);
constexpr SnapshotTransition kRenderFailed = snapshot_transition(SnapshotEvent::RenderFailed);
constexpr SnapshotTransition kRenderRetried = snapshot_transition(SnapshotEvent::RenderRetried);

Snapshot read_snapshot(const Row& row) {
    Snapshot snapshot;
    snapshot.id = {row.integer(0), static_cast<std::uint32_t>(row.integer(1))};
    snapshot.room_id = row.text(2);
    snapshot.title = row.text(3);
    snapshot.created_by = row.text(4);
    snapshot.created_at = from_unix_ms(row.integer(5));
    snapshot.includes = Includes::from_bits(row.integer(6));
    snapshot.state = static_cast<SnapshotState>(row.integer(7));
    if (!row.is_null(8)) snapshot.content_hash = digest_from_bytes(row.blob(8));
    snapshot.file_size = row.integer(9);
    if (!row.is_null(10)) snapshot.page_count = static_cast<int>(row.integer(10));
    snapshot.error = row.optional_text(11);
    if (!row.is_null(12)) snapshot.completed_at = from_unix_ms(row.integer(12));
    return snapshot;
}

Result<void> hold_document(Executor& executor, const RenderedDocument& document, Time now) {
    const Blob hash{document.content_hash.view()};
    GALLEY_TRY(
        const std::int64_t held,
        executor.execute("UPDATE document SET reference_count = reference_count + 1 WHERE content_hash = $1", {hash}));
    if (held > 0) return {};
    GALLEY_TRY_VOID(executor.execute(
        "INSERT INTO document (content_hash, input, reference_count, file_size, page_count, created_at) "
        "VALUES ($1, $2, 1, $3, $4, $5)",
        {hash, document.input, document.file_size, document.page_count, to_unix_ms(now)}));
    return {};
}

// Gives up one reference; true when it was the last.
Result<bool> release_document(Executor& executor, const Digest& content_hash) {
    const Blob hash{content_hash.view()};
    GALLEY_TRY_VOID(
        executor.execute("UPDATE document SET reference_count = reference_count - 1 WHERE content_hash = $1", {hash}));
    GALLEY_TRY(const std::int64_t removed,
               executor.execute("DELETE FROM document WHERE content_hash = $1 AND reference_count <= 0", {hash}));
    return removed > 0;
}

}  // namespace

Result<SnapshotId> SnapshotStore::create_in(Executor& executor, const NewSnapshot& snapshot, Time now) const {
    SnapshotId id{0, snapshot.tag};
    GALLEY_TRY_VOID(
        executor.each("INSERT INTO snapshot (tag, room_id, title, created_by, created_at, includes, state) "
                      "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING seq",
                      {snapshot.tag, snapshot.room_id, snapshot.title, snapshot.created_by, to_unix_ms(now),
                       snapshot.includes.bits(), number(SnapshotState::Generating)},
                      [&](const Row& row) -> Result<void> {
                          id.seq = row.integer(0);
                          return {};
                      }));
    return id;
}

Result<bool> SnapshotStore::complete_in(Executor& executor, SnapshotId id, const RenderedDocument& document,
                                        Time now) const {
    GALLEY_TRY(const std::int64_t changed,
               executor.execute("UPDATE snapshot SET state = $3, content_hash = $4, file_size = $5, page_count = $6, "
                                "completed_at = $7, error = NULL WHERE seq = $1 AND tag = $2 AND state = $8",
                                {id.seq, id.tag, number(kRendered.to), Blob{document.content_hash.view()},
                                 document.file_size, document.page_count, to_unix_ms(now), number(kRendered.from)}));
    if (changed == 0) return false;
    GALLEY_TRY_VOID(hold_document(executor, document, now));
    return true;
}

Result<void> SnapshotStore::fail_in(Executor& executor, SnapshotId id, std::string_view error, Time now) const {
    GALLEY_TRY_VOID(executor.execute(
        "UPDATE snapshot SET state = $3, error = $4, completed_at = $5 WHERE seq = $1 AND tag = $2 AND state = $6",
        {id.seq, id.tag, number(kRenderFailed.to), error, to_unix_ms(now), number(kRenderFailed.from)}));
    return {};
}

Result<void> SnapshotStore::reopen_in(Executor& executor, SnapshotId id) const {
    GALLEY_TRY_VOID(executor.execute(
        "UPDATE snapshot SET state = $3, error = NULL, completed_at = NULL WHERE seq = $1 AND tag = $2 AND state = $4",
        {id.seq, id.tag, number(kRenderRetried.to), number(kRenderRetried.from)}));
    return {};
}

Result<Removed> SnapshotStore::remove_in(Executor& executor, std::string_view room_id, SnapshotId id) const {
    std::optional<Digest> content_hash;
    bool found = false;
    GALLEY_TRY_VOID(
        executor.each("DELETE FROM snapshot WHERE seq = $1 AND tag = $2 AND room_id = $3 RETURNING content_hash",
                      {id.seq, id.tag, room_id}, [&](const Row& row) -> Result<void> {
                          found = true;
                          if (!row.is_null(0)) content_hash = digest_from_bytes(row.blob(0));
                          return {};
                      }));
    if (!found) return fail(ErrorCode::NotFound, "no such snapshot");
    executor.after_commit([this, seq = id.seq] { completed_.forget(seq); });
    if (!content_hash) return Removed{};
    GALLEY_TRY(const bool last, release_document(executor, *content_hash));
    return last ? Removed{content_hash} : Removed{};
}

Result<std::vector<Digest>> SnapshotStore::remove_room_in(Executor& executor, std::string_view room_id) const {
    std::vector<Digest> held;
    executor.after_commit([this] { completed_.forget_all(); });
    GALLEY_TRY_VOID(executor.each("DELETE FROM snapshot WHERE room_id = $1 RETURNING content_hash", {room_id},
                                  [&](const Row& row) -> Result<void> {
                                      if (!row.is_null(0)) held.push_back(digest_from_bytes(row.blob(0)));
                                      return {};
                                  }));
    std::vector<Digest> orphans;
    for (const Digest& content_hash : held) {
        GALLEY_TRY(const bool last, release_document(executor, content_hash));
        if (last) orphans.push_back(content_hash);
    }
    return orphans;
}

Result<std::vector<Digest>> SnapshotStore::documents_of(std::string_view room_id) const {
    return database_.read([&](Executor& executor) -> Result<std::vector<Digest>> {
        std::vector<Digest> found;
        GALLEY_TRY_VOID(
            executor.each("SELECT DISTINCT content_hash FROM snapshot WHERE room_id = $1 AND content_hash IS NOT NULL",
                          {room_id}, [&](const Row& row) -> Result<void> {
                              found.push_back(digest_from_bytes(row.blob(0)));
                              return {};
                          }));
        return found;
    });
}

Result<Snapshot> SnapshotStore::get(std::string_view room_id, SnapshotId id) const {
    std::uint64_t generation = 0;
    if (const auto known = completed_.find(id.seq, generation)) {
        if ((*known)->id == id && (*known)->room_id == room_id) return **known;
        return fail(ErrorCode::NotFound, "no such snapshot");
    }
    GALLEY_TRY(Snapshot snapshot, read(room_id, id));
    if (snapshot.state == SnapshotState::Completed) {
        completed_.remember(id.seq, std::make_shared<const Snapshot>(snapshot), generation);
    }
    return snapshot;
}

Result<Snapshot> SnapshotStore::read(std::string_view room_id, SnapshotId id) const {
    return database_.read([&](Executor& executor) -> Result<Snapshot> {
        std::optional<Snapshot> found;
        GALLEY_TRY_VOID(
            executor.each("SELECT seq, tag, room_id, title, created_by, created_at, includes, state, content_hash, "
                          "file_size, page_count, "
                          "error, completed_at FROM snapshot WHERE seq = $1 AND tag = $2 AND room_id = $3",
                          {id.seq, id.tag, room_id}, [&](const Row& row) -> Result<void> {
                              found = read_snapshot(row);
                              return {};
                          }));
        if (!found) return fail(ErrorCode::NotFound, "no such snapshot");
        return std::move(*found);
    });
}

Result<SnapshotPage> SnapshotStore::list(std::string_view room_id, const SnapshotListFilter& filter) const {
    const int rows_max = filter.state || filter.created_by ? kListStretch : filter.limit;
    return database_.read([&](Executor& executor) -> Result<SnapshotPage> {
        SnapshotPage page;
        ListWalk walk(filter.limit, rows_max);
        GALLEY_TRY_VOID(executor.each(
            "SELECT seq, tag, room_id, title, created_by, created_at, includes, state, content_hash, file_size, "
            "page_count, error, completed_at FROM snapshot WHERE room_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
            {room_id, filter.before.value_or(INT64_MAX), rows_max}, [&](const Row& row) -> Result<void> {
                if (walk.is_full()) return {};
                const bool wanted = (!filter.state || row.integer(7) == number(*filter.state)) &&
                                    (!filter.created_by || row.text(4) == *filter.created_by);
                walk.saw(row.integer(0), wanted);
                if (wanted) page.snapshots.push_back(read_snapshot(row));
                return {};
            }));
        page.next = walk.next();
        return page;
    });
}

Result<KeptInput> SnapshotStore::kept_input(const Digest& content_hash) const {
    return database_.read([&](Executor& executor) -> Result<KeptInput> {
        GALLEY_TRY(const store::Rows rows,
                   executor.query("SELECT input, page_count FROM document WHERE content_hash = $1",
                                  {Blob{content_hash.view()}}));
        if (rows.empty()) return fail(ErrorCode::NotFound, "no kept input for this document");
        return KeptInput{std::string(rows[0].text(0)), static_cast<int>(rows[0].integer(1))};
    });
}

}  // namespace galley::rooms
