#include "net/address_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace galley::net {
namespace {

using ::testing::HasSubstr;

IpAddress ip(std::string_view text) {
    const auto address = parse_ip(text);
    GALLEY_CHECK(address.has_value());
    return *address;
}

TEST(AddressGuard, PublicAddressesArePublic) {
    for (const char* text :
         {"1.1.1.1",         "8.8.8.8",         "93.184.216.34",        "9.255.255.255",      "11.0.0.0",
          "100.63.255.255",  "100.128.0.0",     "126.255.255.255",      "128.0.0.0",          "169.253.255.255",
          "169.255.0.0",     "172.15.255.255",  "172.32.0.0",           "192.0.1.0",          "192.0.3.0",
          "192.167.255.255", "192.169.0.0",     "198.17.255.255",       "198.20.0.0",         "198.51.99.255",
          "203.0.112.255",   "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::8a", "2001:4860:4860::8888",
          "2001:200::1",     "3ffe::1",         "64:ff9b::8.8.8.8"})
        EXPECT_FALSE(why_not_public(ip(text))) << text << ": " << why_not_public(ip(text)).value_or("");
}

struct Row {
    const char* address;
    const char* what;
};
class NotPublic : public ::testing::TestWithParam<Row> {};
TEST_P(NotPublic, IsToldAsWhatItIs) {
    EXPECT_EQ(why_not_public(ip(GetParam().address)).value_or("public"), GetParam().what) << GetParam().address;
}
constexpr const char* kPrivate = "a private address";
constexpr const char* kMetadata = "the metadata service of a cloud";
constexpr const char* kReserved = "a reserved address";
constexpr const char* kLocal = "a private (unique local) address";
INSTANTIATE_TEST_SUITE_P(
    Rows, NotPublic,
    ::testing::Values(
        Row{"0.0.0.0", "an unspecified address"}, Row{"0.255.255.255", "an unspecified address"},
        Row{"10.0.0.0", kPrivate}, Row{"10.255.255.255", kPrivate},
        Row{"100.64.0.0", "an address shared behind a carrier's NAT"},
        Row{"100.127.255.255", "an address shared behind a carrier's NAT"}, Row{"100.100.100.200", kMetadata},
        Row{"127.0.0.1", "a loopback address"}, Row{"127.255.255.254", "a loopback address"},
        Row{"169.254.0.1", "a link-local address"}, Row{"169.254.169.254", kMetadata}, Row{"169.254.170.2", kMetadata},
        Row{"168.63.129.16", kMetadata}, Row{"172.16.0.0", kPrivate}, Row{"172.31.255.255", kPrivate},
        Row{"192.0.0.1", "an address for protocols"}, Row{"192.0.0.192", kMetadata},
        Row{"192.0.2.1", "an address for documentation"}, Row{"192.88.99.1", "a 6to4 relay"},
        Row{"192.168.0.0", kPrivate}, Row{"192.168.255.255", kPrivate}, Row{"198.18.0.0", "an address for benchmarks"},
        Row{"198.19.255.255", "an address for benchmarks"}, Row{"198.51.100.7", "an address for documentation"},
        Row{"203.0.113.7", "an address for documentation"}, Row{"224.0.0.1", "a multicast address"},
        Row{"239.255.255.255", "a multicast address"}, Row{"240.0.0.1", kReserved},
        Row{"255.255.255.255", "a broadcast address"}),
    [](const auto& info) { return "V4Row" + std::to_string(info.index); });
INSTANTIATE_TEST_SUITE_P(
    Ipv6, NotPublic,
    ::testing::Values(Row{"::", "an unspecified address"}, Row{"::1", "a loopback address"},
                      Row{"::7f00:1", "an IPv4-compatible address"}, Row{"::8.8.8.8", "an IPv4-compatible address"},
                      Row{"::ffff:127.0.0.1", "a loopback address"}, Row{"::ffff:10.0.0.1", kPrivate},
                      Row{"::ffff:a9fe:a9fe", kMetadata}, Row{"::ffff:0:8.8.8.8", kReserved},
                      Row{"64:ff9b::7f00:1", "a loopback address"}, Row{"64:ff9b::169.254.169.254", kMetadata},
                      Row{"64:ff9b::10.1.2.3", kPrivate},
                      Row{"64:ff9b:1::808:808", "a translated address of a local network"},
                      Row{"100::1", "an address that discards"}, Row{"2001::1", "a Teredo address"},
                      Row{"2001:0:4136:e378:8000:63bf:3fff:fdd2", "a Teredo address"},
                      Row{"2001:2::1", "an address for benchmarks"}, Row{"2001:20::1", "an address for protocols"},
                      Row{"2001:db8::1", "an address for documentation"},
                      Row{"3fff:fff::1", "an address for documentation"}, Row{"2002:7f00:1::1", "a 6to4 address"},
                      Row{"2002:808:808::1", "a 6to4 address"}, Row{"2a00:1450::5efe:10.0.0.1", kPrivate},
                      Row{"2a00:1450::200:5efe:7f00:1", "a loopback address"}, Row{"fc00::1", kLocal},
                      Row{"fdff:ffff::1", kLocal}, Row{"fd00:ec2::254", kMetadata}, Row{"fd20:ce::254", kMetadata},
                      Row{"fe80::1", "a link-local address"}, Row{"febf::1", "a link-local address"},
                      Row{"fec0::1", "a site-local address"}, Row{"ff02::1", "a multicast address"},
                      Row{"4000::1", kReserved}, Row{"1fff::1", kReserved}, Row{"5f00::1", kReserved}),
    [](const auto& info) { return "V6Row" + std::to_string(info.index); });

AddressGuard guard(const GuardRules& rules) {
    Result<AddressGuard> parsed = AddressGuard::parse(rules);
    GALLEY_CHECK(parsed.has_value());
    return *parsed;
}

TEST(AddressGuard, TheOperatorAllowsNetworksAndNames) {
    const AddressGuard rules = guard({.allow = {"10.1.0.0/16", "::1", "Intranet.Example", "*.corp.example"}});
    EXPECT_TRUE(rules.check_address(ip("8.8.8.8"), "a.example"));
    EXPECT_TRUE(rules.check_address(ip("10.1.255.1"), "a.example"));
    EXPECT_TRUE(rules.check_address(ip("::1"), "::1"));
    EXPECT_TRUE(rules.check_address(ip("10.2.0.1"), "intranet.example"));
    EXPECT_TRUE(rules.check_address(ip("10.2.0.1"), "a.b.corp.example"));
    EXPECT_FALSE(rules.check_address(ip("10.2.0.1"), "corp.example"));
    EXPECT_FALSE(rules.check_address(ip("10.2.0.1"), "notcorp.example"));
    EXPECT_FALSE(rules.check_address(ip("10.2.0.1"), "x.intranet.example"));
    EXPECT_FALSE(rules.check_address(ip("127.0.0.1"), "a.example"));
}

TEST(AddressGuard, ANameAllowsNoMetadataServiceAndAnAddressDoes) {
    const AddressGuard by_name = guard({.allow = {"intranet.example"}});
    EXPECT_FALSE(by_name.check_address(ip("169.254.169.254"), "intranet.example"));
    const AddressGuard by_address = guard({.allow = {"169.254.169.254"}});
    EXPECT_TRUE(by_address.check_address(ip("169.254.169.254"), "intranet.example"));
}

TEST(AddressGuard, WhatIsDeniedStaysSo) {
    const AddressGuard rules = guard({.allow = {"10.0.0.0/8", "a.example"}, .deny = {"10.9.0.0/16", "a.example"}});
    EXPECT_TRUE(rules.check_address(ip("10.8.0.1"), "b.example"));
    EXPECT_FALSE(rules.check_address(ip("10.9.0.1"), "b.example"));
    EXPECT_FALSE(rules.check_name("a.example"));
    EXPECT_FALSE(rules.check_address(ip("8.8.8.8"), "a.example"));
}

TEST(AddressGuard, WhatIsDeniedIsSoInItsTranslatedFormsToo) {
    const AddressGuard rules = guard({.allow = {"0.0.0.0/0", "::/0"}, .deny = {"169.254.0.0/16", "8.8.8.0/24"}});
    EXPECT_FALSE(rules.check_address(ip("64:ff9b::169.254.169.254"), "a.example"));
    EXPECT_FALSE(rules.check_address(ip("64:ff9b::8.8.8.8"), "a.example"));
    EXPECT_FALSE(rules.check_address(ip("2a00:1450::5efe:8.8.8.8"), "a.example"));  // ISATAP
    EXPECT_FALSE(rules.check_address(ip("::ffff:8.8.8.8"), "a.example"));
    EXPECT_TRUE(rules.check_address(ip("64:ff9b::9.9.9.9"), "a.example"));
}

TEST(AddressGuard, ReachDecidesAboutThePublicNetwork) {
    const AddressGuard listed = guard({.reach = Reach::Allowed, .allow = {"8.8.0.0/16", "a.example"}});
    EXPECT_TRUE(listed.check_address(ip("8.8.8.8"), "b.example"));
    EXPECT_TRUE(listed.check_address(ip("9.9.9.9"), "a.example"));
    EXPECT_THAT(listed.check_address(ip("9.9.9.9"), "b.example").error().message, HasSubstr("outbound.allow"));
    const AddressGuard nothing = guard({.reach = Reach::Nothing, .allow = {"8.8.8.8"}});
    EXPECT_THAT(nothing.check_address(ip("8.8.8.8"), "b.example").error().message, HasSubstr("outbound.reach"));
}

TEST(AddressGuard, SaysWhichAddressAndWhy) {
    const auto refused = guard({}).check_address(ip("192.168.1.1"), "router.example");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Forbidden);
    EXPECT_EQ(refused.error().message, "192.168.1.1 is a private address; only public addresses are fetched from");
    EXPECT_EQ(refused.error().where, "router.example");
}

TEST(AddressGuard, RulesThatAreNoneAreRefused) {
    for (const char* rule :
         {"", "10.0.0.1/8", "10.0.0.0/33", "1.2.3", "a b", "*", "*.", "http://a", "a/b", "[::1]", "::x"})
        EXPECT_FALSE(AddressGuard::parse({.allow = {rule}})) << rule;
    EXPECT_FALSE(AddressGuard::parse({.deny = std::vector<std::string>(kGuardRulesMax + 1, "10.0.0.1")}));
}

}  // namespace
}  // namespace galley::net
