#include "auth/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/testing/test_database.h"
#include "base/mutex.h"

namespace galley::auth {
namespace {

AuditEntry entry(int number) {
    return {"ingrid@b.example",
            "snapshot_create",
            "room-1/snap-" + std::to_string(number),
            "198.51.100.7",
            AuditOutcome::Success,
            "request-" + std::to_string(number),
            from_unix_ms(1'767'225'600'000 + number)};
}

void append(TestDatabase& database, const AuditEntry& what) {
    const auto done = database->write([&](store::Executor& executor) { return append_audit(executor, what); });
    ASSERT_TRUE(done) << done.error().to_string();
}

void append_many(TestDatabase& database, int count) {
    const auto done = database->write([&](store::Executor& executor) -> Result<void> {
        for (int i = 1; i <= count; ++i) GALLEY_TRY_VOID(append_audit(executor, entry(i)));
        return {};
    });
    ASSERT_TRUE(done) << done.error().to_string();
}

AuditVerdict verify(TestDatabase& database, const std::optional<AuditHead>& expected = std::nullopt) {
    const auto verdict = verify_audit(*database, expected);
    EXPECT_TRUE(verdict) << verdict.error().to_string();
    return verdict.value_or(AuditVerdict{});
}

// Someone with the file and a SQL prompt.
void tamper(TestDatabase& database, std::string_view sql) {
    const auto done = database->write([&](store::Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(executor.execute("DROP TRIGGER IF EXISTS audit_log_keeps_entries"));
        GALLEY_TRY_VOID(executor.execute("DROP TRIGGER IF EXISTS audit_log_keeps_content"));
        GALLEY_TRY(const auto changed, executor.execute(store::Sql::assembled(sql)));
        return changed > 0 ? Result<void>() : fail(ErrorCode::NotFound, "changed nothing");
    });
    ASSERT_TRUE(done) << done.error().to_string();
}

TEST(Audit, AnEmptyLogHolds) {
    TestDatabase database;
    EXPECT_TRUE(verify(database).ok());
    EXPECT_EQ(verify(database).head.seq, 0);
}

TEST(Audit, EntriesReadBackNewestFirstInPages) {
    TestDatabase database;
    append_many(database, 5);
    const auto page = list_audit(*database, {}, std::nullopt, 2);
    ASSERT_TRUE(page) << page.error().to_string();
    const std::vector<StoredAuditEntry>& first = page->entries;
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].seq, 5);
    EXPECT_EQ(first[0].entry.object, "room-1/snap-5");
    EXPECT_EQ(first[0].entry.outcome, AuditOutcome::Success);
    EXPECT_EQ(first[0].entry.time, entry(5).time);
    EXPECT_EQ(first[0].previous, first[1].hash);
    const auto second = list_audit(*database, {}, page->next, 100);
    ASSERT_EQ(second->entries.size(), 3U);
    EXPECT_EQ(second->entries.front().seq, 3);
    EXPECT_FALSE(second->next);
    const auto rest = audit_entries_after(*database, 3, 100);
    ASSERT_EQ(rest->size(), 2U);
    EXPECT_EQ(rest->front().seq, 4);
}

TEST(Audit, AFilterShowsWhatFits) {
    TestDatabase database;
    append_many(database, 3);
    AuditEntry other = entry(4);
    other.who = "eve@x.example";
    other.action = "snapshot_delete";
    other.object = "room-10";
    other.outcome = AuditOutcome::Denied;
    append(database, other);
    const auto seqs = [&](const AuditFilter& filter) {
        std::vector<std::int64_t> found;
        const auto page = list_audit(*database, filter, std::nullopt, 100);
        EXPECT_TRUE(page) << page.error().to_string();
        for (const StoredAuditEntry& stored : page->entries) found.push_back(stored.seq);
        return found;
    };
    using Seqs = std::vector<std::int64_t>;
    EXPECT_EQ(seqs({.who = "eve@x.example"}), Seqs{4});
    EXPECT_EQ(seqs({.action = "snapshot_delete"}), Seqs{4});
    EXPECT_EQ(seqs({.outcome = "denied"}), Seqs{4});
    EXPECT_EQ(seqs({.object = "room-1"}), (Seqs{3, 2, 1})) << "what lies under it, not what only begins so";
    EXPECT_EQ(seqs({.object = "room-1/snap-2"}), Seqs{2});
    EXPECT_EQ(seqs({.since = entry(3).time}), (Seqs{4, 3}));
    EXPECT_EQ(seqs({.until = entry(3).time}), (Seqs{2, 1}));
    EXPECT_EQ(seqs({.who = "nobody"}), Seqs{});
    EXPECT_EQ(seqs({.who = "eve@x.example", .action = "snapshot_create"}), Seqs{});
}

