#include "api/query.h"

#include <gtest/gtest.h>

namespace galley::api {
namespace {

EndpointRow listing() {
    EndpointRow row;
    row.query = {{"limit", integer({.min = 1, .max = 200}), ""},
                 {"status", one_of({"pending", "running"}), ""},
                 {"after", time_text(), ""},
                 {"deep", boolean(), ""},
                 {"queue", text({.min = 1, .max = 4}), ""}};
    return row;
}

Result<void> check(std::string_view query) {
    return check_query(*net::make_request(net::Method::Get, "/x?" + std::string(query)), listing());
}

std::string fault_of(std::string_view query) {
    const Result<void> checked = check(query);
    return checked ? "" : checked.error().message;
}

TEST(Query, WhatTheRowNamesIsTaken) {
    EXPECT_TRUE(check(""));
    EXPECT_TRUE(check("limit=200&status=running&after=2026-01-01T00:00:00Z&deep=true&queue=abcd"));
}

TEST(Query, EachBrokenRuleIsNamed) {
    EXPECT_EQ(fault_of("colour=1"), "unknown query parameter 'colour'");
    for (const char* bad : {"limit=0", "limit=201", "limit=1x", "limit=", "limit=99999999999999999999", "limit=1.5"}) {
        EXPECT_EQ(fault_of(bad), "the query parameter 'limit' must be a whole number from 1 to 200") << bad;
    }
    EXPECT_EQ(fault_of("status=done"), "the query parameter 'status' must be one of pending, running");
    EXPECT_EQ(fault_of("after=yesterday"), "the query parameter 'after' must be an RFC 3339 time");
    EXPECT_EQ(fault_of("deep=1"), "the query parameter 'deep' must be true or false");
    EXPECT_EQ(fault_of("queue="), "the query parameter 'queue' must be 1 to 4 bytes long");
    EXPECT_EQ(fault_of("queue=abcde"), "the query parameter 'queue' must be 1 to 4 bytes long");
    EXPECT_EQ(fault_of("limit=1&limit=1"), "the query parameter 'limit' is given twice");
    EXPECT_FALSE(check("limit=%zz"));
}

TEST(Query, RowsThatAreOpenToAllTakeAnyQuery) {
    EndpointRow row = listing();
    row.access = Access::Public;
    EXPECT_TRUE(check_query(*net::make_request(net::Method::Get, "/x?_=17"), row));
}

}  // namespace
}  // namespace galley::api
