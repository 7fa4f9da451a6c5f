#include "base/digest.h"

#include <gtest/gtest.h>

namespace galley {
namespace {

// FIPS 180-4 example and RFC 4231 test case 2.
TEST(Digest, AgreesWithThePublishedVectors) {
    EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?").hex(),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, IncrementalEqualsWhole) {
    Sha256 hash;
    hash.update("a");
    hash.update("");
    hash.update("bc");
    EXPECT_EQ(hash.finish(), sha256("abc"));
}

TEST(Digest, HexFormParsesBackAndNothingElseDoes) {
    const Digest digest = sha256("x");
    EXPECT_EQ(parse_digest(digest.hex()).value(), digest);
    EXPECT_FALSE(parse_digest(digest.hex().substr(1)));
    EXPECT_FALSE(parse_digest(std::string(64, 'G')));
}

TEST(Digest, ConstantTimeCompareIsEquality) {
    EXPECT_TRUE(equal_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace galley
