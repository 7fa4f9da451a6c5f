// What goes in comes out: types, nulls, errors of single statements.
#include <limits>

#include "conformance/database_suite.h"

namespace galley::store {
namespace {

using Values = DatabaseSuite;

TEST_P(Values, EveryTypeRoundTrips) {
    const std::string zeros("a\0b\xff", 4);
    const std::int64_t least = std::numeric_limits<std::int64_t>::min();
    ASSERT_TRUE(database_->write([&](Executor& executor) {
        return executor.execute("INSERT INTO note(id, text, amount, data, flag) VALUES($1, $2, $3, $4, $5)",
                                {least, "naïve ✓", 0.1, Blob{zeros}, true});
    }));
    const auto rows = database_->read(
        [](Executor& executor) { return executor.query("SELECT id, text, amount, data, flag FROM note"); });
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 1u);
    const Row row = (*rows)[0];
    EXPECT_EQ(row.integer(0), least);
    EXPECT_EQ(row.text(1), "naïve ✓");
    EXPECT_EQ(row.number(2), 0.1);
    EXPECT_EQ(row.blob(3), zeros);
    EXPECT_EQ(row[3].type(), ValueType::Blob);
    EXPECT_EQ(row.integer(4), 1);
}

TEST_P(Values, NullAndEmptyAreDifferent) {
    ASSERT_TRUE(database_->write([](Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(
            executor.execute("INSERT INTO note(id, text, data) VALUES($1, $2, $3)", {1, std::string_view(), Blob{}}));
        GALLEY_TRY_VOID(executor.execute("INSERT INTO note(id, text, data) VALUES($1, $2, $3)",
                                         {2, nullptr, std::optional<std::string>()}));
        return {};
    }));
    const auto rows =
        database_->read([](Executor& executor) { return executor.query("SELECT text, data FROM note ORDER BY id"); });
    ASSERT_TRUE(rows);
    EXPECT_EQ((*rows)[0][0].type(), ValueType::Text);
    EXPECT_EQ((*rows)[0][1].type(), ValueType::Blob);
    EXPECT_TRUE((*rows)[1].is_null(0));
    EXPECT_TRUE((*rows)[1].is_null(1));
    EXPECT_EQ((*rows)[1].optional_text(0), std::nullopt);
}

TEST_P(Values, ALargeValueRoundTrips) {
    std::string large(3'000'000, 'x');
    for (std::size_t i = 0; i < large.size(); i += 7) large[i] = static_cast<char>(i);
    ASSERT_TRUE(database_->write([&](Executor& executor) {
        return executor.execute("INSERT INTO note(id, data) VALUES($1, $2)", {1, Blob{large}});
    }));
    const auto rows = database_->read([](Executor& executor) { return executor.query("SELECT data FROM note"); });
    ASSERT_TRUE(rows);
    EXPECT_TRUE((*rows)[0].blob(0) == large);
}

TEST_P(Values, ExecuteCountsChangedRows) {
    const auto counts = database_->write([](Executor& executor) -> Result<std::vector<std::int64_t>> {
        std::vector<std::int64_t> changed;
        for (int id = 1; id <= 3; ++id) GALLEY_TRY_VOID(insert(executor, id));
        GALLEY_TRY(changed.emplace_back(), executor.execute("UPDATE note SET flag = 1 WHERE id > $1", {1}));
        GALLEY_TRY(changed.emplace_back(), executor.execute("INSERT INTO note(id) VALUES(1) ON CONFLICT DO NOTHING"));
        GALLEY_TRY(changed.emplace_back(), executor.execute("SELECT id FROM note"));
        GALLEY_TRY(changed.emplace_back(), executor.execute("DELETE FROM note"));
        return changed;
    });
    ASSERT_TRUE(counts);
    EXPECT_EQ(*counts, (std::vector<std::int64_t>{2, 0, 0, 3}));
}

TEST_P(Values, PlaceholdersCountByNumberInWhateverOrderTheyStand) {
    const auto got = database_->read(
        [](Executor& executor) { return executor.query("SELECT $2 - $1 * $3 - $2 * $1", {3, 100, 7}); });
    ASSERT_TRUE(got) << got.error().to_string();
    EXPECT_EQ((*got)[0].integer(0), 100 - 3 * 7 - 100 * 3);
}

TEST_P(Values, ReturningGivesTheNewRow) {
    const auto rows = database_->write([](Executor& executor) {
        return executor.query("INSERT INTO note(id, text) VALUES($1, $2) RETURNING id, text", {7, "seven"});
    });
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 1u);
    EXPECT_EQ((*rows)[0].integer(0), 7);
    EXPECT_EQ((*rows)[0].text(1), "seven");
}

