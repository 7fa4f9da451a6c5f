// Payloads at rest, and how long what has ended stays.
#include <fstream>

#include "tasks/engine_fixture.h"

namespace galley::tasks {
namespace {

PayloadKey key(const char* id, std::uint8_t first) {
    return {id, {first}};
}

class EnginePayloads : public EngineTest {
 protected:
    static EngineOptions with_keys(std::vector<PayloadKey> keys) {
        return {.workers = 2, .payload_keys = PayloadKeys(std::move(keys))};
    }
    // Everything that SQLite has written, whichever file it stands in.
    std::string all_bytes() const {
        std::string bytes;
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
            std::ifstream file(entry.path(), std::ios::binary);
            bytes.append(std::istreambuf_iterator<char>(file), {});
        }
        return bytes;
    }
};

TEST_F(EnginePayloads, InputResultAndCursorOfAnEncryptedTaskAreNowhereOnDisk) {
    make_engine(with_keys({key("k1", 1)}));
    engine_->register_kind({.name = "steps"}, [](TaskContext& task) {
        EXPECT_TRUE(task.save_cursor("cursor-SECRET"));
        const auto cursor = task.cursor();
        EXPECT_TRUE(cursor && *cursor == "cursor-SECRET");
        return Outcome::done(R"({"out":"result-SECRET","in":)" + task.input() + "}");
    });
    begin();
    const std::string id = enqueue({.kind = "steps", .input = R"("input-SECRET")", .encrypted = true});
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_EQ(get(id).result, R"({"out":"result-SECRET","in":"input-SECRET"})");
    EXPECT_EQ(engine_->get_many(std::vector{id})->front().result, get(id).result);
    EXPECT_EQ(engine_->input(id), R"("input-SECRET")");
    EXPECT_TRUE(get(id).encrypted);
    EXPECT_EQ(all_bytes().find("SECRET"), std::string::npos);
    const std::string open = enqueue({.kind = "steps", .input = R"("input-SECRET")"});
    ASSERT_TRUE(saw(TaskEvent::Completed, open));
    EXPECT_NE(all_bytes().find("SECRET"), std::string::npos) << "the look finds what is there";
}

TEST_F(EnginePayloads, AChildGetsTheOpenedResultsOfItsParents) {
    make_engine(with_keys({key("k1", 1)}));
    begin();
    const std::string parent = enqueue({.kind = "echo", .input = R"("from parent")", .encrypted = true});
    const std::string child =
        enqueue({.kind = "echo", .input = "1", .parents = {parent}, .input_from_parents = true, .encrypted = true});
    ASSERT_TRUE(saw(TaskEvent::Completed, child));
    EXPECT_EQ(get(child).result,
              R"({"input":1,"parents":[{"task_id":")" + parent + R"(","status":"completed","result":"from parent"}]})");
}

TEST_F(EnginePayloads, WithoutKeysAnEncryptedTaskIsRefused) {
    make_engine();
    begin();
    const auto refused = engine_->enqueue({.kind = "echo", .encrypted = true});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(refused.error().where, "/encrypted");
}

TEST_F(EnginePayloads, ANewKeySealsAndTheOldOneStillOpens) {
    make_engine(with_keys({key("k1", 1)}));
    const std::string old = enqueue({.kind = "echo", .input = "7", .encrypted = true});
    close();
    make_engine(with_keys({key("k1", 1), key("k2", 2)}));
    begin();
    ASSERT_TRUE(saw(TaskEvent::Completed, old));
    EXPECT_EQ(get(old).result, "7");
    close();
    make_engine(with_keys({key("k2", 2)}));
    begin();
    EXPECT_EQ(get(old).result, "7") << "its result was sealed with the new key";
    EXPECT_NE(engine_->input(old).error().message.find("'k1'"), std::string::npos);
}

TEST_F(EnginePayloads, ATaskWhoseKeyIsGoneFailsWithItsNameAndCanBeRetriedWhenTheKeyIsBack) {
    make_engine(with_keys({key("k1", 1)}));
    const std::string id = enqueue({.kind = "echo", .input = "7", .encrypted = true});
    close();
    make_engine(with_keys({key("k2", 2)}));
    begin();
    ASSERT_TRUE(saw(TaskEvent::Failed, id));
    EXPECT_NE(get(id).error->find("'k1'"), std::string::npos);
    close();
    make_engine(with_keys({key("k1", 1), key("k2", 2)}));
    begin();
    ASSERT_TRUE(engine_->retry(id));
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    EXPECT_EQ(get(id).result, "7");
}

TEST_F(EnginePayloads, AResultThatCannotBeOpenedIsShownWithTheReason) {
    make_engine(with_keys({key("k1", 1)}));
    begin();
    const std::string id = enqueue({.kind = "echo", .input = "7", .encrypted = true});
    ASSERT_TRUE(saw(TaskEvent::Completed, id));
    close();
    make_engine();
    begin();
    const TaskRecord task = get(id);
    EXPECT_EQ(task.state, TaskState::Completed);
    EXPECT_FALSE(task.result);
    EXPECT_NE(task.error.value_or("").find("'k1'"), std::string::npos);
}

TEST_F(EnginePayloads, EachWayToEndHasItsOwnRetention) {
    using std::chrono::minutes;
    make_engine({.workers = 1,
                 .retention = {.completed = minutes(10), .failed = minutes(30), .cancelled = Duration(0)},
                 .cleanup_every = minutes(1)});
    engine_->register_kind({.name = "fails"}, [](TaskContext&) { return Outcome::fail("no"); });
    begin();
    const std::string completed = enqueue({.kind = "echo"});
    const std::string failed = enqueue({.kind = "fails"});
    const std::string cancelled = enqueue({.kind = "echo", .run_at = clock_.now() + std::chrono::hours(900)});
    ASSERT_TRUE(engine_->cancel(cancelled));
    ASSERT_TRUE(saw(TaskEvent::Completed, completed));
    ASSERT_TRUE(saw(TaskEvent::Failed, failed));
    EXPECT_TRUE(comes_true_in_time([&] { return !engine_->get(completed); }));
    EXPECT_TRUE(engine_->get(failed));
    EXPECT_TRUE(comes_true_in_time([&] { return !engine_->get(failed); }));
    advance(std::chrono::hours(800));
    EXPECT_TRUE(engine_->get(cancelled));
}

TEST_F(EnginePayloads, AParentStaysUntilItsChildrenHaveEnded) {
    make_engine({.retention = Retention::same(std::chrono::minutes(10)), .cleanup_every = std::chrono::minutes(1)});
    begin();
    const std::string parent = enqueue({.kind = "echo", .input = "7", .keep = std::chrono::seconds(1)});
    ASSERT_TRUE(saw(TaskEvent::Completed, parent));
    const std::string child = enqueue({.kind = "echo",
                                       .run_at = clock_.now() + std::chrono::hours(1),
                                       .parents = {parent},
                                       .input_from_parents = true});
    EXPECT_TRUE(comes_true_in_time([&] { return is_terminal(get(child).state); }));
    EXPECT_NE(get(child).result->find(R"("result":7)"), std::string::npos);
    EXPECT_TRUE(comes_true_in_time([&] { return !engine_->get(parent); }));
}

}  // namespace
}  // namespace galley::tasks
