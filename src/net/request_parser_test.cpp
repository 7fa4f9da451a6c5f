#include "net/request_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace galley::net {
namespace {

using namespace std::string_literals;  // "a\0b"s keeps its NUL

constexpr std::size_t kBodyBytesMax = 100;

// What came of `wire`, shown in pieces of `piece` bytes: "GET /path?query [name=value]… |body", or the refusal's
// status, or "more".
std::string parse(const std::string& wire, std::size_t piece, const HeadLimits& limits = {}) {
    RequestParser parser(limits);
    parser.start();
    std::string waiting;
    bool head_done = false;
    auto step = RequestParser::Step::NeedMore;
    for (std::size_t at = 0; at < wire.size() && step == RequestParser::Step::NeedMore; at += piece) {
        waiting += wire.substr(at, piece);
        std::size_t taken = 0;
        if (!head_done) {
            step = parser.read_head(waiting, taken);
            waiting.erase(0, taken);
            head_done = step == RequestParser::Step::Done;
            if (head_done) parser.set_body_bytes_max(kBodyBytesMax);
        }
        if (head_done) {
            step = parser.read_body(waiting, taken);
            waiting.erase(0, taken);
        }
    }
    if (step == RequestParser::Step::NeedMore) return "more";
    if (step == RequestParser::Step::Refused) return std::to_string(parser.refusal().status);
    const Request& request = *parser.request();
    std::string text = std::string(method_name(request.method)) + " " + std::string(request.path);
    if (!request.query.empty()) text += "?" + std::string(request.query);
    for (const auto& [name, value] : request.fields) {
        if (name != "Host") text += " [" + std::string(name) + "=" + std::string(value) + "]";
    }
    if (!parser.keep_alive()) text += " close";
    return request.body.empty() ? text : text + " |" + request.body;
}

struct WireCase {
    const char* name;
    std::string wire;
    const char* want;
};

class RequestParserTable : public ::testing::TestWithParam<WireCase> {};

TEST_P(RequestParserTable, GivesTheSameHoweverTheBytesArrive) {
    for (std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::max<std::size_t>(1, GetParam().wire.size())}) {
        EXPECT_EQ(parse(GetParam().wire, piece), GetParam().want) << "in pieces of " << piece;
    }
}

const std::string kHost = "Host: h\r\n";
std::string post(const std::string& fields, const std::string& body) {
    return "POST / HTTP/1.1\r\n" + kHost + fields + "\r\n" + body;
}
const std::string kChunked = "Transfer-Encoding: chunked\r\n";

