#include "tasks/outside_kinds.h"

#include <algorithm>

namespace galley::tasks {

void OutsideKinds::put(OutsideKind kind) {
    MutexLock lock(mutex_);
    std::string name = kind.name;
    kinds_.insert_or_assign(std::move(name), std::move(kind));
}

void OutsideKinds::erase(std::string_view name) {
    MutexLock lock(mutex_);
    if (const auto found = kinds_.find(name); found != kinds_.end()) kinds_.erase(found);
}

std::optional<OutsideKind> OutsideKinds::find(std::string_view name) const {
    MutexLock lock(mutex_);
    const auto found = kinds_.find(name);
    return found == kinds_.end() ? std::nullopt : std::optional(found->second);
}

bool OutsideKinds::contains(std::string_view name) const {
    MutexLock lock(mutex_);
    return kinds_.contains(name);
}

std::vector<OutsideKind> OutsideKinds::all() const {
    MutexLock lock(mutex_);
    std::vector<OutsideKind> all;
    all.reserve(kinds_.size());
    for (const auto& [name, kind] : kinds_) all.push_back(kind);
    return all;
}

std::vector<std::string> OutsideKinds::queues_of(std::span<const std::string> kinds) const {
    std::vector<std::string> queues{"default"};
    MutexLock lock(mutex_);
    for (const std::string& name : kinds) {
        const auto found = kinds_.find(name);
        if (found == kinds_.end()) continue;
        const std::string& queue = found->second.queue;
        if (std::ranges::find(queues, queue) == queues.end()) queues.push_back(queue);
    }
    return queues;
}

namespace rows {
namespace {

using store::Executor;
using store::Row;

// What the tables of tasks and workers add: outside_kind; task.leased_by is "caller worker" of the last lease. A
// running row without lease_until is an outside attempt, and its lease_owner is minus the lease's milliseconds: no look
// at expired leases sees it, so that one process after another can go on waiting for its worker.
constexpr char kOutsideSqlite[] = R"sql(
CREATE TABLE outside_kind(
    name TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    max_attempts INTEGER NOT NULL,
    timeout_ms INTEGER NOT NULL,
    declared_by TEXT NOT NULL,
    declared_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE task ADD COLUMN leased_by TEXT;
)sql";

constexpr store::Migration kMigrations[] = {{1, "kinds of outside workers", kOutsideSqlite, nullptr}};

}  // namespace

Result<std::vector<OutsideKind>> outside_kinds(Executor& executor) {
    std::vector<OutsideKind> kinds;
    GALLEY_TRY_VOID(executor.each(
        "SELECT name, queue, max_attempts, timeout_ms, declared_by, declared_at FROM outside_kind", {},
        [&](const Row& row) -> Result<void> {
            kinds.push_back({std::string(row.text(0)), std::string(row.text(1)), static_cast<int>(row.integer(2)),
                             Duration(row.integer(3)), std::string(row.text(4)), from_unix_ms(row.integer(5))});
            return {};
        }));
    return kinds;
}

Result<std::int64_t> count_outside_kinds(Executor& executor) {
    GALLEY_TRY(const auto count, executor.query_integer("SELECT count(*) FROM outside_kind"));
    return count.value_or(0);
}

Result<void> put_outside_kind(Executor& executor, const OutsideKind& kind) {
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO outside_kind(name, queue, max_attempts, timeout_ms, declared_by, declared_at) "
                         "VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT(name) DO UPDATE SET queue = excluded.queue, "
                         "max_attempts = excluded.max_attempts, timeout_ms = excluded.timeout_ms, "
                         "declared_by = excluded.declared_by, declared_at = excluded.declared_at",
                         {kind.name, kind.queue, kind.max_attempts, kind.timeout.count(), kind.declared_by,
                          to_unix_ms(kind.declared_at)}));
    return {};
}

Result<bool> remove_outside_kind(Executor& executor, std::string_view name) {
    GALLEY_TRY(const std::int64_t removed, executor.execute("DELETE FROM outside_kind WHERE name = $1", {name}));
    return removed > 0;
}

Result<bool> start_outside_attempt(Executor& executor, const TaskRecord& task, const OutsideLeaseRow& lease) {
    GALLEY_TRY(
        const std::int64_t started,
        executor.execute("UPDATE task SET state = 2, attempt = $2, started_at = $3, lease_until = NULL, "
                         "lease_owner = $4, leased_by = $5 WHERE seq = $1 AND state = 1 AND attempt = $2 - 1",
                         {task.seq, task.attempt, to_unix_ms(*task.started_at), -lease.lease.count(), lease.holder}));
    return started > 0;
}

Result<std::vector<OutsideLeaseRow>> outside_leases(Executor& executor) {
    std::vector<OutsideLeaseRow> leases;
    GALLEY_TRY_VOID(
        executor.each("SELECT seq, leased_by, lease_owner FROM task WHERE state = 2 AND lease_until IS NULL", {},
                      [&](const Row& row) -> Result<void> {
                          leases.push_back({row.integer(0), std::string(row.text(1)), Duration(-row.integer(2))});
                          return {};
                      }));
    return leases;
}

Result<std::string> last_holder(Executor& executor, TaskSeq seq) {
    std::string holder;
    GALLEY_TRY_VOID(
        executor.each("SELECT leased_by FROM task WHERE seq = $1", {seq}, [&](const Row& row) -> Result<void> {
            holder = row.optional_text(0).value_or("");
            return {};
        }));
    return holder;
}

}  // namespace rows

store::Component outside_schema() {
    return {"outside_work", rows::kMigrations};
}

}  // namespace galley::tasks
