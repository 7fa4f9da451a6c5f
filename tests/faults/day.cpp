#include "faults/day.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <semaphore>

#include "auth/audit.h"
#include "codec/json.h"
#include "jobs/snapshot/snapshot_kind.h"
#include "store/sqlite/sqlite_database.h"
#include "store/testing/fault_vfs.h"

namespace galley::faults {

using store::Executor;
using store::testing::FaultVfs;

namespace {

constexpr const char* kOwner = "owner@x.example";
constexpr Duration kPatience{60'000};  // of the real clock: only what hangs waits so long
constexpr int kMendAfter = 25;         // moments of waiting after which a disk that stays broken is mended
constexpr int kMomentsPerSecond = 5;   // of the fake clock
constexpr Duration kNoTimeout = std::chrono::hours(24);  // the fake clock runs faster than work on a busy machine

std::string room_json(const std::string& id, std::string_view title) {
    return fmt::format(
        R"({{"room":{{"id":"{}","reference":"R-1","title":"{}","location":"Fujairah"}},)"
        R"("parties":[{{"id":"p1","role":"owner","name":"Olga","company":"Aegean"}}],)"
        R"("activity":[{{"id":"a0","timestamp":"2026-01-01T08:00:00Z","actor":"Olga","text":"First"}}]}})",
        id, title);
}

std::string sha_of(std::string_view bytes) {
    return sha256(bytes).hex();
}

Result<Bytes> read_body(cache::DocumentBody body) {
    if (auto* bytes = std::get_if<SharedBytes>(&body.content)) return Bytes(bytes->view());
    auto& disk = std::get<cache::DiskFile>(body.content);
    return disk.file->read_at(disk.payload_offset, disk.payload_bytes);
}

}  // namespace

bool Day::step(std::string_view name, const Step& work) {
    if (FaultVfs::instance().power_is_cut()) return false;
    const Result<void> done = work();
    if (done) return true;
    if (FaultVfs::instance().power_is_cut()) return false;
    ledger_.refused.push_back(fmt::format("{}: {}", name, done.error().to_string()));
    if (done.error().code != ErrorCode::Unavailable)
        ledger_.complain("a failing disk answers " + ledger_.refused.back());
    FaultVfs::instance().break_disk(0);
    return false;
}

Result<void> Day::audited(Executor& executor, std::string_view action, const std::string& object) {
    return auth::append_audit(executor, {.who = kOwner,
                                         .action = std::string(action),
                                         .object = object,
                                         .from_address = {},
                                         .request_id = {},
                                         .time = service_.machine.clock.now()});
}

// ---- the script

void Day::morning() {
    switch_account_off("gone@x.example");
    put_room("room-1", "Crude transfer");
    put_room("room-2", "Another");
    const auto first = create_snapshot("room-1");
    const auto same = create_snapshot("room-1");
    const auto other = create_snapshot("room-1", {.documents = false, .activity = false, .approvals = false});
    const auto second_room = create_snapshot("room-2");
    enqueue_echoes(5);
    retry_a_failed_task();
    cancel_a_scheduled_task();
    if (!settle()) ledger_.complain("tasks are stuck in the morning");
    append_activity("room-1", "Pilot on board");
    const auto later = create_snapshot("room-1");
    if (!settle()) ledger_.complain("tasks are stuck before noon");
    for (const auto& id : {first, same, other, second_room, later}) {
        if (id) download(*id);
    }
    if (first) evict_and_download(*first);
    if (other) damage_and_download(*other);
    if (first) delete_snapshot(*first);
    if (later) delete_snapshot(*later);
    remove_room("room-2");
    flush_metrics();
}

void Day::afternoon() {
    put_room("room-1", "Crude transfer, as amended");
    const auto again = create_snapshot("room-1");
    create_snapshot("room-1", {.documents = true, .activity = true, .approvals = false});
    enqueue_echoes(3);
    if (!settle()) ledger_.complain("tasks are stuck in the afternoon");
    if (again) download(*again);
    tidy_cache();
    if (again) download(*again);
    back_up();
    clean_up_tasks();
    flush_metrics();
}

// ---- steps

void Day::put_room(const std::string& id, std::string_view title) {
    const codec::JsonDocument body = codec::JsonDocument::parse(room_json(id, title)).value();
    const bool done = step("put room", [&]() -> Result<void> {
        GALLEY_TRY_VOID(service_.database->write([&](Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(service_.rooms.put_in(executor, id, body.root(), kOwner, service_.machine.clock.now()));
            return audited(executor, "room_write", id);
        }));
        return {};
    });
    if (!done) return;
    ledger_.rooms.insert(id);
    ledger_.activity[id].clear();
    ++ledger_.audited;
}

void Day::switch_account_off(const std::string& email) {
    const bool done = step("switch account off", [&] {
        return service_.database->write([&](Executor& executor) {
            return service_.accounts.set_active(executor, email, false, service_.machine.clock.now());
        });
    });
    if (done) ledger_.accounts_off.insert(email);
    if (done == service_.accounts.is_active(email))
        ledger_.complain("the account's state is not what was acknowledged");
}

std::optional<std::string> Day::create_snapshot(const std::string& room, rooms::Includes includes) {
    if (!ledger_.rooms.contains(room)) return std::nullopt;
    rooms::SnapshotId id;
    const bool done = step("create snapshot", [&]() -> Result<void> {
        return service_.database->write([&](Executor& executor) -> Result<void> {
            const auto tag = static_cast<std::uint32_t>(service_.machine.random.random_u64());
            GALLEY_TRY(id, service_.snapshots.create_in(
                               executor,
                               {.room_id = room, .title = "t", .created_by = kOwner, .includes = includes, .tag = tag},
                               service_.machine.clock.now()));
            tasks::NewTask task = jobs::snapshot_task(room, id, includes);
            task.timeout = kNoTimeout;
            GALLEY_TRY_VOID(service_.engine.enqueue(executor, task));
            return audited(executor, "snapshot_create", room + "/" + to_string(id));
        });
    });
    if (!done) return std::nullopt;
    ledger_.snapshots[to_string(id)] = room;
    ++ledger_.audited;
    return to_string(id);
}

void Day::append_activity(const std::string& room, const std::string& text) {
    if (!ledger_.rooms.contains(room)) return;
    const bool done = step("append activity", [&] {
        return service_.database->write([&](Executor& executor) {
            const std::string entry =
                fmt::format(R"({{"id":"a1","timestamp":"2026-01-02T08:00:00Z","text":"{}"}})", text);
            return service_.rooms.append_activity_in(executor, room, entry, service_.machine.clock.now());
        });
    });
    if (done) ledger_.activity[room].insert(text);
}

std::optional<std::string> Day::enqueue(tasks::NewTask task) {
    std::optional<std::string> id;
    step("enqueue", [&]() -> Result<void> {
        GALLEY_TRY(const tasks::TaskRef ref, service_.engine.enqueue(task));
        id = ref.id;
        return {};
    });
    return id;
}

void Day::enqueue_echoes(int count) {
    std::vector<tasks::NewTask> batch;
    for (int i = 0; i < count; ++i) batch.push_back({.kind = "echo", .input = fmt::format("{}", i)});
    step("enqueue batch", [&]() -> Result<void> {
        GALLEY_TRY(const auto refs, service_.engine.enqueue_many(batch));
        for (std::size_t i = 0; i < refs.size(); ++i) ledger_.tasks[refs[i].id] = batch[i].input;
        return {};
    });
    if (const auto id = enqueue({.kind = "echo", .input = "\"alone\""})) ledger_.tasks[*id] = "\"alone\"";
}

void Day::cancel_a_scheduled_task() {
    const auto id = enqueue({.kind = "echo", .run_at = service_.machine.clock.now() + std::chrono::hours(24 * 300)});
    if (!id) return;
    ledger_.doubtful_tasks.insert(*id);
    const bool done = step("cancel", [&]() -> Result<void> {
        GALLEY_TRY_VOID(service_.engine.cancel(*id));
        return {};
    });
    if (done) ledger_.cancelled_tasks.insert(*id);
}

void Day::retry_a_failed_task() {
    const auto id = enqueue({.kind = kFailingKind});
    if (!id) return;
    if (!settle()) return ledger_.complain("tasks are stuck at the failing one");
    step("retry", [&]() -> Result<void> {
        GALLEY_TRY_VOID(service_.engine.retry(*id));
        return {};
    });
}

void Day::delete_snapshot(const std::string& id) {
    const std::string room = ledger_.snapshots.at(id);
    rooms::Removed removed;
    ledger_.doubtful_snapshots.insert(id);
    const bool done = step("delete snapshot", [&] {
        return service_.database->write([&](Executor& executor) -> Result<void> {
            GALLEY_TRY(removed, service_.snapshots.remove_in(executor, room, *rooms::parse_snapshot_id(id)));
            return audited(executor, "snapshot_delete", room + "/" + id);
        });
    });
    if (!done) return;
    ledger_.deleted_snapshots.insert(id);
    ++ledger_.audited;
    if (removed.orphan) (void)service_.documents->invalidate(*removed.orphan);
}

void Day::remove_room(const std::string& room) {
    if (!ledger_.rooms.contains(room)) return;
    std::vector<Digest> orphans;
    ledger_.doubtful_rooms.insert(room);
    const bool done = step("remove room", [&] {
        return service_.database->write([&](Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(service_.rooms.remove_in(executor, room));
            GALLEY_TRY(orphans, service_.snapshots.remove_room_in(executor, room));
            return audited(executor, "room_delete", room);
        });
    });
    if (!done) return;
    ledger_.removed_rooms.insert(room);
    ++ledger_.audited;
    for (const Digest& orphan : orphans) (void)service_.documents->invalidate(orphan);
}

// ---- downloads

Result<SharedBytes> Day::fetch(const Digest& content_hash) {
    if (Result<cache::DocumentBody> found = service_.documents->get(content_hash)) {
        if (Result<Bytes> bytes = read_body(std::move(*found))) return SharedBytes(std::move(*bytes));
    }
    Result<SharedBytes> made = fail(ErrorCode::Internal, "never answered");
    std::binary_semaphore answered(0);
    service_.regenerator.regenerate(content_hash, [&](Result<SharedBytes> bytes) {
        made = std::move(bytes);
        answered.release();
    });
    answered.acquire();
    return made;
}

void Day::download(const std::string& id) {
    step("download", [&]() -> Result<void> {
        GALLEY_TRY(const rooms::Snapshot snapshot,
                   service_.snapshots.get(ledger_.snapshots.at(id), *rooms::parse_snapshot_id(id)));
        if (snapshot.state != rooms::SnapshotState::Completed) {
            ledger_.complain(fmt::format("{} is not completed: {}", id, snapshot.error.value_or("no error")));
            return {};
        }
        GALLEY_TRY_VOID(service_.audit.add({.who = kOwner,
                                            .action = "snapshot_read",
                                            .object = id,
                                            .from_address = {},
                                            .request_id = {},
                                            .time = service_.machine.clock.now()}));
        GALLEY_TRY(const SharedBytes pdf, fetch(*snapshot.content_hash));
        const auto [known, first] = ledger_.bytes_of.emplace(snapshot.content_hash->hex(), sha_of(pdf.view()));
        if (known->second != sha_of(pdf.view())) ledger_.complain("two different PDFs of " + id);
        if (!pdf.view().starts_with("%PDF-")) ledger_.complain("no PDF of " + id);
        return {};
    });
}

void Day::evict_and_download(const std::string& id) {
    const auto snapshot = service_.snapshots.get(ledger_.snapshots.at(id), *rooms::parse_snapshot_id(id));
    if (snapshot && snapshot->content_hash) (void)service_.documents->invalidate(*snapshot->content_hash);
    download(id);
}

void Day::damage_and_download(const std::string& id) {
    const auto snapshot = service_.snapshots.get(ledger_.snapshots.at(id), *rooms::parse_snapshot_id(id));
    if (!snapshot || !snapshot->content_hash) return;
    const std::string path = std::string(kCacheFolder) + "/" + snapshot->content_hash->hex();
    if (service_.machine.files.contains(path)) {
        service_.machine.clock.advance(Duration(1'000));
        service_.machine.files.overwrite_byte(path, cache::kCacheEntryHeaderBytes + 10);
        ledger_.damaged_a_file = true;
    }
    download(id);
}

void Day::tidy_cache() {
    step("verify cache", [&]() -> Result<void> {
        GALLEY_TRY_VOID(service_.documents->verify());
        return {};
    });
    service_.machine.clock.advance(Duration(10));
    step("clear cache", [&]() -> Result<void> {
        GALLEY_TRY_VOID(service_.documents->clear_older_than(Duration(1)));
        return {};
    });
}

// ---- upkeep

void Day::clean_up_tasks() {
    for (const auto& [id, result] : ledger_.tasks) ledger_.doubtful_tasks.insert(id);
    ledger_.doubtful_tasks.insert(ledger_.cancelled_tasks.begin(), ledger_.cancelled_tasks.end());
    step("clean up tasks", [&]() -> Result<void> {
        GALLEY_TRY_VOID(service_.engine.cleanup(service_.machine.clock.now() + Duration(1)));
        return {};
    });
}

void Day::flush_metrics() {
    service_.journal.record_generation(0.5, false);
    ++ledger_.measured;
    step("flush metrics", [&] {
        return service_.database->write([&](Executor& executor) { return service_.journal.flush_in(executor); });
    });
}

void Day::back_up() {
    const std::string path = service_.machine.folder + "/backup.db";
    const bool done = step("back up", [&] { return service_.database->backup(path); });
    if (!done) return;
    // Opened without the fault VFS: whatever was acknowledged is whole now.
    const std::string folder = service_.machine.folder + "/opened";
    std::filesystem::create_directories(folder);
    std::filesystem::rename(path, folder + "/galley.db");
    const auto copy = store::open_sqlite({.folder = folder}, {}, os::system_clock());
    if (copy || copy.error().code != ErrorCode::Unsupported) ledger_.complain("the backup is no database of ours");
    std::filesystem::remove_all(folder);
}

// Asked of the tables and only then of memory, which follows each commit: a task that is on its way from one state to the
// next is never seen in neither. Retries wait for their time, too.
bool Day::nothing_is_under_way() const {
    const std::int64_t soon = to_unix_ms(service_.machine.clock.now() + std::chrono::hours(24));
    const auto waiting = service_.database->read([soon](Executor& executor) {
        return executor.query_integer("SELECT count(*) FROM task WHERE state IN (1, 2) OR (state = 0 AND run_at < $1)",
                                      {soon});
    });
    if (!waiting || waiting->value_or(1) != 0) return false;
    const tasks::TaskCounts counts = service_.engine.counts();
    return counts[tasks::TaskState::Pending] == 0 && counts[tasks::TaskState::Running] == 0;
}

// A fault may strike while this waits, so that mending once would not do.
bool Day::settle() {
    FaultVfs& disk = FaultVfs::instance();
    const MonotonicTime end = os::system_clock().monotonic() + kPatience;
    for (int moments = 1; os::system_clock().monotonic() < end; ++moments) {
        if (disk.power_is_cut()) return false;
        (void)service_.database->flush();
        if (nothing_is_under_way()) return true;
        service_.bell.wait_a_moment();
        if (moments % kMomentsPerSecond == 0) {
            service_.machine.clock.advance(Duration(1'000));
            service_.engine.clock_changed();
        }
        if (moments % kMendAfter == 0) disk.break_disk(0);
    }
    ledger_.complain("stuck: " + state_of_tasks());
    return false;
}

// What a person needs who finds the day stuck.
std::string Day::state_of_tasks() const {
    const tasks::TaskCounts counts = service_.engine.counts();
    const tasks::EngineStats stats = service_.engine.stats();
    std::string text = fmt::format("in memory {}, {} handlers, {} ready; rows", fmt::join(counts.by_state, "/"),
                                   stats.running, stats.ready_in_memory);
    const auto read = service_.database->read([&](Executor& executor) {
        return executor.each("SELECT seq, kind, state, attempt, run_at FROM task WHERE state < 3", {},
                             [&](const store::Row& row) -> Result<void> {
                                 text += fmt::format(
                                     " {}:{} state {} attempt {} in {} ms;", row.integer(0), row.text(1),
                                     row.integer(2), row.integer(3),
                                     row.is_null(4) ? 0 : row.integer(4) - to_unix_ms(service_.machine.clock.now()));
                                 return {};
                             });
    });
    if (!read) text += read.error().to_string();
    const store::DatabaseStats database = service_.database->stats();
    return text + fmt::format(" {} commits failed, {} works failed, {} waiting", database.commits_failed,
                              database.works_failed, database.queue_depth);
}

}  // namespace galley::faults