INSTANTIATE_TEST_SUITE_P(
    Accepted, RequestParserTable,
    ::testing::Values(
        WireCase{"Get", "GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a?b=c"},
        WireCase{"SpacesAroundValue", "GET / HTTP/1.1\r\nHost: h\r\nX:  y z \t\r\n\r\n", "GET / [X=y z]"},
        WireCase{"EmptyValue", "GET / HTTP/1.1\r\nHost: h\r\nX:\r\n\r\n", "GET / [X=]"},
        WireCase{"HostWithPort", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET /"},
        WireCase{"AbsoluteForm", "GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a?b"},
        WireCase{"AbsoluteFormWithoutPath", "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", "GET /"},
        WireCase{"AsteriskForm", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS *"},
        WireCase{"Http10NeedsNoHost", "GET / HTTP/1.0\r\n\r\n", "GET / close"},
        WireCase{"Close", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / [Connection=close] close"},
        WireCase{"SizedBody", post("Content-Length: 5\r\n", "hello"), "POST / [Content-Length=5] |hello"},
        WireCase{"EmptyBody", post("Content-Length: 0\r\n", ""), "POST / [Content-Length=0]"},
        WireCase{"ChunkedBody", post(kChunked, "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n"),
                 "POST / [Transfer-Encoding=chunked] |abc0123456789"},
        WireCase{"TrailersAreDropped", post(kChunked, "1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n"),
                 "POST / [Transfer-Encoding=chunked] |a"},
        WireCase{"ChunkExtensions", post(kChunked, "1;a;b=c;d=\"e \\\" ;\"\r\nx\r\n0;last\r\n\r\n"),
                 "POST / [Transfer-Encoding=chunked] |x"},
        WireCase{"ChunkSizeInAnyCase", post(kChunked, "a\r\n0123456789\r\n000\r\n\r\n"),
                 "POST / [Transfer-Encoding=chunked] |0123456789"},
        WireCase{"ChunkedInAnyCase", post("transfer-encoding: Chunked\r\n", "0\r\n\r\n"),
                 "POST / [transfer-encoding=Chunked]"},
        WireCase{"LengthWithZeros", post("Content-Length: 0005\r\n", "hello"), "POST / [Content-Length=0005] |hello"},
        WireCase{"AbsoluteFormWithQueryOnly", "GET http://h?a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /?a"},
        WireCase{"CloseAmongOthers", "GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n",
                 "GET / [Connection=x, Close] close"},
        WireCase{"Http10KeepsAliveWhenAsked", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
                 "GET / [Connection=Keep-Alive]"},
        WireCase{"UpgradeIsIgnored", "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
                 "GET / [Connection=Upgrade] [Upgrade=h2c]"},
        WireCase{"RawUtf8InValue", "GET / HTTP/1.1\r\nHost: h\r\nX: \xc3\xa9\r\n\r\n", "GET / [X=\xc3\xa9]"},
        WireCase{"LastByteMissing", post("Content-Length: 5\r\n", "hell"), "more"},
        WireCase{"LastChunkMissing", post(kChunked, "1\r\na\r\n"), "more"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Refused, RequestParserTable,
    ::testing::Values(
        WireCase{"NoHost", "GET / HTTP/1.1\r\n\r\n", "400"},
        WireCase{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400"},
        WireCase{"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "400"},
        WireCase{"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400"},
        WireCase{"HostWithUser", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "400"},
        WireCase{"TwoHostsInHttp10", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        WireCase{"LengthAndChunked", post("Content-Length: 3\r\n" + kChunked, "0\r\n\r\n"), "400"},
        WireCase{"ChunkedAndLength", post(kChunked + "Content-Length: 3\r\n", "0\r\n\r\n"), "400"},
        WireCase{"DifferentLengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), "400"},
        WireCase{"SameLengthTwice", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), "400"},
        WireCase{"LengthList", post("Content-Length: 3, 3\r\n", "abc"), "400"},
        WireCase{"LengthWithSign", post("Content-Length: +3\r\n", "abc"), "400"},
        WireCase{"NegativeLength", post("Content-Length: -3\r\n", "abc"), "400"},
        WireCase{"HexLength", post("Content-Length: 0x3\r\n", "abc"), "400"},
        WireCase{"EmptyLength", post("Content-Length:\r\n", "abc"), "400"},
        WireCase{"HugeLength", post("Content-Length: 99999999999999999999999\r\n", "abc"), "400"},
        WireCase{"SpaceBeforeColon", post("Content-Length : 3\r\n", "abc"), "400"},
        WireCase{"GzipChunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), "501"},
        WireCase{"ChunkedGzip", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), "501"},
        WireCase{"Xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), "501"},
        WireCase{"Identity", post("Transfer-Encoding: identity\r\n", ""), "501"},
        WireCase{"EmptyCoding", post("Transfer-Encoding:\r\n", ""), "501"},
        WireCase{"ChunkedTwice", post(kChunked + kChunked, "0\r\n\r\n"), "400"},
        WireCase{"ChunkedInHttp10", "POST / HTTP/1.0\r\n" + kChunked + "\r\n0\r\n\r\n", "400"},
        WireCase{"FoldedField", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", "400"},
        WireCase{"SpaceBeforeFirstField", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", "400"},
        WireCase{"BareLfInHead", "GET / HTTP/1.1\nHost: h\r\n\r\n", "400"},
        WireCase{"BareLfOnly", "GET / HTTP/1.1\nHost: h\n\n", "400"},
        WireCase{"BareCrInValue", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", "400"},
        WireCase{"NulInValue", "GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"s, "400"},
        WireCase{"NulInTarget", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, "400"},
        WireCase{"FieldWithoutColon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n", "400"},
        WireCase{"FieldWithoutName", "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", "400"},
        WireCase{"EmptyRequestLine", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},  // the connection forgives one
        WireCase{"NoVersion", "GET /\r\nHost: h\r\n\r\n", "400"},
        WireCase{"Garbage", "\x16\x03\x01\x02\r\n\r\n", "400"},
        WireCase{"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"FragmentInTarget", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"RawUtf8InTarget", "GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"NoPath", "GET a HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"AsteriskGet", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"UnknownMethod", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", "501"},
        WireCase{"LowerCaseMethod", "get / HTTP/1.1\r\nHost: h\r\n\r\n", "501"},
        WireCase{"Connect", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", "501"},
        WireCase{"BadMethod", "GE(T / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
        WireCase{"Http09", "GET / HTTP/0.9\r\nHost: h\r\n\r\n", "505"},
        WireCase{"Http12", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", "505"},
        WireCase{"VersionInLowerCase", "GET / http/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"OtherExpectation", post("Expect: tea\r\nContent-Length: 1\r\n", "x"), "417"},
        WireCase{"BodyTooLarge", post("Content-Length: 101\r\n", std::string(101, 'x')), "413"},
        WireCase{"ChunkTooLarge", post(kChunked, "65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n"), "413"},
        WireCase{
            "ChunksTooLargeTogether",
            post(kChunked, "40\r\n" + std::string(64, 'x') + "\r\n40\r\n" + std::string(64, 'x') + "\r\n0\r\n\r\n"),
            "413"},
        WireCase{"ChunkSizeNotHex", post(kChunked, "g\r\n\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkSizeOverflows", post(kChunked, "fffffffffffffffff\r\n"), "400"},
        WireCase{"ChunkSizeNegative", post(kChunked, "-1\r\n\r\n"), "400"},
        WireCase{"ChunkLongerThanSaid", post(kChunked, "1\r\nab\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkBareLf", post(kChunked, "1\na\n0\n\n"), "400"},
        WireCase{"ChunkSizeWithPrefix", post(kChunked, "0x5\r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkSizeWithSign", post(kChunked, "+5\r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkSizeEmpty", post(kChunked, "\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkSizeAfterSpace", post(kChunked, " 5\r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkSizeBeforeSpace", post(kChunked, "5 \r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkSizeWithUnderscore", post(kChunked, "1_0\r\n"), "400"},
        WireCase{"ChunkSizeWithBareCr", post(kChunked, "5\rhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkSizeWithBareLf", post(kChunked, "5\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkExtensionEmpty", post(kChunked, "5;\r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkExtensionWithoutValue", post(kChunked, "5;a=\r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkExtensionWithBareLf", post(kChunked, "5;a\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkExtensionWithSpace", post(kChunked, "5; a\r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkExtensionQuotedLf", post(kChunked, "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkExtensionAfterQuoted", post(kChunked, "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n"), "400"},
        WireCase{"ChunkWithoutItsEnd", post(kChunked, "5\r\nhello0\r\n\r\n"), "400"},
        WireCase{"ChunkEndWithBareLf", post(kChunked, "5\r\nhello\n0\r\n\r\n"), "400"},
        WireCase{"ChunkEndWithBareCr", post(kChunked, "5\r\nhello\r0\r\n\r\n"), "400"},
        WireCase{"TrailerWithoutColon", post(kChunked, "0\r\nGARBAGE\r\n\r\n"), "400"},
        WireCase{"TrailerFolded", post(kChunked, "0\r\nA: b\r\n c\r\n\r\n"), "400"},
        WireCase{"TrailerWithBareLf", post(kChunked, "0\r\nA: b\n\r\n"), "400"},
        WireCase{"TrailerEndWithBareLf", post(kChunked, "0\r\n\n"), "400"},
        WireCase{"TrailerEndWithBareCr", post(kChunked, "0\r\n\rG"), "400"},
        WireCase{"EncodingInTrailer", post(kChunked, "0\r\nTransfer-Encoding: chunked\r\n\r\n"), "400"},
        WireCase{"HostInTrailer", post(kChunked, "0\r\nHost: h\r\n\r\n"), "400"},
        WireCase{"TooManyTrailers",
                 post(
                     kChunked, "0\r\n" +
                                   [] {
                                       std::string t;
                                       for (int i = 0; i < 101; ++i) t += "A: b\r\n";
                                       return t;
                                   }()),
                 "431"},
        WireCase{"HostOfTwoPorts", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", "400"},
        WireCase{"HostWithLargePort", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", "400"},
        WireCase{"HostWithNamedPort", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n", "400"},
        WireCase{"HostList", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "400"},
        WireCase{"HostLiteralUnclosed", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "400"},
        WireCase{"HostLiteralOfNothing", "GET / HTTP/1.1\r\nHost: []\r\n\r\n", "400"},
        WireCase{"AbsoluteFormWithUser", "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"AbsoluteFormWithoutHost", "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"OtherScheme", "GET ftp://h/a HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"AuthorityForm", "GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"QueryWithoutPath", "GET ?a HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"MarkupInTarget", "GET /<a> HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"BackslashInTarget", "GET /\\a HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"LeadingSpace", " GET / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"TabsInRequestLine", "GET\t/\tHTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"TwoSpacesBeforeTarget", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"TwoSpacesBeforeVersion", "GET /  HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"SpaceAfterVersion", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", "400"},
        WireCase{"VersionOfManyDigits", "GET / HTTP/1.10\r\nHost: h\r\n\r\n", "400"},
        WireCase{"VersionWithoutMinor", "GET / HTTP/1\r\nHost: h\r\n\r\n", "400"},
        WireCase{"BareCrAfterVersion", "GET / HTTP/1.1\rHost: h\r\n\r\n", "400"},
        WireCase{"BareCrInName", "GET / HTTP/1.1\r\nHo\rst: h\r\n\r\n", "400"},
        WireCase{"TabInName", "GET / HTTP/1.1\r\nHost: h\r\nA\t: b\r\n\r\n", "400"},
        WireCase{"DelInValue", "GET / HTTP/1.1\r\nHost: h\r\nA: b\x7f\r\n\r\n", "400"},
        WireCase{"VerticalTabInValue",
                 "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \x0b"
                 "chunked\r\n\r\n",
                 "400"},
        WireCase{"Utf8InName", "GET / HTTP/1.1\r\nHost: h\r\nX\xc3\xa9: b\r\n\r\n", "400"},
        WireCase{"SeparatorInName", "GET / HTTP/1.1\r\nHost: h\r\nA(b): c\r\n\r\n", "400"},
        WireCase{"ConnectionOfNoTokens", "GET / HTTP/1.1\r\nHost: h\r\nConnection: a b\r\n\r\n", "400"},
        WireCase{"EmptyExpectation", post("Expect:\r\nContent-Length: 1\r\n", "x"), "417"},
        WireCase{"EndOfHeadWithBareCr", "GET / HTTP/1.1\r\nHost: h\r\n\rX", "400"},
        WireCase{"EndOfHeadWithBareLf", "GET / HTTP/1.1\r\nHost: h\r\n\n", "400"},
        WireCase{"LengthInTrailer", post(kChunked, "1\r\na\r\n0\r\nContent-Length: 3\r\n\r\n"), "400"}),
    [](const auto& info) { return info.param.name; });

TEST(RequestParser, LimitsOfTheHead) {
    const HeadLimits limits{.header_bytes_max = 300, .header_fields_max = 3, .url_bytes_max = 100};
    const auto with_path = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 'p') + " HTTP/1.1\r\nHost: h\r\n\r\n";
    };
    const auto with_field = [](std::size_t size) {
        return "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(size, 'x') + "\r\n\r\n";
    };
    const auto with_fields = [](int count) {
        std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
        for (int i = 1; i < count; ++i) head += "X: y\r\n";
        return head + "\r\n";
    };
    for (const std::size_t piece : {1UL, 1000UL}) {
        EXPECT_EQ(parse(with_path(100), piece, limits).substr(0, 3), "GET");
        EXPECT_EQ(parse(with_path(101), piece, limits), "414");
        EXPECT_EQ(parse(with_path(250), piece, limits), "414");
        EXPECT_EQ(parse(with_field(300 - 32), piece, limits).substr(0, 3), "GET");
        EXPECT_EQ(parse(with_field(300 - 31), piece, limits), "431");
        EXPECT_EQ(parse(with_fields(3), piece, limits).substr(0, 3), "GET");
        EXPECT_EQ(parse(with_fields(4), piece, limits), "431");
        EXPECT_EQ(parse("GET /" + std::string(1000, 'p'), piece, limits), "414") << "the line has no end yet";
        EXPECT_EQ(parse("GET / HTTP/1.1\r\nX: " + std::string(1000, 'x'), piece, limits), "431")
            << "the field has no end yet";
        EXPECT_EQ(parse(post(kChunked, "1;" + std::string(1000, 'x')), piece, limits), "400")
            << "the chunk header has no end yet";
    }
}

// A fault is answered when its byte is there: nobody waits for a line or a head that may never end.
TEST(RequestParser, RefusesAtTheByteThatShowsTheFault) {
    const auto refused = [](const std::string& wire) { return parse(wire, wire.size()); };
    EXPECT_EQ(refused("\x16\x03\x01"), "400") << "TLS";
    EXPECT_EQ(refused("GET /\r"), "400") << "HTTP/0.9";
    EXPECT_EQ(refused("GET / HTTP/2.0\r\n"), "505");
    EXPECT_EQ(refused("BREW / HTTP/1.1\r\n"), "501");
    EXPECT_EQ(refused("GET x HTTP/1.1\r\n"), "400");
    EXPECT_EQ(refused(std::string(33, 'G')), "400");
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: h\n"), "400");
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost: h\r\n "), "400");
    EXPECT_EQ(refused("GET / HTTP/1.1\r\nHost "), "400");
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nContent-Length: -1\r\n"), "400");
    EXPECT_EQ(refused("POST / HTTP/1.1\r\nTransfer-Encoding: x\r\n"), "501");
    EXPECT_EQ(refused(post(kChunked, "0x")), "400");
    EXPECT_EQ(refused(post(kChunked, "1\r\nab")), "400");
    EXPECT_EQ(refused(post(kChunked, "65\r\n")), "413");
}

TEST(RequestParser, NamesTheRequestThatItRefusesAfterItsLine) {
    RequestParser parser(HeadLimits{});
    parser.start();
    std::size_t taken = 0;
    ASSERT_EQ(parser.read_head("PUT /a HTTP/1.1\r\nX-Request-Id: r\r\nContent-Length: x\r\n", taken),
              RequestParser::Step::Refused);
    ASSERT_NE(parser.request(), nullptr);
    EXPECT_EQ(parser.request()->method, Method::Put);
    EXPECT_EQ(parser.request()->path, "/a");
    EXPECT_EQ(parser.request()->header("x-request-id"), "r");
}

TEST(RequestParser, LeavesWhatFollowsTheRequest) {
    RequestParser parser(HeadLimits{});
    parser.start();
    const std::string first = post("Content-Length: 2\r\n", "");
    const std::string wire = first + "abGET /next";
    std::size_t taken = 0;
    ASSERT_EQ(parser.read_head(wire, taken), RequestParser::Step::Done);
    EXPECT_EQ(taken, first.size());
    parser.set_body_bytes_max(2);
    ASSERT_EQ(parser.read_body(std::string_view(wire).substr(taken), taken), RequestParser::Step::Done);
    EXPECT_EQ(taken, 2U);
    EXPECT_EQ(parser.request()->body, "ab");
}

}  // namespace
}  // namespace galley::net