TEST_P(Values, AStatementMayRunInsideItsOwnSink) {
    for (int id = 1; id <= 3; ++id) ASSERT_TRUE(insert(id));
    int seen = 0;
    ASSERT_TRUE(database_->read([&](Executor& executor) {
        return executor.each("SELECT id FROM note", {}, [&](const Row&) -> Result<void> {
            return executor.each("SELECT id FROM note", {}, [&](const Row&) -> Result<void> {
                ++seen;
                return {};
            });
        });
    }));
    EXPECT_EQ(seen, 9);
}

TEST_P(Values, AnErrorOfTheSinkStopsAndComesBack) {
    for (int id = 1; id <= 3; ++id) ASSERT_TRUE(insert(id));
    int seen = 0;
    const auto result = database_->read([&](Executor& executor) {
        return executor.each("SELECT id FROM note", {}, [&](const Row&) -> Result<void> {
            ++seen;
            return fail(ErrorCode::Cancelled, "enough");
        });
    });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(seen, 1);
}

TEST_P(Values, ABrokenStatementIsInternal) {
    const auto broken = database_->write([](Executor& executor) { return executor.execute("SELEKT 1"); });
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::Internal);
    const auto miscounted = database_->write(
        [](Executor& executor) { return executor.execute("INSERT INTO note(id) VALUES($1)", {1, 2}); });
    ASSERT_FALSE(miscounted);
    EXPECT_EQ(miscounted.error().code, ErrorCode::Internal);
}

TEST_P(Values, PlaceholdersCountByTheirNumbersInAnyOrderAndMayRepeat) {
    const auto rows = database_->read([](Executor& executor) {
        return executor.query("SELECT $2 + 0 AS b, $1 + 0 AS a, $3 + 0 AS c, $1 + 0 AS again", {10, 20, 30});
    });
    ASSERT_TRUE(rows) << rows.error().to_string();
    const Row row = (*rows)[0];
    EXPECT_EQ(row.integer(0), 20);
    EXPECT_EQ(row.integer(1), 10);
    EXPECT_EQ(row.integer(2), 30);
    EXPECT_EQ(row.integer(3), 10);
}

TEST_P(Values, TwoStatementsInOneTextAreRefused) {
    const auto result =
        database_->write([](Executor& executor) { return executor.execute("DELETE FROM note; DELETE FROM note"); });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Internal);
}

TEST_P(Values, ADuplicateIsConflict) {
    ASSERT_TRUE(insert(1));
    const auto again = insert(1);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::Conflict);
}

TEST_P(Values, AReadCannotWrite) {
    const auto result =
        database_->read([](Executor& executor) { return executor.execute("INSERT INTO note(id) VALUES(1)"); });
    EXPECT_FALSE(result);
    EXPECT_EQ(count(), 0);
}

TEST_P(Values, MoreStatementsThanTheCacheHoldsStillRun) {
    ASSERT_TRUE(database_->read([](Executor& executor) -> Result<void> {
        for (std::size_t i = 0; i < kStatementsMax * 2; ++i) {
            const std::string text = "SELECT count(*) FROM note WHERE id = " + std::to_string(i);
            GALLEY_TRY_VOID(executor.query(Sql::assembled(text)));
        }
        return {};
    }));
}

INSTANTIATE_TEST_SUITE_P(Databases, Values, testing::ValuesIn(every_database()), database_name);

}  // namespace
}  // namespace galley::store
