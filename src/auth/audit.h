// src/auth/audit.h — the append-only audit log: who did what, on what, when, from where, how it ended; hash-chained.
//
// Shape    append_audit() stands inside the write that it tells of, so that both are durable or neither is. Entries are
//          numbered 1, 2, 3 … without gaps; each carries the hash of the one before and its own:
//            hash = SHA-256("galley-audit-1" ‖ previous ‖ seq ‖ time_ms ‖ for each text: length ‖ bytes), numbers as 8
//            bytes, most significant first; texts in the order of AuditEntry; the first entry's previous is 32 zero
//            bytes.
//          verify_audit() finds any change, removal, insertion or reordering; what was cut off at the end it finds only
//          when given a head that was noted down elsewhere.
// Errors   append, list, verify: the database's. A broken chain is no Error but a verdict.
// Owner    borrows the executor or database during the call.
// Threads  append on the writer thread (inside a write); list and verify from any.
// Limits   kAuditFieldBytesMax per text (longer ones are cut at a character); list gives at most kAuditPageMax entries
//          and looks at kAuditScanMax a page; verify reads a page per snapshot, so it never holds one for long.
// Source   R13; table `audit_log` in audit.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/time.h"
#include "store/database.h"

namespace galley::auth {

inline constexpr std::size_t kAuditFieldBytesMax = 512;
inline constexpr std::size_t kAuditPageMax = 1000;
inline constexpr std::int64_t kAuditScanMax = 100'000;

enum class AuditOutcome : std::uint8_t { Success, Denied, Failure };
std::string_view audit_outcome_name(AuditOutcome outcome);  // "success", "denied", "failure"

struct AuditEntry {
    std::string who;           // e-mail, or "system"
    std::string action;        // "snapshot_create", "sign_in", … (action_name where one fits)
    std::string object;        // "room-1/snap-…"
    std::string from_address;  // empty for the system's own deeds
    AuditOutcome outcome = AuditOutcome::Success;
    std::string request_id;
    Time time{};
};

struct StoredAuditEntry {
    std::int64_t seq = 0;
    AuditEntry entry;
    Digest previous;
    Digest hash;
};

struct AuditHead {
    std::int64_t seq = 0;  // 0: the log is empty, hash all zero
    Digest hash;
};

struct AuditVerdict {
    AuditHead head;  // the last good entry
    std::optional<std::int64_t> broken_seq{};
    std::string reason{};  // empty when the chain holds

    bool ok() const { return !broken_seq.has_value(); }
};

Result<void> append_audit(store::Executor& executor, const AuditEntry& entry);
Result<void> append_audit(store::Executor& executor, std::span<const AuditEntry> entries);  // all or none

// What list_audit() shows; an empty text or time is no condition.
struct AuditFilter {
    std::string who{};
    std::string action{};
    std::string object{};  // this object, and what lies under it: "room-1" shows "room-1/snap-…"
    std::string outcome{};
    std::optional<Time> since{};
    std::optional<Time> until{};  // itself not shown
};

struct AuditPage {
    std::vector<StoredAuditEntry> entries;
    std::optional<std::int64_t> next;  // to be given as `before`; a page may be short, even empty, and have a next one
};

// Newest first; entries older than `before`, or the newest ones when it is empty.
Result<AuditPage> list_audit(store::Database& database, const AuditFilter& filter, std::optional<std::int64_t> before,
                             std::size_t limit);

// Oldest first, those behind `after` (0: from the start).
Result<std::vector<StoredAuditEntry>> audit_entries_after(store::Database& database, std::int64_t after,
                                                          std::size_t limit);

// Reads the whole log. With `expected`, the log must also still hold that entry (it was cut off otherwise).
Result<AuditVerdict> verify_audit(store::Database& database, const std::optional<AuditHead>& expected = std::nullopt);

}  // namespace galley::auth
