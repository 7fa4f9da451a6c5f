#include "rooms/snapshot.h"

#include <gtest/gtest.h>

namespace galley::rooms {
namespace {

TEST(SnapshotId, ReadsBackAndNothingElseParses) {
    const SnapshotId id{123456, 0xdeadbeef};
    EXPECT_EQ(to_string(id), "snap-000001e240deadbeef");
    EXPECT_EQ(parse_snapshot_id(to_string(id)), id);
    EXPECT_EQ(parse_snapshot_task_id(snapshot_task_id(id)), id);
    for (const char* bad : {"", "snap-", "snap-000001e240deadbee", "snap-000001E240DEADBEEF",
                            "snap-000001e240deadbeef0", "snip-000001e240deadbeef", "snap-+00001e240deadbeef"}) {
        EXPECT_FALSE(parse_snapshot_id(bad)) << bad;
    }
}

TEST(SnapshotStates, NothingLeadsOutOfCompleted) {
    for (const SnapshotTransition& transition : kSnapshotTransitions) {
        EXPECT_NE(transition.from, SnapshotState::Completed);
    }
    EXPECT_EQ(snapshot_transition(SnapshotEvent::Rendered).to, SnapshotState::Completed);
}

TEST(Includes, BitsReadBack) {
    for (int bits = 0; bits < 8; ++bits) EXPECT_EQ(Includes::from_bits(bits).bits(), bits);
}

}  // namespace
}  // namespace galley::rooms
