// Keys of all algorithms: what is taken, what is refused, rotation, and what is remembered.
#include "auth/testing/token_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "auth/token.h"
#include "auth/token_key.h"
#include "os/testing/fake_clock.h"

namespace galley::auth {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr TokenAlgorithm kHs = TokenAlgorithm::Hs256;
constexpr TokenAlgorithm kRs = TokenAlgorithm::Rs256;
constexpr TokenAlgorithm kEd = TokenAlgorithm::EdDsa;
const TokenClaims kClaims{.email = "a@b.example"};

TokenVerifier verifier_of(std::vector<TokenKey> keys, const os::Clock& clock) {
    return std::move(*TokenVerifier::create({.keys = std::move(keys)}, clock));
}

std::string refusal_of(const TokenKey& key) {
    const auto made = make_signature_key(key);
    return made ? "" : made.error().message;
}

TEST(TokenKeys, EveryAlgorithmSignsWhatItVerifies) {
    const os::FakeClock clock;
    for (const TokenAlgorithm algorithm : all_algorithms()) {
        const TestKey& key = test_key(algorithm);
        const auto token = mint(kClaims, key.signing, clock);
        ASSERT_TRUE(token) << token.error().to_string();
        const auto caller = verifier_of({key.verifying}, clock).verify(*token);
        ASSERT_TRUE(caller) << caller.error().to_string();
        EXPECT_EQ(caller->email, "a@b.example");
        EXPECT_TRUE(verifier_of({key.signing}, clock).verify(*token)) << "a private key verifies as well";
        EXPECT_EQ(parse_algorithm(algorithm_name(algorithm)), algorithm);
    }
    EXPECT_FALSE(parse_algorithm("none"));
}

// RFC 8037 appendix A: its key and its text.
TEST(TokenKeys, TheSignatureOfTheEdDsaStandardIsKnown) {
    const TokenKey key{"", kEd,
                       "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
                       "-----END PUBLIC KEY-----\n"};
    const std::string signature =
        codec::base64url_decode(
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
            .value();
    const auto made = make_signature_key(key);
    ASSERT_TRUE(made) << made.error().to_string();
    EXPECT_TRUE((*made)->verifies("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", signature));
    EXPECT_FALSE((*made)->verifies("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd", signature));
}

TEST(TokenKeys, MaterialOfTheWrongKindIsRefused) {
    const TestKey& rs = test_key(kRs);
    const TestKey& ed = test_key(kEd);
    EXPECT_THAT(refusal_of({"", kRs, ed.verifying.material}), HasSubstr("RSA"));
    EXPECT_THAT(refusal_of({"", kEd, rs.verifying.material}), HasSubstr("Ed25519"));
    EXPECT_THAT(refusal_of({"", kHs, rs.verifying.material}), HasSubstr("PEM"));
    EXPECT_THAT(refusal_of({"", kHs, std::string(31, 'x')}), HasSubstr("at least 32"));
    for (const TokenAlgorithm algorithm : {kRs, kEd}) {
        for (const char* text : {"", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"}) {
            EXPECT_THAT(refusal_of({"", algorithm, text}), HasSubstr("PEM")) << text;
        }
        EXPECT_NE(refusal_of({"", algorithm, std::string(64, 'x')}), "");
    }
}

TEST(TokenKeys, AnEncryptedPrivateKeyIsRefusedWithoutAsking) {
    EXPECT_THAT(refusal_of({"", kEd,
                            "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                            "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjv3H4V9qk5VgICCAAw\n"
                            "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEBl2m0Zl0b8qB3fD1tD0hSMEQBdJ\n"
                            "-----END ENCRYPTED PRIVATE KEY-----\n"}),
                HasSubstr("passphrase"));
}

TEST(TokenKeys, RsaIsBoundedBelowAndAbove) {
    const auto code = [](int bits) { return generate_key_pair(kRs, bits, os::system_random()).error().code; };
    EXPECT_EQ(code(kRsaBitsMin - 1), ErrorCode::InvalidInput);
    EXPECT_EQ(code(kRsaBitsMax + 1), ErrorCode::InvalidInput);
    // openssl genrsa 1024, made for this test.
    EXPECT_THAT(refusal_of({"", kRs, R"(-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDIukxgNULuw2/kYrv11wws/WBo
gepoXcRr5IitKb8TwZnTUkyjzTfxcMlG3xOqLxdN1e1UjNn4U0gJwtR8B7JCm7L4
QIjg+Vk0iGl0kFdjNxXLWl2ur6/QK7kLbWOP2ci/XX/Eads1HFvmdsoKtA/ktq33
hu7mxocC49Axz0vVPQIDAQAB
-----END PUBLIC KEY-----
)"}),
                HasSubstr("1024 bits"));
}

TEST(TokenKeys, APublicKeyDoesNotSign) {
    const os::FakeClock clock;
    for (const TokenAlgorithm algorithm : {kRs, kEd}) {
        const auto token = mint(kClaims, test_key(algorithm).verifying, clock);
        ASSERT_FALSE(token);
        EXPECT_THAT(token.error().message, HasSubstr("public key cannot sign"));
    }
}

TEST(TokenKeys, TooManyAreRefused) {
    const os::FakeClock clock;
    std::vector<TokenKey> keys;
    for (std::size_t i = 0; i <= kTokenKeysMax; ++i) keys.push_back({std::to_string(i), kHs, std::string(32, 'x')});
    EXPECT_FALSE(TokenVerifier::create({.keys = keys}, clock));
    keys.pop_back();
    EXPECT_TRUE(TokenVerifier::create({.keys = keys}, clock));
}

TEST(KeyRotation, ANewKeyCountsAtOnceAndAnOldOneNoLonger) {
    const os::FakeClock clock;
    const TestKey old_key = make_test_key("old", kEd);
    const TestKey new_key = make_test_key("new", kRs);
    auto verifier = verifier_of({old_key.verifying}, clock);
    const std::string old_token = *mint(kClaims, old_key.signing, clock);
    const std::string new_token = *mint(kClaims, new_key.signing, clock);
    EXPECT_TRUE(verifier.verify(old_token));
    EXPECT_FALSE(verifier.verify(new_token));
    ASSERT_TRUE(verifier.replace({.keys = {old_key.verifying, new_key.verifying}}));
    EXPECT_TRUE(verifier.verify(old_token));
    EXPECT_TRUE(verifier.verify(new_token));
    ASSERT_TRUE(verifier.replace({.keys = {new_key.verifying}}));
    EXPECT_FALSE(verifier.verify(old_token)) << "remembered beyond its key";
    EXPECT_TRUE(verifier.verify(new_token));
}

TEST(KeyRotation, ARefusedReplacementChangesNothing) {
    const os::FakeClock clock;
    auto verifier = verifier_of({test_key(kEd).verifying}, clock);
    const std::string token = *mint(kClaims, test_key(kEd).signing, clock);
    EXPECT_FALSE(verifier.replace({.keys = {}}));
    EXPECT_FALSE(verifier.replace({.keys = {{"x", kRs, "no key"}}}));
    EXPECT_TRUE(verifier.verify(token));
}

TEST(KeyRotation, ChangedRulesCountForRememberedTokens) {
    const os::FakeClock clock;
    auto verifier = verifier_of({test_key(kEd).verifying}, clock);
    const std::string token = *mint(kClaims, test_key(kEd).signing, clock);
    EXPECT_TRUE(verifier.verify(token));
    ASSERT_TRUE(verifier.replace({.keys = {test_key(kEd).verifying}, .audience = "api"}));
    EXPECT_FALSE(verifier.verify(token));
}

TEST(KeyRotation, RunsUnderCallsFromManyThreads) {
    const os::FakeClock clock;
    const TestKey& ed = test_key(kEd);
    const TestKey& hs = test_key(kHs);
    auto verifier = verifier_of({ed.verifying, hs.verifying}, clock);
    const std::string costly = *mint(kClaims, ed.signing, clock);
    const std::string cheap = *mint(kClaims, hs.signing, clock);
    std::atomic<bool> stop = false;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            while (!stop) {
                EXPECT_TRUE(verifier.verify(costly));
                EXPECT_TRUE(verifier.verify(cheap));
                EXPECT_FALSE(verifier.verify(costly + "A"));
            }
        });
    }
    for (int round = 0; round < 50; ++round) {
        EXPECT_TRUE(verifier.replace({.keys = {hs.verifying, ed.verifying}}));
    }
    stop = true;
}

TEST(VerifiedTokens, ARememberedTokenStillExpires) {
    os::FakeClock clock;
    for (const TokenAlgorithm algorithm : all_algorithms()) {
        const auto verifier = verifier_of({test_key(algorithm).verifying}, clock);
        const TokenClaims claims{.email = "a@b.example", .lifetime = seconds(60)};
        const std::string token = *mint(claims, test_key(algorithm).signing, clock);
        EXPECT_TRUE(verifier.verify(token));
        clock.advance(seconds(89));
        EXPECT_TRUE(verifier.verify(token));
        clock.advance(seconds(1));
        EXPECT_THAT(verifier.verify(token).error().message, HasSubstr("expired"));
        EXPECT_THAT(verifier.verify(token).error().message, HasSubstr("expired"));
    }
}

TEST(VerifiedTokens, ARememberedTokenIsNotGoodBeforeItsTime) {
    os::FakeClock clock;
    const auto verifier = verifier_of({test_key(kEd).verifying}, clock);
    const std::string token = *mint(kClaims, test_key(kEd).signing, clock);
    EXPECT_TRUE(verifier.verify(token));
    clock.set_now(clock.now() - std::chrono::hours(1));
    EXPECT_THAT(verifier.verify(token).error().message, HasSubstr("not valid yet"));
}

TEST(VerifiedTokens, WithoutEffortOnlyCheapAndRememberedTokensAreVerified) {
    const os::FakeClock clock;
    constexpr auto kCheap = TokenVerifier::Effort::Cheap;
    const auto verifier = verifier_of({test_key(kEd).verifying, test_key(kHs).verifying}, clock);
    const std::string costly = *mint(kClaims, test_key(kEd).signing, clock);
    EXPECT_TRUE(verifier.verify(*mint(kClaims, test_key(kHs).signing, clock), kCheap));
    EXPECT_EQ(verifier.verify(costly, kCheap).error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(verifier.verify("a.b.c", kCheap).error().code, ErrorCode::Unauthenticated);
    EXPECT_TRUE(verifier.verify(costly));
    EXPECT_TRUE(verifier.verify(costly, kCheap));
}

TEST(VerifiedTokens, MoreTokensThanAreRememberedAreAllVerified) {
    const os::FakeClock clock;
    const auto verifier = verifier_of({test_key(kEd).verifying}, clock);
    const TokenKey& key = test_key(kEd).signing;
    for (std::size_t i = 0; i < kVerifiedTokensMax + 10; ++i) {
        const std::string email = "user" + std::to_string(i) + "@b.example";
        const auto caller =
            verifier.verify(token_signed_with(key, header_of(key), R"({"sub":")" + email + R"(","exp":1767225700})"));
        ASSERT_TRUE(caller);
        EXPECT_EQ(caller->email, email);
    }
}

}  // namespace
}  // namespace galley::auth