TEST(Audit, TheChainGoesOnAfterReopening) {
    TestDatabase database;
    append_many(database, 2);
    database.reopen();
    append(database, entry(3));
    EXPECT_TRUE(verify(database).ok());
    EXPECT_EQ(verify(database).head.seq, 3);
}

TEST(Audit, TheHashIsTheDocumentedOne) {
    TestDatabase database;
    append(database, {"w", "a", "o", "f", AuditOutcome::Denied, "r", from_unix_ms(1)});
    std::string bytes = "galley-audit-1" + std::string(32, '\0');
    const auto number = [](char n) { return std::string(7, '\0') + n; };
    bytes += number(1) + number(1);
    for (const std::string text : {"w", "a", "o", "f", "denied", "r"}) {
        bytes += number(static_cast<char>(text.size())) + text;
    }
    EXPECT_EQ(verify(database).head.hash.hex(), sha256(bytes).hex());
}

TEST(Audit, AWorkThatIsRolledBackLeavesNoGapInTheChain) {
    TestDatabase database;
    append(database, entry(1));
    // One batch: a work that fails between two that succeed.
    int settled = 0;
    Mutex mutex;
    CondVar changed;
    const auto done = [&](const Result<void>&) {
        const MutexLock lock(mutex);
        ++settled;
        changed.notify_all();
    };
    for (int i = 2; i <= 4; ++i) {
        const auto work = [i](store::Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(append_audit(executor, entry(i)));
            return i == 3 ? fail(ErrorCode::Conflict, "on purpose") : Result<void>();
        };
        database->submit(work, done);
    }
    {
        MutexLock lock(mutex);
        while (settled < 3) changed.wait(lock);
    }
    EXPECT_TRUE(verify(database).ok()) << verify(database).reason;
    EXPECT_EQ(verify(database).head.seq, 3);
    EXPECT_EQ(list_audit(*database, {}, std::nullopt, 1)->entries.front().entry.object, "room-1/snap-4");
}

TEST(Audit, TheTableRefusesChangesAndDeletions) {
    TestDatabase database;
    append_many(database, 2);
    for (const char* sql : {"UPDATE audit_log SET who = 'x'", "DELETE FROM audit_log WHERE seq = 2"}) {
        const auto done = database->write([&](store::Executor& executor) -> Result<void> {
            GALLEY_TRY_VOID(executor.execute(store::Sql::assembled(sql)));
            return {};
        });
        EXPECT_FALSE(done) << sql;
    }
    EXPECT_EQ(verify(database).head.seq, 2);
}

struct TamperCase {
    const char* name;
    const char* sql;
    std::int64_t broken_seq;
};

class AuditTampering : public testing::TestWithParam<TamperCase> {};

