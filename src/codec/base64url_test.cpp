#include "codec/base64url.h"

#include <gtest/gtest.h>

namespace galley::codec {
namespace {

struct Pair {
    const char* bytes;
    const char* text;
};

// RFC 4648 §10 (padding removed).
TEST(Base64Url, AgreesWithThePublishedVectors) {
    for (const Pair& pair :
         {Pair{"", ""}, Pair{"f", "Zg"}, Pair{"fo", "Zm8"}, Pair{"foo", "Zm9v"}, Pair{"foob", "Zm9vYg"},
          Pair{"fooba", "Zm9vYmE"}, Pair{"foobar", "Zm9vYmFy"}, Pair{"\xfb\xff\xfe", "-__-"}}) {
        EXPECT_EQ(base64url_encode(pair.bytes), pair.text);
        EXPECT_EQ(base64url_decode(pair.text).value(), pair.bytes);
    }
}

TEST(Base64Url, EveryByteValueAndEveryLengthComesBack) {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(base64url_decode(base64url_encode(bytes)).value(), bytes);
        bytes += static_cast<char>(i % 256);
    }
}

TEST(Base64Url, OnlyTheOneTextOfAValueIsAccepted) {
    for (const char* text : {"Zg==", "Z", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm 9v", "Zm9v\n"}) {
        EXPECT_EQ(base64url_decode(text).error().code, ErrorCode::InvalidInput) << text;
    }
}

}  // namespace
}  // namespace galley::codec
