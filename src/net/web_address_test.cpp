#include "net/web_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace galley::net {
namespace {

using ::testing::HasSubstr;

std::string parsed(std::string_view text) {
    const Result<WebAddress> address = parse_web_address(text);
    return address ? address->text() + (address->ip ? " ip" : "") : address.error().to_string();
}

TEST(WebAddress, IsTakenApart) {
    const Result<WebAddress> address = parse_web_address("HTTPS://Example.ORG:8443/a/b?q=1#part");
    ASSERT_TRUE(address);
    EXPECT_TRUE(address->tls);
    EXPECT_EQ(address->host, "example.org");
    EXPECT_EQ(address->port, 8443);
    EXPECT_EQ(address->target, "/a/b?q=1");
    EXPECT_EQ(address->authority(), "example.org:8443");
    EXPECT_EQ(address->origin(), "https://example.org:8443");
    EXPECT_EQ(parse_web_address("http://[::1]:8080/")->authority(), "[::1]:8080");
}

TEST(WebAddress, IsWrittenAsARequestNeedsIt) {
    EXPECT_EQ(parsed("http://a.example"), "http://a.example/");
    EXPECT_EQ(parsed("http://a.example:80/"), "http://a.example/");
    EXPECT_EQ(parsed("https://a.example:443?x"), "https://a.example/?x");
    EXPECT_EQ(parsed("https://a.example./"), "https://a.example/");
    EXPECT_EQ(parsed("http://a.example/x y\"<é>"), "http://a.example/x%20y%22%3C%C3%A9%3E");
    EXPECT_EQ(parsed("http://a.example/%41%zz"), "http://a.example/%41%zz");
    EXPECT_EQ(parsed("http://a.example/a/./b/../../../c/."), "http://a.example/c/");
    EXPECT_EQ(parsed("http://a.example/a//b"), "http://a.example/a//b");
    EXPECT_EQ(parsed("http://a.example#x"), "http://a.example/");
}

TEST(WebAddress, ANumberIsTheAddressThatItMeans) {
    for (const char* text :
         {"http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/",
          "http://0x7f.1/", "http://0177.0.0.1/", "http://017700000001/", "http://0X7F.0.0.0x1/", "http://127.0.0.1./",
          "http://[::ffff:127.0.0.1]/", "http://[::FFFF:7f00:1]/"})
        EXPECT_EQ(parsed(text), "http://127.0.0.1/ ip") << text;
    EXPECT_EQ(parsed("http://[0:0::1]/"), "http://[::1]/ ip");
    EXPECT_EQ(parsed("http://0/"), "http://0.0.0.0/ ip");
    EXPECT_EQ(parsed("http://0x/"), "http://0.0.0.0/ ip");
    EXPECT_EQ(parsed("http://a.0x7f.example/"), "http://a.0x7f.example/");
}

TEST(WebAddress, WhatIsNoneIsRefused) {
    for (const char* text : {"",
                             "a.example",
                             "//a.example/",
                             "ftp://a.example/",
                             "file:///etc/passwd",
                             "http:/a",
                             "http://",
                             "http:///x",
                             "http://:80/",
                             "http://a@b.example/",
                             "http://a:b@c.example/",
                             "http://@a.example/",
                             "http://a.example:0/",
                             "http://a.example:65536/",
                             "http://a.example:8o/",
                             "http://a b/",
                             "http://a\\b/",
                             "http://a.example/\\x",
                             "http://a.example/\r\nX: y",
                             "http://a.example/\t",
                             "http://a..b/",
                             "http://.a/",
                             "http://a../",
                             "http://%61/",
                             "http://b\xc3\xbc"
                             "cher.example/",
                             "http://256.1.1.1/",
                             "http://1.2.3.4.5/",
                             "http://1.2.3.0x100/",
                             "http://4294967296/",
                             "http://08.1.1.1/",
                             "http://a.1/",
                             "http://1..2/",
                             "http://[::1/",
                             "http://[::g]/",
                             "http://[127.0.0.1]/",
                             "http://[::1]x/",
                             "http://[fe80::1%25eth0]/",
                             "javascript:alert(1)"}) {
        const Result<WebAddress> address = parse_web_address(text);
        ASSERT_FALSE(address) << text << " → " << address->text();
        EXPECT_EQ(address.error().code, ErrorCode::InvalidInput) << text;
    }
    EXPECT_FALSE(parse_web_address("http://a.example/" + std::string(kWebAddressBytesMax, 'x')));
    EXPECT_FALSE(parse_web_address("http://" + std::string(64, 'x') + ".example/"));
}

TEST(WebAddress, PortsOfOtherProtocolsAreRefused) {
    for (const char* port : {"1", "22", "25", "110", "143", "445", "1023", "6000", "6379", "6667", "11211"}) {
        const Result<WebAddress> address = parse_web_address("http://a.example:" + std::string(port) + "/");
        ASSERT_FALSE(address) << port;
        EXPECT_EQ(address.error().code, ErrorCode::Forbidden) << port;
    }
    for (const char* port : {"80", "443", "1024", "3000", "8000", "8080", "8443", "65535"})
        EXPECT_TRUE(parse_web_address("http://a.example:" + std::string(port) + "/")) << port;
}

TEST(WebAddress, ARedirectIsResolvedAgainstWhereItCameFrom) {
    const WebAddress base = *parse_web_address("https://a.example:8443/x/y?q");
    const auto to = [&](std::string_view reference) {
        const Result<WebAddress> address = resolve_web_address(base, reference);
        return address ? address->text() : address.error().message;
    };
    EXPECT_EQ(to("http://b.example/z"), "http://b.example/z");
    EXPECT_EQ(to("//b.example/z"), "https://b.example/z");
    EXPECT_EQ(to("/z?a:b"), "https://a.example:8443/z?a:b");
    EXPECT_EQ(to("z"), "https://a.example:8443/x/z");
    EXPECT_EQ(to("../z"), "https://a.example:8443/z");
    EXPECT_EQ(to("?r"), "https://a.example:8443/x/y?r");
    EXPECT_EQ(to("#f"), "https://a.example:8443/x/y?q");
    EXPECT_EQ(to(""), "https://a.example:8443/x/y?q");
    EXPECT_THAT(to("file:///etc/passwd"), HasSubstr("only http:// and https://"));
    EXPECT_THAT(to("//u:p@b.example/"), HasSubstr("user or password"));
}

}  // namespace
}  // namespace galley::net
