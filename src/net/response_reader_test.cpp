#include "net/response_reader.h"

#include <gtest/gtest.h>

namespace galley::net {
namespace {

using Step = ResponseReader::Step;

constexpr ResponseLimits kSmall{.header_bytes_max = 200, .header_fields_max = 4, .body_bytes_max = 10};

std::string told(ResponseReader& reader, Step step) {
    if (step == Step::NeedMore) return "more";
    if (step == Step::Refused) return reader.error().to_string();
    return std::to_string(reader.status()) + " " + reader.take_body();
}

// Whole, then the end of the connection; and byte by byte, which must be the same.
std::string read(std::string_view wire) {
    ResponseReader whole(kSmall);
    Step step = whole.take(wire);
    if (step == Step::NeedMore) step = whole.end();
    ResponseReader slow(kSmall);
    for (const char c : wire) slow.take({&c, 1});
    const Step last = slow.end();
    std::string got = told(whole, step);
    EXPECT_EQ(told(slow, last), got) << wire;
    return got;
}

TEST(ResponseReader, EndsByLengthByChunksOrByTheConnection) {
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef"), "200 abc");
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: x\r\n\r\n"),
              "200 abc");
    EXPECT_EQ(read("HTTP/1.0 404 Not Found\n\nabc"), "404 abc");
    EXPECT_EQ(read("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), "200 ");
    EXPECT_EQ(read("HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\nabcde"), "204 ");
    EXPECT_EQ(read("HTTP/1.1 304 Same\r\n\r\nabc"), "304 ");
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length: 3\r\n\r\nabc"), "200 abc");
}

TEST(ResponseReader, PassesOverInterimAnswersUpToABound) {
    const std::string early = "HTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n";
    EXPECT_EQ(read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"), "200 x");
    std::string many;
    for (int i = 0; i <= kInterimAnswersMax; ++i) many += "HTTP/1.1 100 C\r\n\r\n";
    ResponseReader reader({});
    EXPECT_EQ(reader.take(many), Step::Refused);
    EXPECT_TRUE(read("HTTP/1.1 101 Switching\r\n\r\n").starts_with("invalid_input"));
}

TEST(ResponseReader, FindsFieldsWhateverTheirCase) {
    ResponseReader reader({});
    reader.take("HTTP/1.1 301 Moved\r\nLOCATION:  /x \r\nlocation: /y\r\n\r\n");
    EXPECT_EQ(reader.field("Location"), "/x");
    EXPECT_EQ(reader.field("Content-Type"), "");
}

TEST(ResponseReader, WhatIsCutOffIsToldSo) {
    EXPECT_EQ(read(""), "unavailable: the server closed the connection without an answer");
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-"), "unavailable: the server closed the connection without an answer");
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
              "unavailable: the answer was cut off: 3 of 9 bytes came");
    EXPECT_EQ(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
              "unavailable: the answer was cut off within its chunks");
}

TEST(ResponseReader, HoldsItsLimits) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    const std::string large = "limit_exceeded: the answer is larger than 10 bytes";
    EXPECT_EQ(read(ok + "Content-Length: 11\r\n\r\n"), large);
    EXPECT_EQ(read(ok + "\r\n12345678901"), large);
    EXPECT_EQ(read(ok + "\r\n1234567890"), "200 1234567890");
    EXPECT_EQ(read(ok + "Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n5\r\n12345\r\n0\r\n\r\n"), large);
    EXPECT_EQ(read(ok + "X: " + std::string(200, 'x') + "\r\n\r\n"),
              "limit_exceeded: the answer's head is larger than 200 bytes");
    EXPECT_EQ(read(ok + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n\r\n"),
              "limit_exceeded: the answer has more than 4 header fields");
}

TEST(ResponseReader, WhatIsNoHttpOrUnclearIsRefused) {
    for (const char* wire : {"SSH-2.0-OpenSSH\r\n",
                             "220 mail.example ESMTP\r\n",
                             "HTTP/2 200\r\n\r\n",
                             "HTTP/1.1 20\r\n\r\n",
                             "HTTP/1.1 2000 OK\r\n\r\n",
                             "HTTP/1.1 600 X\r\n\r\n",
                             "HTTP/1.1 099 X\r\n\r\n",
                             "HTTP/1.1 2x0 OK\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nX y: z\r\n\r\n",
                             "HTTP/1.1 200 OK\r\n: z\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nX : z\r\n\r\n",
                             "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nX: a\x01\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 0x3\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"})
        EXPECT_TRUE(read(wire).starts_with("invalid_input")) << wire << " → " << read(wire);
}

}  // namespace
}  // namespace galley::net
