#include "auth/audit.h"

#include <array>
#include <limits>
#include <utility>

#include "codec/utf8.h"

namespace galley::auth {

namespace {

constexpr std::array<std::pair<AuditOutcome, std::string_view>, 3> kOutcomes{
    {{AuditOutcome::Success, "success"}, {AuditOutcome::Denied, "denied"}, {AuditOutcome::Failure, "failure"}}};
constexpr std::size_t kTextCount = 6;
constexpr std::size_t kColumnCount = 10;

// What is hashed, as it stands in the table: who, action, object, from_address, outcome, request_id.
struct HashedEntry {
    std::string_view previous;
    std::int64_t seq;
    std::int64_t time_ms;
    std::array<std::string_view, kTextCount> texts;
};

void append_u64(std::string& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((number >> shift) & 0xFF);
}

Digest hash_of(const HashedEntry& entry) {
    std::string bytes = "galley-audit-1";
    bytes.append(entry.previous);
    append_u64(bytes, static_cast<std::uint64_t>(entry.seq));
    append_u64(bytes, static_cast<std::uint64_t>(entry.time_ms));
    for (const std::string_view text : entry.texts) {
        append_u64(bytes, text.size());
        bytes.append(text);
    }
    return sha256(bytes);
}

// Valid UTF-8 within the limit: what a client sent must not make its own audit entry impossible to store.
std::string clean_text(std::string_view text) {
    std::string clean;
    while (!text.empty()) {
        const std::size_t length = text.front() == '\0' ? 0 : codec::utf8_sequence_length(text);
        const std::string_view piece = length == 0 ? std::string_view("\uFFFD") : text.substr(0, length);
        if (clean.size() + piece.size() > kAuditFieldBytesMax) break;
        clean.append(piece);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return clean;
}

Result<AuditHead> read_head(store::Executor& executor) {
    AuditHead head;
    GALLEY_TRY_VOID(executor.each("SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1", {},
                                  [&head](const store::Row& row) -> Result<void> {
                                      if (row.blob(1).size() != head.hash.bytes.size()) {
                                          return fail(ErrorCode::Corrupt, "audit log: the last hash is damaged");
                                      }
                                      head = {row.integer(0), digest_from_bytes(row.blob(1))};
                                      return {};
                                  }));
    return head;
}

// Whoever alters the table may also alter its types.
bool is_well_typed(const store::Row& row) {
    using enum store::ValueType;
    constexpr std::array<store::ValueType, kColumnCount> kTypes{Integer, Text, Text,    Text, Text,
                                                                Text,    Text, Integer, Blob, Blob};
    for (std::size_t i = 0; i < kColumnCount; ++i) {
        if (row[i].type() != kTypes[i]) return false;
    }
    constexpr std::size_t kHashBytes = sizeof(Digest::bytes);
    return row.blob(8).size() == kHashBytes && row.blob(9).size() == kHashBytes;
}

HashedEntry hashed_entry(const store::Row& row) {
    return {row.blob(8),
            row.integer(0),
            row.integer(7),
            {row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)}};
}

AuditOutcome parse_outcome(std::string_view name) {
    for (const auto& [value, text] : kOutcomes) {
        if (text == name) return value;
    }
    return AuditOutcome::Failure;
}

Result<StoredAuditEntry> read_entry(const store::Row& row) {
    if (!is_well_typed(row)) return fail(ErrorCode::Corrupt, "audit log: a damaged entry; run `galley audit verify`");
    AuditEntry entry{std::string(row.text(1)),    std::string(row.text(2)),   std::string(row.text(3)),
                     std::string(row.text(4)),    parse_outcome(row.text(5)), std::string(row.text(6)),
                     from_unix_ms(row.integer(7))};
    return StoredAuditEntry{row.integer(0), std::move(entry), digest_from_bytes(row.blob(8)),
                            digest_from_bytes(row.blob(9))};
}

// Walks the chain entry by entry, oldest first, until it breaks.
class ChainCheck {
 public:
    explicit ChainCheck(const std::optional<AuditHead>& expected) : expected_(expected) {}

    void visit(const store::Row& row) {
        if (!verdict_.ok()) return;
        if (!is_well_typed(row)) return broken("the entry's columns have the wrong types");
        const std::int64_t wanted_seq = verdict_.head.seq + 1;
        if (row.integer(0) > wanted_seq) return broken("the entry is missing");
        if (row.integer(0) < wanted_seq) return broken_at(row.integer(0), "the entry's number is not one that we give");
        if (row.blob(8) != verdict_.head.hash.view()) return broken("the entry does not follow the one before");
        const Digest hash = hash_of(hashed_entry(row));
        if (row.blob(9) != hash.view()) return broken("the entry was altered");
        verdict_.head = {wanted_seq, hash};
        if (expected_ && expected_->seq == wanted_seq && expected_->hash != hash) {
            broken_at(wanted_seq, "the entry is not the one that was noted down");
        }
    }

    AuditVerdict finish() {
        if (verdict_.ok() && expected_ && expected_->seq > verdict_.head.seq)
            broken("the entries from here on are missing");
        return verdict_;
    }

    bool ok() const { return verdict_.ok(); }
    std::int64_t last_seq() const { return verdict_.head.seq; }

 private:
    void broken(std::string reason) { broken_at(verdict_.head.seq + 1, std::move(reason)); }
    void broken_at(std::int64_t seq, std::string reason) {
        verdict_.broken_seq = seq;
        verdict_.reason = std::move(reason);
    }

