// Migrations: forward, in order, all or nothing; newer tables are refused.
#include "conformance/database_suite.h"

namespace galley::store {
namespace {

class Schema : public testing::TestWithParam<DatabaseKind> {
 protected:
    Result<void> open(std::span<const Component> components) {
        database_.reset();
        GALLEY_TRY(database_, factory_->open(components));
        return {};
    }
    std::int64_t integer(Sql sql) {
        const auto found = database_->read([&](Executor& executor) { return executor.query_integer(sql); });
        return found ? found->value_or(-1) : -2;
    }
    std::unique_ptr<DatabaseFactory> factory_ = GetParam().make();
    std::unique_ptr<Database> database_;
};

constexpr char kOne[] = "CREATE TABLE ship(id BIGINT PRIMARY KEY); INSERT INTO ship(id) VALUES(1)";
constexpr char kTwo[] = "INSERT INTO ship(id) VALUES(2)";
constexpr char kBroken[] = "INSERT INTO ship(id) VALUES(3); INSERT INTO ship(id) VALUES(1)";
constexpr Migration kVersions[] = {
    {1, "ships", kOne, kOne}, {2, "second", kTwo, kTwo}, {3, "broken", kBroken, kBroken}};
constexpr Component kAtOne[] = {{"ships", {kVersions, 1}}};
constexpr Component kAtTwo[] = {{"ships", {kVersions, 2}}};
constexpr Component kAtThree[] = {{"ships", {kVersions, 3}}};

TEST_P(Schema, MissingVersionsRunInOrderAndOnce) {
    ASSERT_TRUE(open(kAtOne));
    EXPECT_EQ(integer("SELECT count(*) FROM ship"), 1);
    ASSERT_TRUE(open(kAtTwo));
    EXPECT_EQ(integer("SELECT count(*) FROM ship"), 2);
    ASSERT_TRUE(open(kAtTwo));
    EXPECT_EQ(integer("SELECT count(*) FROM ship"), 2);
    EXPECT_EQ(integer("SELECT version FROM schema_version WHERE component = 'ships'"), 2);
}

TEST_P(Schema, AFailingMigrationLeavesEverythingAsItWas) {
    ASSERT_TRUE(open(kAtOne));
    const Result<void> broken = open(kAtThree);
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message.find("broken"), std::string::npos) << broken.error().message;
    ASSERT_TRUE(open(kAtOne));
    EXPECT_EQ(integer("SELECT count(*) FROM ship"), 1);
    EXPECT_EQ(integer("SELECT version FROM schema_version WHERE component = 'ships'"), 1);
}

TEST_P(Schema, NewerTablesAreRefused) {
    ASSERT_TRUE(open(kAtTwo));
    const Result<void> older = open(kAtOne);
    ASSERT_FALSE(older);
    EXPECT_EQ(older.error().code, ErrorCode::Unsupported);
    EXPECT_NE(older.error().message.find("'ships'"), std::string::npos) << older.error().message;
    ASSERT_TRUE(open(kAtTwo));
}

TEST_P(Schema, UnknownComponentsAreRefused) {
    ASSERT_TRUE(open(kAtOne));
    const Result<void> stranger = open(kNotes);
    ASSERT_FALSE(stranger);
    EXPECT_EQ(stranger.error().code, ErrorCode::Unsupported);
}

TEST_P(Schema, ASecondProcessIsRefused) {
    ASSERT_TRUE(open(kAtOne));
    const auto second = factory_->open(kAtOne);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::Conflict);
}

INSTANTIATE_TEST_SUITE_P(Databases, Schema, testing::ValuesIn(every_database()), database_name);

}  // namespace
}  // namespace galley::store
