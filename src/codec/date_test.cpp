#include "codec/date.h"

#include <gtest/gtest.h>

namespace galley::codec {
namespace {

struct Rfc3339Case {
    const char* text;
    const char* want;  // as we write it
};

TEST(Date, Rfc3339IsReadInAllItsForms) {
    for (const Rfc3339Case& c : {
             Rfc3339Case{"2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"},
             Rfc3339Case{"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z"},
             Rfc3339Case{"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000Z"},
             Rfc3339Case{"2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z"},
             Rfc3339Case{"2026-01-02t03:04:05z", "2026-01-02T03:04:05.000Z"},
             Rfc3339Case{"2026-01-02T03:04:05.999999999Z", "2026-01-02T03:04:05.999Z"},
             Rfc3339Case{"2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000Z"},
             Rfc3339Case{"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
             Rfc3339Case{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
         }) {
        ASSERT_TRUE(parse_rfc3339(c.text)) << c.text;
        EXPECT_EQ(format_rfc3339(*parse_rfc3339(c.text)), c.want);
    }
    EXPECT_EQ(to_unix_ms(*parse_rfc3339("1970-01-01T00:00:01.002Z")), 1002);
}

TEST(Date, WhatIsNoRfc3339TimeIsRefused) {
    for (const char* text :
         {"", "2026-01-02", "2026-01-02T03:04:05", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
          "2026-01-00T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:00Z", "2026-12-31T23:59:60Z",
          "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+0100", "2026-01-02 03:04:05Z",
          "2026-01-02T03:04:05Zx", "26-01-02T03:04:05Z", "+2026-01-02T03:04:05Z", "2026-1-02T03:04:05Z"}) {
        EXPECT_EQ(parse_rfc3339(text).error().code, ErrorCode::InvalidInput) << text;
    }
}

TEST(Date, HttpDatesGoBothWays) {
    const Time time = *parse_rfc3339("1994-11-06T08:49:37Z");
    EXPECT_EQ(format_http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value(), time);
    for (int day = 0; day < 800; ++day) {
        const Time each = from_unix_ms(std::int64_t{86'400'000} * 13 * day + 1000);
        EXPECT_EQ(parse_http_date(format_http_date(each)).value(), each);
    }
}

TEST(Date, OnlyImfFixdateIsReadAsHttpDate) {
    for (const char* text :
         {"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "", "Sun, 06 nov 1994 08:49:37 GMT"}) {
        EXPECT_EQ(parse_http_date(text).error().code, ErrorCode::InvalidInput) << text;
    }
}

}  // namespace
}  // namespace galley::codec
