#include "auth/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "auth/hs256_key.h"
#include "codec/base64url.h"
#include "os/testing/fake_clock.h"

namespace galley::auth {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";
constexpr const char* kOtherSecret = "ffffffffffffffffffffffffffffffff";
constexpr const char* kHeader = R"({"alg":"HS256","typ":"JWT"})";
// The fake clock starts at 2026-01-01T00:00:00Z.
constexpr std::int64_t kNow = 1767225600;

std::string claims_until(std::int64_t expires) {
    return R"({"sub":"ingrid@fjordline.example","role":"staff","name":"Ingrid","exp":)" + std::to_string(expires) + "}";
}

std::string signed_token(std::string_view header, std::string_view claims, std::string_view secret = kSecret) {
    std::string token = codec::base64url_encode(header) + "." + codec::base64url_encode(claims);
    return token + "." + codec::base64url_encode(hmac_sha256(secret, token).view());
}

TokenVerifier verifier_with(TokenVerifierOptions options, const os::Clock& clock) {
    if (options.keys.empty()) options.keys = {{"", TokenAlgorithm::Hs256, kSecret}};
    auto verifier = TokenVerifier::create(options, clock);
    EXPECT_TRUE(verifier) << verifier.error().to_string();
    return std::move(*verifier);
}

// The error's message, or "" when the token was accepted.
std::string refusal(const TokenVerifier& verifier, std::string_view token) {
    const Result<Caller> caller = verifier.verify(token);
    if (caller) return "";
    EXPECT_EQ(caller.error().code, ErrorCode::Unauthenticated);
    return caller.error().message;
}

TEST(TokenVerifier, AcceptsWhatMintMade) {
    const os::FakeClock clock;
    const TokenKey key{"2026-01", TokenAlgorithm::Hs256, kSecret};
    const auto verifier = verifier_with({.keys = {key}, .issuer = "galley", .audience = "api"}, clock);
    const TokenClaims claims{"ingrid@fjordline.example", Role::Admin, "Ingrid Sørensen-Dahl", "galley", "api"};
    const auto token = mint(claims, key, clock);
    ASSERT_TRUE(token) << token.error().to_string();
    const auto caller = verifier.verify(*token);
    ASSERT_TRUE(caller) << caller.error().to_string();
    EXPECT_EQ(caller->email, "ingrid@fjordline.example");
    EXPECT_EQ(caller->role, Role::Admin);
    EXPECT_EQ(caller->name, "Ingrid Sørensen-Dahl");
}

TEST(TokenVerifier, AcceptsTheSignatureOfAnotherImplementation) {
    // RFC 7515 appendix A.1: its key and its token; the claims have no subject, so only the signature can pass.
    const os::FakeClock clock(from_unix_ms(1300819379'000));
    const auto key = codec::base64url_decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    const auto verifier = verifier_with({.keys = {{"", TokenAlgorithm::Hs256, *key}}}, clock);
    EXPECT_THAT(
        refusal(verifier,
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        HasSubstr("\"sub\""));
}

TEST(TokenVerifier, RoleAndNameMayBeAbsent) {
    const os::FakeClock clock;
    const auto caller =
        verifier_with({}, clock).verify(signed_token(kHeader, R"({"sub":"a@b.example","exp":1767225700})"));
    ASSERT_TRUE(caller) << caller.error().to_string();
    EXPECT_EQ(caller->role, Role::User);
    EXPECT_EQ(caller->name, "");
}

struct RefusedCase {
    const char* name;
    const char* header;
    const char* claims;
    const char* want;
};

class TokenRefused : public testing::TestWithParam<RefusedCase> {};

TEST_P(TokenRefused, ThoughWellSigned) {
    const os::FakeClock clock;
    const auto verifier = verifier_with({.issuer = "galley", .audience = "api"}, clock);
    EXPECT_THAT(refusal(verifier, signed_token(GetParam().header, GetParam().claims)), HasSubstr(GetParam().want));
}

constexpr const char* kGood = R"({"sub":"a@b.example","exp":1767225700,"iss":"galley","aud":["x","api"]})";

INSTANTIATE_TEST_SUITE_P(
    Headers, TokenRefused,
    testing::Values(RefusedCase{"AlgorithmNone", R"({"alg":"none"})", kGood, "algorithm"},
                    RefusedCase{"AlgorithmNoneInOtherCase", R"({"alg":"nOnE"})", kGood, "algorithm"},
                    RefusedCase{"AlgorithmOfAnotherFamily", R"({"alg":"RS256"})", kGood, "algorithm"},
                    RefusedCase{"AlgorithmInLowerCase", R"({"alg":"hs256"})", kGood, "algorithm"},
                    RefusedCase{"NoAlgorithm", R"({"typ":"JWT"})", kGood, "no algorithm"},
                    RefusedCase{"AlgorithmIsNoString", R"({"alg":256})", kGood, "no algorithm"},
                    RefusedCase{"AlgorithmTwice", R"({"alg":"none","alg":"HS256"})", kGood, "header is not"},
                    RefusedCase{"Critical", R"({"alg":"HS256","crit":["b64"]})", kGood, "crit"},
                    RefusedCase{"KeyAddress", R"({"alg":"HS256","jku":"https://x.example/"})", kGood, "jku"},
                    RefusedCase{"OwnKey", R"({"alg":"HS256","jwk":{}})", kGood, "jwk"},
                    RefusedCase{"CertificateAddress", R"({"alg":"HS256","x5u":"https://x.example/"})", kGood, "x5u"},
                    RefusedCase{"OwnCertificate", R"({"alg":"HS256","x5c":[]})", kGood, "x5c"},
                    RefusedCase{"UnknownKid", R"({"alg":"HS256","kid":"else"})", kGood, "kid"},
                    RefusedCase{"KidIsNoString", R"({"alg":"HS256","kid":1})", kGood, "kid"},
                    RefusedCase{"NotAnObject", R"(["HS256"])", kGood, "header is not"},
                    RefusedCase{"NotJson", "alg=HS256", kGood, "header is not"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Claims, TokenRefused,
    testing::Values(
        RefusedCase{"NoExpiry", kHeader, R"({"sub":"a@b.example","iss":"galley","aud":"api"})", "\"exp\" is missing"},
        RefusedCase{"ExpiryIsText", kHeader, R"({"sub":"a@b.example","exp":"1767225700"})", "\"exp\" is not a number"},
        RefusedCase{"NotBeforeIsText", kHeader, R"({"sub":"a@b","exp":1767225700,"nbf":"0"})", "\"nbf\" is not"},
        RefusedCase{"NoIssuer", kHeader, R"({"sub":"a@b","exp":1767225700,"aud":"api"})", "issued by someone else"},
        RefusedCase{"OtherIssuer", kHeader, R"({"sub":"a@b","exp":1767225700,"aud":"api","iss":"g"})", "issued by"},
        RefusedCase{"NoAudience", kHeader, R"({"sub":"a@b","exp":1767225700,"iss":"galley"})", "meant for"},
        RefusedCase{"OtherAudience", kHeader, R"({"sub":"a@b","exp":1767225700,"iss":"galley","aud":["x","y"]})",
                    "meant"},
        RefusedCase{"NoSubject", kHeader, R"({"exp":1767225700,"iss":"galley","aud":"api"})", "\"sub\""},
        RefusedCase{"EmptySubject", kHeader, R"({"sub":"","exp":1767225700,"iss":"galley","aud":"api"})", "\"sub\""},
        RefusedCase{"SubjectWithLineBreak", kHeader, R"({"sub":"a\r\nb","exp":1767225700,"iss":"galley","aud":"api"})",
                    "\"sub\""},
        RefusedCase{"UnknownRole", kHeader,
                    R"({"sub":"a@b","role":"root","exp":1767225700,"iss":"galley","aud":"api"})", "\"role\""},
        RefusedCase{"RoleIsList", kHeader,
                    R"({"sub":"a@b","role":["admin"],"exp":1767225700,"iss":"galley","aud":"api"})", "\"role\""},
        RefusedCase{"NotAnObject", kHeader, R"("a@b")", "claims is not"},
        RefusedCase{"SubjectTwice", kHeader, R"({"sub":"a@b","sub":"c@d","exp":1767225700})", "claims is not"}),
    [](const auto& info) { return info.param.name; });

TEST(TokenVerifier, AcceptsTheGoodTokenThatTheRefusedOnesAreMadeFrom) {
    const os::FakeClock clock;
    const auto verifier = verifier_with({.issuer = "galley", .audience = "api"}, clock);
    EXPECT_EQ(refusal(verifier, signed_token(kHeader, kGood)), "");
}

TEST(TokenVerifier, RefusesEverySingleChangedCharacter) {
    const os::FakeClock clock;
    const auto verifier = verifier_with({}, clock);
    const std::string good = signed_token(kHeader, claims_until(kNow + 100));
    ASSERT_EQ(refusal(verifier, good), "");
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char replacement : {'A', 'B', '.', '=', '+', '\0'}) {
            std::string bad = good;
            bad[i] = replacement;
            if (bad != good) EXPECT_NE(refusal(verifier, bad), "") << "at " << i << " '" << replacement << "'";
        }
    }
}

TEST(TokenVerifier, RefusesEveryPrefixAndEveryTail) {
    const os::FakeClock clock;
    const auto verifier = verifier_with({}, clock);
    const std::string good = signed_token(kHeader, claims_until(kNow + 100));
    for (std::size_t i = 0; i < good.size(); ++i) {
        EXPECT_NE(refusal(verifier, std::string_view(good).substr(0, i)), "") << i;
        if (i > 0) EXPECT_NE(refusal(verifier, std::string_view(good).substr(i)), "") << i;
    }
    EXPECT_NE(refusal(verifier, good + "."), "");
    EXPECT_NE(refusal(verifier, good + "="), "");
}

TEST(TokenVerifier, RefusesASignatureWithSpareBits) {
    const os::FakeClock clock;
    const auto verifier = verifier_with({}, clock);
    std::string token = signed_token(kHeader, claims_until(kNow + 100));
    // 32 bytes leave four bits in the 43rd character, of which two must be zero: the next letter gives the same bytes.
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    token.back() = alphabet[alphabet.find(token.back()) + 1];
    EXPECT_THAT(refusal(verifier, token), HasSubstr("base64url"));
}

TEST(TokenVerifier, RefusesAnotherKeysSignatureAndTheEmptyOne) {
    const os::FakeClock clock;
    const auto verifier = verifier_with({}, clock);
    EXPECT_THAT(refusal(verifier, signed_token(kHeader, claims_until(kNow + 100), kOtherSecret)),
                HasSubstr("signature"));
    std::string unsigned_token = signed_token(kHeader, claims_until(kNow + 100));
    unsigned_token.resize(unsigned_token.rfind('.') + 1);
    EXPECT_THAT(refusal(verifier, unsigned_token), HasSubstr("signature"));
}

TEST(TokenVerifier, RefusesOversizedTokensUnread) {
    const os::FakeClock clock;
    EXPECT_THAT(refusal(verifier_with({}, clock), std::string(kTokenBytesMax + 1, 'a')), HasSubstr("longer than"));
}

TEST(TokenVerifier, LeewayBoundsExpiryAndStartToTheMillisecond) {
    os::FakeClock clock;
    const auto verifier = verifier_with({.leeway = seconds(10)}, clock);
    const std::string token = signed_token(kHeader, R"({"sub":"a@b.example","nbf":1767225600,"exp":1767225700})");
    const auto refusal_at = [&](std::int64_t ms_after_now) {
        clock.set_now(from_unix_ms(kNow * 1000 + ms_after_now));
        return refusal(verifier, token);
    };
    EXPECT_THAT(refusal_at(-10'001), HasSubstr("not valid yet"));
    EXPECT_EQ(refusal_at(-10'000), "");
    EXPECT_EQ(refusal_at(109'999), "");
    EXPECT_THAT(refusal_at(110'000), HasSubstr("expired"));
}

TEST(TokenVerifier, KidChoosesAmongSeveralKeys) {
    const os::FakeClock clock;
    const TokenKey old_key{"old", TokenAlgorithm::Hs256, kSecret};
    const TokenKey new_key{"new", TokenAlgorithm::Hs256, kOtherSecret};
    const auto verifier = verifier_with({.keys = {old_key, new_key}}, clock);
    const TokenClaims claims{.email = "a@b.example"};
    EXPECT_EQ(refusal(verifier, *mint(claims, old_key, clock)), "");
    EXPECT_EQ(refusal(verifier, *mint(claims, new_key, clock)), "");
    EXPECT_THAT(refusal(verifier, *mint(claims, {"new", TokenAlgorithm::Hs256, kSecret}, clock)),
                HasSubstr("signature"));
    EXPECT_THAT(refusal(verifier, *mint(claims, {"", TokenAlgorithm::Hs256, kSecret}, clock)), HasSubstr("kid"));
}

TEST(TokenVerifier, OnlyKeyServesTokensWithoutKid) {
    const os::FakeClock clock;
    const auto verifier = verifier_with({.keys = {{"named", TokenAlgorithm::Hs256, kSecret}}}, clock);
    EXPECT_EQ(refusal(verifier, signed_token(kHeader, claims_until(kNow + 100))), "");
}

TEST(TokenVerifier, WeakSecretsAndBadOptionsAreRefused) {
    const os::FakeClock clock;
    const auto message = [&](const TokenVerifierOptions& options) {
        const auto verifier = TokenVerifier::create(options, clock);
        return verifier ? "" : verifier.error().message;
    };
    const TokenKey key{"a", TokenAlgorithm::Hs256, kSecret};
    EXPECT_THAT(message({.keys = {{"", TokenAlgorithm::Hs256, std::string(31, 'x')}}}), HasSubstr("at least 32"));
    EXPECT_THAT(message({.keys = {}}), HasSubstr("no key"));
    EXPECT_THAT(message({.keys = {key, key}}), HasSubstr("two keys"));
    EXPECT_THAT(message({.keys = {key}, .leeway = seconds(61)}), HasSubstr("leeway"));
    EXPECT_THAT(message({.keys = {key}, .leeway = seconds(-1)}), HasSubstr("leeway"));
}

TEST(TokenVerifier, ManyThreadsShareOneVerifier) {
    const os::FakeClock clock;
    const auto verifier = verifier_with({}, clock);
    const std::string good = signed_token(kHeader, claims_until(kNow + 100));
    const std::string bad = signed_token(kHeader, claims_until(kNow + 100), kOtherSecret);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round) {
                EXPECT_TRUE(verifier.verify(good));
                EXPECT_FALSE(verifier.verify(bad));
            }
        });
    }
}

TEST(Hs256Key, SignsTheSameTextTheSameEveryTime) {
    const auto key = Hs256Key::create(kSecret);
    ASSERT_TRUE(key);
    for (const std::string_view text : {"", "a", "abc", "a"}) {
        EXPECT_EQ((*key)->mac(text), hmac_sha256(kSecret, text)) << text;
    }
}

TEST(Mint, RefusesWhatVerifyWouldRefuse) {
    const os::FakeClock clock;
    const TokenKey key{"", TokenAlgorithm::Hs256, kSecret};
    const auto code = [&](const TokenClaims& claims) { return mint(claims, key, clock).error().code; };
    EXPECT_EQ(code({.email = ""}), ErrorCode::InvalidInput);
    EXPECT_EQ(code({.email = "with space@b.example"}), ErrorCode::InvalidInput);
    EXPECT_EQ(code({.email = "\xFF@b.example"}), ErrorCode::InvalidInput);
    EXPECT_EQ(code({.email = "a@b.example", .name = "a\nb"}), ErrorCode::InvalidInput);
    EXPECT_EQ(code({.email = "a@b.example", .lifetime = seconds(0)}), ErrorCode::InvalidInput);
    EXPECT_EQ(code({.email = "a@b.example", .lifetime = seconds::max()}), ErrorCode::InvalidInput);
    EXPECT_EQ(mint({.email = "a@b.example"}, {"", TokenAlgorithm::Hs256, "short"}, clock).error().code,
              ErrorCode::InvalidInput);
}

struct BearerCase {
    const char* name;
    const char* header;
    const char* want;  // nullptr: refused
};

class BearerToken : public testing::TestWithParam<BearerCase> {};

TEST_P(BearerToken, IsTakenFromTheHeader) {
    const auto token = bearer_token(GetParam().header);
    if (GetParam().want == nullptr) {
        ASSERT_FALSE(token);
        EXPECT_EQ(token.error().code, ErrorCode::Unauthenticated);
    } else {
        ASSERT_TRUE(token);
        EXPECT_EQ(*token, GetParam().want);
    }
}

INSTANTIATE_TEST_SUITE_P(Headers, BearerToken,
                         testing::Values(BearerCase{"Plain", "Bearer abc", "abc"},
                                         BearerCase{"AnyCase", "bEARER abc", "abc"},
                                         BearerCase{"SeveralSpaces", "Bearer   abc", "abc"},
                                         BearerCase{"Absent", "", nullptr}, BearerCase{"Empty", "Bearer ", nullptr},
                                         BearerCase{"NoSpace", "Bearer", nullptr},
                                         BearerCase{"OtherScheme", "Basic abc", nullptr},
                                         BearerCase{"LongerScheme", "BearerX abc", nullptr}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace galley::auth
