#include "net/content_encoding.h"

#include <gtest/gtest.h>

namespace galley::net {
namespace {

using codec::Coding;
using Offer = AcceptedCodings::Offer;

std::string chosen(const HeaderList& fields, Offer offer = Offer::All) {
    const auto request = make_request(Method::Get, "/x", fields);
    const auto coding = accepted_codings(*request).choose(offer);
    return coding ? std::string(codec::coding_name(*coding)) : "none";
}

struct Case {
    const char* name;
    const char* value;
    const char* want;
    const char* small;  // what an answer that is not compressed gets
};

class Negotiation : public testing::TestWithParam<Case> {};

TEST_P(Negotiation, ChoosesTheCoding) {
    EXPECT_EQ(chosen({{"Accept-Encoding", GetParam().value}}), GetParam().want);
    EXPECT_EQ(chosen({{"Accept-Encoding", GetParam().value}}, Offer::IdentityOnly), GetParam().small);
}

INSTANTIATE_TEST_SUITE_P(Table, Negotiation,
                         testing::Values(Case{"One", "gzip", "gzip", "identity"},
                                         Case{"Ours", "gzip, deflate, br, zstd", "zstd", "identity"},
                                         Case{"Browsers", "gzip, deflate, br", "br", "identity"},
                                         Case{"ByQuality", "zstd;q=0.5, br;q=0.8, gzip;q=0.9", "gzip", "identity"},
                                         Case{"EqualQuality", "gzip;q=0.5,br;q=0.5", "br", "identity"},
                                         Case{"BlanksAndCase", " GZip ; Q=1.000 ,", "gzip", "identity"},
                                         Case{"OldName", "x-gzip", "gzip", "identity"},
                                         Case{"Unknown", "deflate, compress", "identity", "identity"},
                                         Case{"Empty", "", "identity", "identity"},
                                         Case{"Star", "*", "zstd", "identity"},
                                         Case{"StarButOne", "zstd;q=0, *;q=0.5", "br", "identity"},
                                         Case{"Refused", "gzip;q=0", "identity", "identity"},
                                         Case{"RefusedWithDecimals", "gzip;q=0.000", "identity", "identity"},
                                         Case{"IdentityFirst", "identity, gzip;q=0.5", "identity", "identity"},
                                         Case{"IdentityLowered", "identity;q=0.2, gzip;q=0.5", "gzip", "identity"},
                                         Case{"IdentityEqual", "identity, gzip", "gzip", "identity"},
                                         Case{"IdentityRefused", "identity;q=0", "none", "none"},
                                         Case{"IdentityRefusedAndOne", "identity;q=0, br", "br", "none"},
                                         Case{"AllRefused", "*;q=0", "none", "none"},
                                         Case{"AllButOne", "gzip, *;q=0", "gzip", "none"},
                                         Case{"IdentityButNoOther", "identity, *;q=0", "identity", "identity"},
                                         Case{"LeastQuality", "br;q=0.001", "br", "identity"},
                                         // What is not of the form says nothing.
                                         Case{"QualityTooLarge", "gzip;q=2, br;q=1.001", "identity", "identity"},
                                         Case{"QualityTooLong", "gzip;q=0.1234", "identity", "identity"},
                                         Case{"QualityNoNumber", "gzip;q=x, br;q=, zstd;q", "identity", "identity"},
                                         Case{"OtherParameter", "gzip;level=9", "identity", "identity"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ContentEncoding, SeveralFieldsAreOneList) {
    EXPECT_EQ(chosen({{"accept-encoding", "gzip"}, {"Accept-Encoding", "br;q=0.5"}}), "gzip");
    EXPECT_EQ(chosen({{"accept-encoding", "gzip;q=0.1"}, {"Accept-Encoding", "br;q=0.5"}}), "br");
    EXPECT_EQ(chosen({}), "identity");
}

Response answer_of(std::string type, Body body = Bytes(2000, 'x')) {
    Response response;
    response.content_type = std::move(type);
    response.body = std::move(body);
    return response;
}

TEST(ContentEncoding, TextIsCompressibleAndPicturesAreNot) {
    for (const char* type :
         {"application/json", "application/problem+json", "text/html; charset=utf-8", "text/css", "text/javascript",
          "application/javascript", "image/svg+xml", "application/ld+json ; x=y"}) {
        EXPECT_TRUE(is_compressible(answer_of(type))) << type;
    }
    for (const char* type :
         {"application/pdf", "image/png", "image/jpeg", "application/octet-stream", "", "font/woff2"}) {
        EXPECT_FALSE(is_compressible(answer_of(type))) << type;
    }
}

TEST(ContentEncoding, WhatMayNotChangeStaysAsItIs) {
    EXPECT_FALSE(is_compressible(answer_of("text/plain", FileBody(nullptr))));
    Response kept = answer_of("text/plain");
    kept.add_header("Cache-Control", "private, no-transform");
    EXPECT_FALSE(is_compressible(kept));
    Response encoded = answer_of("text/plain");
    encoded.add_header("Content-Encoding", "gzip");
    EXPECT_FALSE(is_compressible(encoded));
    Response part = answer_of("text/plain");
    part.status = 206;
    EXPECT_FALSE(is_compressible(part));
}

TEST(ContentEncoding, EncodeNamesTheCoding) {
    Response response = answer_of("text/plain");
    encode(response, Coding::Identity);
    EXPECT_FALSE(response.header("Content-Encoding"));
    encode(response, Coding::Brotli);
    EXPECT_EQ(response.header("Content-Encoding"), "br");
    EXPECT_LT(body_size(response.body), 100U);
}

TEST(ContentEncoding, ASharedBodyIsEncodedInItsPlace) {
    const SharedBytes bytes(Bytes(2000, 'x') + "tail");
    SharedBody part(bytes);
    part.length = 2000;
    Response response = answer_of("text/html", part);
    ASSERT_TRUE(is_compressible(response));
    encode(response, Coding::Gzip);
    EXPECT_EQ(std::get<Bytes>(response.body), codec::compress(Coding::Gzip, std::string(2000, 'x')));
    EXPECT_EQ(bytes.size(), 2004U);
}

}  // namespace
}  // namespace galley::net
