#include "rooms/snapshot_store.h"

#include "rooms/testing/rooms_test.h"

namespace galley::rooms {
namespace {

class SnapshotStoreTest : public RoomsTest {
 protected:
    SnapshotId create(const char* room = "r1") {
        const NewSnapshot wanted{.room_id = room, .title = "title", .created_by = "a@x", .includes = {}, .tag = 7};
        return database_->write([&](store::Executor& e) { return store().create_in(e, wanted, from_unix_ms(5)); })
            .value();
    }
    bool complete(SnapshotId id, std::string_view content) {
        const RenderedDocument document{sha256(content), content, 99, 3};
        return database_
            ->write([&](store::Executor& e) { return store().complete_in(e, id, document, from_unix_ms(6)); })
            .value();
    }
    Result<Removed> remove(SnapshotId id, const char* room = "r1") {
        return database_->write([&](store::Executor& e) { return store().remove_in(e, room, id); });
    }
    SnapshotStore& store() {
        if (!store_) store_.emplace(*database_);
        return *store_;
    }
    std::optional<SnapshotStore> store_;
};

TEST_F(SnapshotStoreTest, GoesFromGeneratingToCompleted) {
    const SnapshotId id = create();
    EXPECT_EQ(store().get("r1", id)->state, SnapshotState::Generating);
    EXPECT_TRUE(complete(id, "x"));
    const Snapshot snapshot = store().get("r1", id).value();
    EXPECT_EQ(snapshot.state, SnapshotState::Completed);
    EXPECT_EQ(snapshot.content_hash, sha256("x"));
    EXPECT_EQ(snapshot.file_size, 99);
    EXPECT_EQ(snapshot.page_count, 3);
}

TEST_F(SnapshotStoreTest, IsNotFoundUnderAnotherRoomOrTag) {
    const SnapshotId id = create();
    EXPECT_EQ(store().get("r2", id).error().code, ErrorCode::NotFound);
    EXPECT_EQ(store().get("r1", {id.seq, 8}).error().code, ErrorCode::NotFound);
    EXPECT_EQ(remove(id, "r2").error().code, ErrorCode::NotFound);
}

TEST_F(SnapshotStoreTest, TheLastOfSeveralSnapshotsTakesTheDocumentAlong) {
    const SnapshotId a = create(), b = create();
    complete(a, "same");
    complete(b, "same");
    EXPECT_EQ(remove(a)->orphan, std::nullopt);
    EXPECT_EQ(store().kept_input(sha256("same"))->input, "same");
    EXPECT_EQ(remove(b)->orphan, sha256("same"));
    EXPECT_EQ(store().kept_input(sha256("same")).error().code, ErrorCode::NotFound);
}

TEST_F(SnapshotStoreTest, CompletingADeletedSnapshotCountsNothing) {
    const SnapshotId id = create();
    ASSERT_TRUE(remove(id));
    EXPECT_FALSE(complete(id, "x"));
    EXPECT_EQ(store().kept_input(sha256("x")).error().code, ErrorCode::NotFound);
}

TEST_F(SnapshotStoreTest, AFailedOneKeepsItsErrorAndCanBeTriedAgain) {
    const SnapshotId id = create();
    ASSERT_TRUE(database_->write([&](store::Executor& e) { return store().fail_in(e, id, "no fonts", {}); }));
    EXPECT_EQ(store().get("r1", id)->error, "no fonts");
    ASSERT_TRUE(database_->write([&](store::Executor& e) { return store().reopen_in(e, id); }));
    EXPECT_EQ(store().get("r1", id)->state, SnapshotState::Generating);
    EXPECT_TRUE(complete(id, "x"));
}

TEST_F(SnapshotStoreTest, RemovingARoomGivesEveryOrphanOnce) {
    complete(create(), "one");
    complete(create(), "one");
    complete(create("r2"), "two");
    const auto removed = database_->write([&](store::Executor& e) { return store().remove_room_in(e, "r1"); }).value();
    EXPECT_EQ(removed, std::vector<Digest>{sha256("one")});
    EXPECT_TRUE(store().kept_input(sha256("two")));
}

TEST_F(SnapshotStoreTest, ListsARoomsSnapshotsNewestFirst) {
    const SnapshotId a = create(), b = create();
    create("r2");
    const SnapshotPage all = store().list("r1", {.limit = 10}).value();
    ASSERT_EQ(all.snapshots.size(), 2U);
    EXPECT_EQ(all.snapshots[0].id, b);
    EXPECT_EQ(all.next, std::nullopt);
    const SnapshotPage older = store().list("r1", {.before = b.seq, .limit = 10}).value();
    ASSERT_EQ(older.snapshots.size(), 1U);
    EXPECT_EQ(older.snapshots[0].id, a);
}

TEST_F(SnapshotStoreTest, APageEndsAtItsLimitAndTheNextBeginsBehindIt) {
    const SnapshotId a = create(), b = create(), c = create();
    const SnapshotPage first = store().list("r1", {.limit = 2}).value();
    ASSERT_EQ(first.snapshots.size(), 2U);
    EXPECT_EQ(first.snapshots[0].id, c);
    EXPECT_EQ(first.next, b.seq);
    const SnapshotPage second = store().list("r1", {.before = first.next, .limit = 2}).value();
    ASSERT_EQ(second.snapshots.size(), 1U);
    EXPECT_EQ(second.snapshots[0].id, a);
    EXPECT_EQ(second.next, std::nullopt);
}

TEST_F(SnapshotStoreTest, FiltersLeaveOutWhatDoesNotFit) {
    const SnapshotId a = create();
    complete(a, "one");
    create();
    const SnapshotPage done = store().list("r1", {.state = SnapshotState::Completed, .limit = 10}).value();
    ASSERT_EQ(done.snapshots.size(), 1U);
    EXPECT_EQ(done.snapshots[0].id, a);
    EXPECT_TRUE(store().list("r1", {.created_by = "nobody@x"}).value().snapshots.empty());
}

}  // namespace
}  // namespace galley::rooms
