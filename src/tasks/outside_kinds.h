// src/tasks/outside_kinds.h — the kinds that workers outside of this process declared: a table, and a copy in memory.
//
// Shape    load() once; put() and erase() after the rows are durable. Enqueueing looks a kind up here.
// Errors   rows: the database's.
// Threads  all methods from any thread.
// Limits   the caller's (OutsideLimits::kinds_max).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "store/executor.h"
#include "tasks/outside.h"

namespace galley::tasks {

class OutsideKinds {
 public:
    void put(OutsideKind kind);
    void erase(std::string_view name);
    std::optional<OutsideKind> find(std::string_view name) const;
    bool contains(std::string_view name) const;
    std::vector<OutsideKind> all() const;
    // Where tasks of these kinds go unless they say otherwise, each queue once; "default" among them.
    std::vector<std::string> queues_of(std::span<const std::string> kinds) const;

 private:
    mutable Mutex mutex_;
    std::map<std::string, OutsideKind, std::less<>> kinds_ GALLEY_GUARDED_BY(mutex_);
};

namespace rows {

Result<std::vector<OutsideKind>> outside_kinds(store::Executor& executor);
Result<std::int64_t> count_outside_kinds(store::Executor& executor);
Result<void> put_outside_kind(store::Executor& executor, const OutsideKind& kind);
Result<bool> remove_outside_kind(store::Executor& executor, std::string_view name);

// A lease lives in memory alone; its row remembers whose it is and how long, for the next process of this server.
// False when the task waits no longer.
struct OutsideLeaseRow {
    TaskSeq seq = 0;
    std::string holder{};
    Duration lease{};
};
Result<bool> start_outside_attempt(store::Executor& executor, const TaskRecord& task, const OutsideLeaseRow& lease);
Result<std::vector<OutsideLeaseRow>> outside_leases(store::Executor& executor);
Result<std::string> last_holder(store::Executor& executor, TaskSeq seq);

}  // namespace rows
}  // namespace galley::tasks
