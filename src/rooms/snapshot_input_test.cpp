#include "rooms/snapshot_input.h"

#include "rooms/testing/rooms_test.h"

namespace galley::rooms {
namespace {

class SnapshotInputTest : public RoomsTest {
 protected:
    Digest hash(Includes includes = {}, const char* version = "v1") {
        const SnapshotGatherer gatherer(*database_, version);
        return gatherer.gather("r1", includes)->content_hash;
    }
};

constexpr const char* kSections =
    R"(,"documents":[{"id":"d1","type_code":"C","type_name":"N","status":"missing","file_size":1}],)"
    R"("approvals":[{"id":"a1","party":"P","document":"D","status":"pending"}],)"
    R"("activity":[{"text":"x","ip":"1.2.3.4"}],"generated_at":"2024-01-15T10:30:00Z")";

TEST_F(SnapshotInputTest, IsTheSameForTheSamePrintedRoom) {
    ASSERT_TRUE(put("r1", kSections));
    const Digest first = hash();
    ASSERT_TRUE(put("r1", kSections));
    EXPECT_EQ(hash(), first);
}

TEST_F(SnapshotInputTest, ChangesWithEveryPrintedFieldAndWithNoOther) {
    ASSERT_TRUE(put("r1", kSections));
    const Digest first = hash();
    std::string other_ip = kSections;
    other_ip.replace(other_ip.find("1.2.3.4"), 7, "4.3.2.1");
    ASSERT_TRUE(put("r1", other_ip));
    EXPECT_EQ(hash(), first);
    std::string other_status = kSections;
    other_status.replace(other_status.find("missing"), 7, "expired");
    ASSERT_TRUE(put("r1", other_status));
    EXPECT_NE(hash(), first);
}

TEST_F(SnapshotInputTest, DependsOnOptionsAndOnTemplateAndEngine) {
    ASSERT_TRUE(put("r1", kSections));
    const Digest whole = hash();
    EXPECT_NE(hash({.documents = false}), whole);
    EXPECT_NE(hash({.activity = false}), whole);
    EXPECT_NE(hash({.approvals = false}), whole);
    EXPECT_NE(hash({}, "v2"), whole);
}

TEST_F(SnapshotInputTest, ARoomMadeAnewIsNotTakenForTheOldOne) {
    ASSERT_TRUE(put("r1", kSections, "old", from_unix_ms(1)));
    const SnapshotGatherer gatherer(*database_, "v1");
    const Digest old = gatherer.gather("r1", {})->content_hash;
    ASSERT_TRUE(database_->write([&](store::Executor& e) { return rooms_->remove_in(e, "r1"); }));
    EXPECT_EQ(gatherer.gather("r1", {}).error().code, ErrorCode::NotFound);
    ASSERT_TRUE(put("r1", kSections, "new", from_unix_ms(2)));
    EXPECT_NE(gatherer.gather("r1", {})->content_hash, old);
}

TEST_F(SnapshotInputTest, IsCanonicalJson) {
    const auto printed =
        printed_room(R"({"room":{"title":"t","reference":"r"},"generated_at":"2024-01-15T10:30:00Z"})", {});
    EXPECT_EQ(printed.value(), R"({"generated_at":"2024-01-15T10:30","room":{"reference":"r","title":"t"}})");
}

}  // namespace
}  // namespace galley::rooms
