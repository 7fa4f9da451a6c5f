#include "tasks/task.h"

#include <gtest/gtest.h>

#include "tasks/backoff.h"
#include "tasks/handler.h"
#include "tasks/text.h"

namespace galley::tasks {
namespace {

TEST(TaskId, CarriesRowNumberAndTag) {
    const std::string id = make_task_id(0x1234, 0xabcdef);
    EXPECT_EQ(id, "task-0000001234abcdef");
    const auto parsed = parse_task_id(id);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->seq, 0x1234);
    EXPECT_EQ(parsed->tag, 0xabcdefu);
}

TEST(TaskId, OnlyOurExactFormIsParsed) {
    for (const char* id : {"", "task-", "task-0000001234ABCDEF", "task-0000001234abcde", "task-0000001234abcdef0",
                           "snapshot-snap-1", "task-0x00001234abcdef"}) {
        EXPECT_FALSE(parse_task_id(id)) << id;
    }
}

struct BadTask {
    const char* name;
    const char* where;
    NewTask task;
};
class Validation : public testing::TestWithParam<BadTask> {};

TEST_P(Validation, NamesTheField) {
    const Result<void> result = validate(GetParam().task);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(result.error().where, GetParam().where);
}

INSTANTIATE_TEST_SUITE_P(Fields, Validation,
                         testing::Values(BadTask{"EmptyKind", "/kind", {.kind = ""}},
                                         BadTask{"OddKind", "/kind", {.kind = "a b"}},
                                         BadTask{"LongQueue", "/queue", {.kind = "k", .queue = std::string(65, 'q')}},
                                         BadTask{"IdWithSlash", "/id", {.kind = "k", .id = "a/b"}},
                                         BadTask{"IdLikeOurs", "/id", {.kind = "k", .id = "task-0000001234abcdef"}},
                                         BadTask{"PriorityTen", "/priority", {.kind = "k", .priority = 10}},
                                         BadTask{"NoAttempts", "/max_attempts", {.kind = "k", .max_attempts = 0}},
                                         BadTask{"NoTime", "/timeout", {.kind = "k", .timeout = Duration(0)}},
                                         BadTask{"BackoffUpsideDown",
                                                 "/backoff",
                                                 {.kind = "k", .backoff = Backoff{Duration(5), Duration(4)}}}),
                         [](const auto& info) { return info.param.name; });

TEST(Backoff, CeilingDoublesUpToTheCap) {
    const Backoff backoff{Duration(100), Duration(1'000)};
    EXPECT_EQ(backoff_ceiling(backoff, 1), Duration(100));
    EXPECT_EQ(backoff_ceiling(backoff, 2), Duration(200));
    EXPECT_EQ(backoff_ceiling(backoff, 4), Duration(800));
    EXPECT_EQ(backoff_ceiling(backoff, 5), Duration(1'000));
    EXPECT_EQ(backoff_ceiling(backoff, 1'000'000), Duration(1'000));
    EXPECT_EQ(backoff_ceiling({Duration(0), Duration(0)}, 3), Duration(0));
}

TEST(Backoff, JitterCoversTheWholeSpanAndNoMore) {
    const Backoff backoff{Duration(100), Duration(1'000)};
    EXPECT_EQ(backoff_delay(backoff, 1, 0), Duration(0));
    EXPECT_EQ(backoff_delay(backoff, 1, 100), Duration(100));
    EXPECT_EQ(backoff_delay(backoff, 1, 101), Duration(0));
    EXPECT_LE(backoff_delay(backoff, 9, UINT64_MAX), Duration(1'000));
}

TEST(Outcome, WhatMayPassIsTriedAgain) {
    EXPECT_EQ(Outcome::from_error({ErrorCode::Unavailable, "x"}).kind(), Outcome::Kind::Retry);
    EXPECT_EQ(Outcome::from_error({ErrorCode::DeadlineExceeded, "x"}).kind(), Outcome::Kind::Retry);
    EXPECT_EQ(Outcome::from_error({ErrorCode::Cancelled, "x"}).kind(), Outcome::Kind::Cancel);
    EXPECT_EQ(Outcome::from_error({ErrorCode::InvalidInput, "x"}).kind(), Outcome::Kind::Fail);
}

TEST(CutUtf8, NeverCutsACharacter) {
    EXPECT_EQ(cut_utf8("abc", 3), "abc");
    EXPECT_EQ(cut_utf8("abcd", 3), "abc");
    EXPECT_EQ(cut_utf8("a\xe2\x82\xac", 3), "a");
    EXPECT_EQ(cut_utf8("a\xe2\x82\xac", 4), "a\xe2\x82\xac");
}

}  // namespace
}  // namespace galley::tasks