TEST_P(AuditTampering, IsFoundAtTheFirstBrokenEntry) {
    TestDatabase database;
    append_many(database, 5);
    tamper(database, GetParam().sql);
    const AuditVerdict verdict = verify(database);
    ASSERT_FALSE(verdict.ok());
    EXPECT_EQ(verdict.broken_seq, GetParam().broken_seq) << verdict.reason;
    EXPECT_EQ(verdict.head.seq, std::max<std::int64_t>(GetParam().broken_seq - 1, 0));
    EXPECT_NE(verdict.reason, "");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, AuditTampering,
    testing::Values(
        TamperCase{"Who", "UPDATE audit_log SET who = 'someone@else.example' WHERE seq = 3", 3},
        TamperCase{"Action", "UPDATE audit_log SET action = 'room_read' WHERE seq = 3", 3},
        TamperCase{"Object", "UPDATE audit_log SET object = 'room-2' WHERE seq = 3", 3},
        TamperCase{"Address", "UPDATE audit_log SET from_address = '' WHERE seq = 3", 3},
        TamperCase{"Outcome", "UPDATE audit_log SET outcome = 'failure' WHERE seq = 3", 3},
        TamperCase{"RequestId", "UPDATE audit_log SET request_id = 'x' WHERE seq = 3", 3},
        TamperCase{"Time", "UPDATE audit_log SET time_ms = time_ms + 1 WHERE seq = 5", 5},
        TamperCase{"TextMovedBetweenFields",
                   "UPDATE audit_log SET who = who || 's', action = 'napshot_create' WHERE seq = 1", 1},
        TamperCase{"Hash", "UPDATE audit_log SET hash = zeroblob(32) WHERE seq = 2", 2},
        TamperCase{"ShortHash", "UPDATE audit_log SET hash = x'00' WHERE seq = 2", 2},
        TamperCase{"Previous", "UPDATE audit_log SET previous = zeroblob(32) WHERE seq = 2", 2},
        TamperCase{"FirstRemoved", "DELETE FROM audit_log WHERE seq = 1", 1},
        TamperCase{"MiddleRemoved", "DELETE FROM audit_log WHERE seq = 3", 3},
        TamperCase{"RemovedAndRenumbered", "UPDATE OR REPLACE audit_log SET seq = seq - 1 WHERE seq = 4", 3},
        TamperCase{"PutBeforeTheFirst",
                   "INSERT INTO audit_log SELECT 0, who, action, object, from_address, outcome, request_id, time_ms, "
                   "previous, hash FROM audit_log WHERE seq = 1",
                   0},
        TamperCase{"CopyAppended",
                   "INSERT INTO audit_log SELECT 6, who, action, object, from_address, outcome, request_id, time_ms, "
                   "previous, hash FROM audit_log WHERE seq = 5",
                   6}),
    [](const auto& info) { return info.param.name; });

TEST(Audit, ACutOffTailIsFoundByAHeadNotedElsewhere) {
    TestDatabase database;
    append_many(database, 5);
    const AuditHead noted = verify(database).head;
    EXPECT_TRUE(verify(database, noted).ok());
    tamper(database, "DELETE FROM audit_log WHERE seq >= 4");
    EXPECT_TRUE(verify(database).ok());
    EXPECT_EQ(verify(database, noted).broken_seq, 4);
    append(database, entry(4));
    append(database, entry(6));
    EXPECT_EQ(verify(database, noted).broken_seq, 5);
}

TEST(Audit, AHistoryRewrittenFromTheStartIsFoundByAHeadNotedElsewhere) {
    TestDatabase original;
    append_many(original, 3);
    TestDatabase rewritten;
    append(rewritten, entry(9));
    append_many(rewritten, 4);
    EXPECT_EQ(verify(rewritten, verify(original).head).broken_seq, 3);
}

TEST(Audit, VerifyReadsBeyondOnePage) {
    TestDatabase database;
    const int count = static_cast<int>(kAuditPageMax) + 1;
    append_many(database, count);
    EXPECT_EQ(verify(database).head.seq, count);
    tamper(database, "UPDATE audit_log SET who = 'x' WHERE seq = 1001");
    EXPECT_EQ(verify(database).broken_seq, count);
}

TEST(Audit, TextsOfClientsAreCutAndCleaned) {
    TestDatabase database;
    AuditEntry what = entry(1);
    what.object = std::string(kAuditFieldBytesMax - 1, 'x') + "é";
    what.request_id = std::string("a\0b\xFF", 4);
    append(database, what);
    const auto page = list_audit(*database, {}, std::nullopt, 1);
    ASSERT_TRUE(page) << page.error().to_string();
    EXPECT_EQ(page->entries.front().entry.object, std::string(kAuditFieldBytesMax - 1, 'x'));
    EXPECT_EQ(page->entries.front().entry.request_id, "a\uFFFDb\uFFFD");
    EXPECT_TRUE(verify(database).ok());
}

}  // namespace
}  // namespace galley::auth