    std::optional<AuditHead> expected_;
    AuditVerdict verdict_;
};

// Gives the new head.
Result<AuditHead> append_after(store::Executor& executor, const AuditHead& head, const AuditEntry& entry) {
    const std::int64_t seq = head.seq + 1;
    const std::int64_t time_ms = to_unix_ms(entry.time);
    const std::string who = clean_text(entry.who);
    const std::string action = clean_text(entry.action);
    const std::string object = clean_text(entry.object);
    const std::string from = clean_text(entry.from_address);
    const std::string request_id = clean_text(entry.request_id);
    const std::string_view outcome = audit_outcome_name(entry.outcome);
    const Digest hash = hash_of({head.hash.view(), seq, time_ms, {who, action, object, from, outcome, request_id}});
    GALLEY_TRY_VOID(executor.execute(
        "INSERT INTO audit_log (seq, who, action, object, from_address, outcome, request_id, time_ms, previous, hash) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        {seq, who, action, object, from, outcome, request_id, time_ms, store::Blob{head.hash.view()},
         store::Blob{hash.view()}}));
    return AuditHead{seq, hash};
}

}  // namespace

std::string_view audit_outcome_name(AuditOutcome outcome) {
    for (const auto& [value, name] : kOutcomes) {
        if (value == outcome) return name;
    }
    return "unknown";
}

// The head is read back from the table rather than remembered: a work that is rolled back takes its entry with it,
// and the one lookup at the end of the primary key costs a few microseconds on the writer.
Result<void> append_audit(store::Executor& executor, const AuditEntry& entry) {
    return append_audit(executor, std::span(&entry, 1));
}

Result<void> append_audit(store::Executor& executor, std::span<const AuditEntry> entries) {
    GALLEY_TRY(AuditHead head, read_head(executor));
    for (const AuditEntry& entry : entries) {
        GALLEY_TRY(head, append_after(executor, head, entry));
    }
    return {};
}

Result<AuditPage> list_audit(store::Database& database, const AuditFilter& filter, std::optional<std::int64_t> before,
                             std::size_t limit) {
    limit = std::min(limit, kAuditPageMax);
    return database.read([&](store::Executor& executor) -> Result<AuditPage> {
        GALLEY_TRY(const AuditHead head, read_head(executor));
        const std::int64_t below = std::min(before.value_or(head.seq + 1), head.seq + 1);
        const std::int64_t lowest = std::max<std::int64_t>(below - kAuditScanMax, 1);
        // '0' is the character behind '/', so these are the texts that begin with "object/".
        const std::string under = filter.object + "/";
        const std::string behind = filter.object + "0";
        AuditPage page;
        GALLEY_TRY_VOID(executor.each(
            "SELECT seq, who, action, object, from_address, outcome, request_id, time_ms, previous, hash "
            "FROM audit_log WHERE seq < $1 AND seq >= $2 AND ($3 = '' OR who = $3) AND ($4 = '' OR action = $4) "
            "AND ($5 = '' OR object = $5 OR (object >= $6 AND object < $7)) AND ($8 = '' OR outcome = $8) "
            "AND time_ms >= $9 AND time_ms < $10 ORDER BY seq DESC LIMIT $11",
            {below, lowest, filter.who, filter.action, filter.object, under, behind, filter.outcome,
             filter.since ? to_unix_ms(*filter.since) : std::numeric_limits<std::int64_t>::min(),
             filter.until ? to_unix_ms(*filter.until) : std::numeric_limits<std::int64_t>::max(), limit},
            [&page](const store::Row& row) -> Result<void> {
                GALLEY_TRY(page.entries.emplace_back(), read_entry(row));
                return {};
            }));
        if (page.entries.size() == limit) {
            page.next = page.entries.back().seq;
        } else if (lowest > 1) {
            page.next = lowest;
        }
        return page;
    });
}

Result<std::vector<StoredAuditEntry>> audit_entries_after(store::Database& database, std::int64_t after,
                                                          std::size_t limit) {
    return database.read([&](store::Executor& executor) -> Result<std::vector<StoredAuditEntry>> {
        std::vector<StoredAuditEntry> page;
        GALLEY_TRY_VOID(
            executor.each("SELECT seq, who, action, object, from_address, outcome, request_id, time_ms, previous, hash "
                          "FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2",
                          {after, std::min(limit, kAuditPageMax)}, [&page](const store::Row& row) -> Result<void> {
                              GALLEY_TRY(page.emplace_back(), read_entry(row));
                              return {};
                          }));
        return page;
    });
}

Result<AuditVerdict> verify_audit(store::Database& database, const std::optional<AuditHead>& expected) {
    ChainCheck check(expected);
    // Entries are only ever added behind the last, so one snapshot a page sees the same log as one for all.
    std::int64_t after = std::numeric_limits<std::int64_t>::min();
    std::size_t rows = kAuditPageMax;
    while (check.ok() && rows == kAuditPageMax) {
        rows = 0;
        GALLEY_TRY_VOID(database.read([&](store::Executor& executor) {
            return executor.each(
                "SELECT seq, who, action, object, from_address, outcome, request_id, time_ms, previous, hash "
                "FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2",
                {after, kAuditPageMax}, [&](const store::Row& row) -> Result<void> {
                    ++rows;
                    check.visit(row);
                    return {};
                });
        }));
        after = check.last_seq();
    }
    return check.finish();
}

}  // namespace galley::auth
