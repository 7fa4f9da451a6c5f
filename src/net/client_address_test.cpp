#include "net/client_address.h"

#include <gtest/gtest.h>

namespace galley::net {
namespace {

TrustedProxies proxies(const std::vector<std::string>& networks) {
    auto parsed = TrustedProxies::parse(networks);
    EXPECT_TRUE(parsed) << parsed.error().to_string();
    return std::move(*parsed);
}

std::string client(const TrustedProxies& trusted, const std::string& peer, const HeaderList& fields) {
    const auto request = make_request(Method::Get, "/", fields);
    request->peer_address = peer;
    return trusted.client_of(*request);
}

struct ForwardedCase {
    const char* name;
    const char* peer;
    HeaderList fields;
    const char* want;
};

class Forwarded : public testing::TestWithParam<ForwardedCase> {};

TEST_P(Forwarded, SaysWhoTheClientIs) {
    const TrustedProxies trusted = proxies({"10.0.0.0/8", "192.0.2.1", "2001:db8:ffff::/48"});
    EXPECT_EQ(client(trusted, GetParam().peer, GetParam().fields), GetParam().want);
}

constexpr const char* kField = "X-Forwarded-For";

INSTANTIATE_TEST_SUITE_P(
    Walks, Forwarded,
    testing::Values(
        ForwardedCase{"UntrustedPeersAreNotBelieved", "203.0.113.9", {{kField, "198.51.100.1"}}, "203.0.113.9"},
        ForwardedCase{"ATrustedOneIs", "10.1.2.3", {{kField, "198.51.100.1"}}, "198.51.100.1"},
        ForwardedCase{"WithoutTheFieldItIsTheProxy", "10.1.2.3", {}, "10.1.2.3"},
        ForwardedCase{
            "WhatTheClientSentIsNotBelieved", "10.1.2.3", {{kField, "1.1.1.1, 198.51.100.1"}}, "198.51.100.1"},
        ForwardedCase{"SeveralProxies", "10.1.2.3", {{kField, "198.51.100.1, 192.0.2.1,10.9.9.9"}}, "198.51.100.1"},
        ForwardedCase{
            "SeveralFields", "10.1.2.3", {{kField, "198.51.100.1"}, {"x-forwarded-for", "10.9.9.9"}}, "198.51.100.1"},
        ForwardedCase{"OnlyProxies", "10.1.2.3", {{kField, "10.0.0.1, 10.0.0.2"}}, "10.0.0.1"},
        ForwardedCase{"APort", "10.1.2.3", {{kField, "198.51.100.1:4711"}}, "198.51.100.1"},
        ForwardedCase{"VersionSix", "2001:db8:ffff::5", {{kField, "2001:DB8:1::0001"}}, "2001:db8:1::1"},
        ForwardedCase{"VersionSixWithPort", "10.1.2.3", {{kField, "[2001:db8:1::1]:4711"}}, "2001:db8:1::1"},
        ForwardedCase{"MappedVersionFour", "::ffff:10.1.2.3", {{kField, "::ffff:198.51.100.1"}}, "198.51.100.1"},
        ForwardedCase{"NonsenseEndsTheWalk", "10.1.2.3", {{kField, "198.51.100.1, unknown, 10.0.0.7"}}, "10.0.0.7"},
        ForwardedCase{"NonsenseAlone", "10.1.2.3", {{kField, "x"}}, "10.1.2.3"},
        ForwardedCase{"EmptyEntries", "10.1.2.3", {{kField, ",,"}}, "10.1.2.3"},
        ForwardedCase{"AnOpenBracket", "10.1.2.3", {{kField, "["}}, "10.1.2.3"},
        ForwardedCase{"NoAddressAsPeer", "unix", {{kField, "198.51.100.1"}}, "unix"}),
    [](const auto& info) { return info.param.name; });

TEST(TrustedProxies, ALongChainIsWalkedOnlySoFar) {
    std::string chain = "198.51.100.1";
    for (std::size_t i = 0; i < kForwardedHopsMax; ++i) chain += ", 10.0.0.1";
    EXPECT_EQ(client(proxies({"10.0.0.0/8"}), "10.1.2.3", {{kField, chain}}), "10.0.0.1");
}

TEST(TrustedProxies, NetworksMatchByTheirBits) {
    const HeaderList from{{kField, "198.51.100.1"}};
    EXPECT_EQ(client(proxies({"10.0.0.0/12"}), "10.15.255.255", from), "198.51.100.1");
    EXPECT_EQ(client(proxies({"10.0.0.0/12"}), "10.16.0.0", from), "10.16.0.0");
    EXPECT_EQ(client(proxies({"0.0.0.0/0"}), "203.0.113.9", from), "198.51.100.1");
    EXPECT_EQ(client(proxies({"::/0"}), "2001:db8::1", from), "198.51.100.1");
}

TEST(TrustedProxies, WhatIsNoNetworkIsRefused) {
    for (const char* bad : {"", "x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.1/8", "10.0.0/8",
                            "2001:db8::/129", "2001:db8::1/32", "/8", " 10.0.0.0/8", "10.0.0.0/8 "}) {
        EXPECT_FALSE(TrustedProxies::parse({bad})) << bad;
    }
    EXPECT_FALSE(TrustedProxies::parse(std::vector<std::string>(kTrustedProxiesMax + 1, "10.0.0.1")));
    EXPECT_TRUE(proxies({}).empty());
}

}  // namespace
}  // namespace galley::net
