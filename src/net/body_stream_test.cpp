#include "net/body_stream.h"

#include <gtest/gtest.h>

#include "net/http.h"

namespace galley::net {
namespace {

using Push = BodyStream::Push;

TEST(BodyStream, WhatIsPushedIsTakenInOrder) {
    BodyStream stream(100);
    EXPECT_EQ(stream.push("one "), Push::Taken);
    EXPECT_EQ(stream.push("two"), Push::Taken);
    const BodyStream::Taken taken = stream.take();
    EXPECT_EQ(taken.bytes, "one two");
    EXPECT_FALSE(taken.ended);
    EXPECT_EQ(stream.take().bytes, "");
}

TEST(BodyStream, WhatDoesNotFitIsNotTakenAtAll) {
    BodyStream stream(10);
    EXPECT_EQ(stream.push("1234567890"), Push::Taken);
    EXPECT_EQ(stream.push("1"), Push::Full);
    EXPECT_EQ(stream.take().bytes, "1234567890");
    EXPECT_EQ(stream.push("1"), Push::Full) << "what was taken is still on its way";
    EXPECT_EQ(stream.bytes_held(), 10U);
    int sent = 0;
    stream.on_sent([&sent] { ++sent; });
    stream.sent();
    EXPECT_EQ(sent, 1);
    EXPECT_EQ(stream.push("1"), Push::Taken);
}

TEST(BodyStream, NothingIsTakenBehindTheEnd) {
    BodyStream stream(10);
    EXPECT_EQ(stream.push("last"), Push::Taken);
    stream.end();
    EXPECT_EQ(stream.push("more"), Push::Over);
    const BodyStream::Taken taken = stream.take();
    EXPECT_EQ(taken.bytes, "last");
    EXPECT_TRUE(taken.ended);
}

TEST(BodyStream, ItsReaderIsWokenOnceUntilItTakes) {
    BodyStream stream(100);
    int woken = 0;
    EXPECT_EQ(stream.push("before"), Push::Taken);
    stream.attach([&woken] { ++woken; });
    EXPECT_EQ(woken, 1);
    EXPECT_EQ(stream.push("more"), Push::Taken);
    EXPECT_EQ(woken, 1);
    (void)stream.take();
    EXPECT_EQ(stream.push("again"), Push::Taken);
    EXPECT_EQ(woken, 2);
}

TEST(BodyStream, AnAnswerThatIsDroppedIsTheEndOfItsStream) {
    const auto stream = std::make_shared<BodyStream>(100);
    int over = 0;
    stream->when_over([&over] { ++over; });
    {
        Response response;
        response.body = StreamBody(stream);
        EXPECT_EQ(over, 0);
    }
    EXPECT_EQ(over, 1);
    EXPECT_EQ(stream->push("late"), Push::Over);
    stream->when_over([&over] { ++over; });
    EXPECT_EQ(over, 2) << "who asks late is told at once";
}

}  // namespace
}  // namespace galley::net
