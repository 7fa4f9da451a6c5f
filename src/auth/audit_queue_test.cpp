#include "auth/audit_queue.h"

#include <gtest/gtest.h>

#include <thread>

#include "auth/testing/test_database.h"

namespace galley::auth {
namespace {

AuditEntry download(int number) {
    return {.who = "a@b.example",
            .action = "snapshot_read",
            .object = "room-1/snap-" + std::to_string(number),
            .from_address = "198.51.100.7",
            .outcome = AuditOutcome::Success,
            .request_id = "r-" + std::to_string(number),
            .time = from_unix_ms(number)};
}

TEST(AuditQueue, EntriesOfManyThreadsAllEndInOneUnbrokenChain) {
    TestDatabase database;
    AuditQueue queue(*database);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&queue, t] {
            for (int i = 0; i < 250; ++i) EXPECT_TRUE(queue.add(download(t * 1000 + i)));
        });
    }
    for (std::thread& thread : threads) thread.join();
    queue.stop();
    const auto verdict = verify_audit(*database);
    ASSERT_TRUE(verdict);
    EXPECT_TRUE(verdict->ok());
    EXPECT_EQ(verdict->head.seq, 1000);
}

TEST(AuditQueue, MoreThanItsLimitIsRefused) {
    TestDatabase database;
    AuditQueue queue(*database, {.entries_max = 0});
    EXPECT_EQ(queue.add(download(1)).error().code, ErrorCode::Unavailable);
}

TEST(AuditQueue, WhatWaitsIsWrittenAtStopAndNothingIsTakenAfterIt) {
    TestDatabase database;
    AuditQueue queue(*database, {.gather_time = std::chrono::hours(1)});
    EXPECT_TRUE(queue.add(download(1)));
    queue.stop();
    EXPECT_EQ(verify_audit(*database)->head.seq, 1);
    EXPECT_FALSE(queue.add(download(2)));
}

}  // namespace
}  // namespace galley::auth
