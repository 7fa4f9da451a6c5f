#include "api/live_event.h"

#include <gtest/gtest.h>

namespace galley::api {
namespace {

TEST(LiveEvent, IdsAreReadBackAsTheyAreWritten) {
    for (const LiveId& id :
         {LiveId{1, 0, std::nullopt}, LiveId{0xfeedfacecafebeef, 18446744073709551615U, std::nullopt},
          LiveId{0xa, 42, 3}, LiveId{0xa, 42, 0}}) {
        EXPECT_EQ(parse_live_id(to_string(id)), id) << to_string(id);
    }
    EXPECT_EQ(to_string(LiveId{0xab, 7, 2}), "ab-7.2");
}

TEST(LiveEvent, WhatIsNoIdOfOursIsNone) {
    for (const std::string_view text :
         {"", "-", "ab", "ab-", "-7", "ab-7.", "ab-7.x", "ab-7.2 ", "ab-7x", "ab--7", "ab-+7", "zz-7", "ab-7.-2",
          "ab-99999999999999999999", "12345678901234567-1", " ab-7", "ab-7.2.2", "ab-7.99999999999"}) {
        EXPECT_FALSE(parse_live_id(text)) << text;
    }
    EXPECT_FALSE(parse_live_id("ab-" + std::string(100, '0')));
}

TEST(LiveEvent, AFrameIsOneEventWhateverTheTextsHold) {
    const tasks::TaskNotice notice{.event = tasks::TaskEvent::Failed,
                                   .seq = 1,
                                   .id = "task-1",
                                   .kind = "echo",
                                   .queue = "default",
                                   .state = tasks::TaskState::Failed,
                                   .attempt = 2,
                                   .progress = 40,
                                   .message = "half\nway\r\n\r\ndata: x",
                                   .error = "no \"luck\"\n\nid: 7",
                                   .created_by = "ann@example.org",
                                   .correlation_id = "c",
                                   .at = Time(Duration(0)),
                                   .waited = {},
                                   .ran = {}};
    LiveEvent event = live_event(notice);
    event.id = {1, 2, 2};
    std::string frame;
    append_frame(frame, event);
    EXPECT_EQ(frame,
              "id: 1-2.2\nevent: task.failed\n"
              R"(data: {"task_id":"task-1","task_type":"echo","status":"failed","progress":40,)"
              R"("message":"half\nway\r\n\r\ndata: x","attempt":2,"at":"1970-01-01T00:00:00.000Z",)"
              R"("error":"no \"luck\"\n\nid: 7"})"
              "\n\n");
    EXPECT_TRUE(event.is_final());
}

}  // namespace
}  // namespace galley::api
