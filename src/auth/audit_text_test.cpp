#include "auth/audit_text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace galley::auth {
namespace {

StoredAuditEntry entry(std::string who, std::string object) {
    return {7,
            {std::move(who), "snapshot_create", std::move(object), "198.51.100.7", AuditOutcome::Denied, "r-1",
             from_unix_ms(1'767'225'600'123)},
            sha256("before"),
            sha256("this")};
}

std::string csv(const StoredAuditEntry& stored) {
    std::string line;
    append_audit_csv(line, stored);
    return line;
}

TEST(AuditText, JsonHasEveryField) {
    std::string out;
    codec::JsonWriter json(out);
    append_audit_json(json, entry("a@b.example", "room \"1\""));
    EXPECT_EQ(out, R"({"seq":7,"time":"2026-01-01T00:00:00.123Z","who":"a@b.example","action":"snapshot_create",)"
                   R"("object":"room \"1\"","from_address":"198.51.100.7","outcome":"denied","request_id":"r-1",)"
                   R"("previous":")" +
                       sha256("before").hex() + R"(","hash":")" + sha256("this").hex() + R"("})");
}

TEST(AuditText, CsvHasAColumnForEachNameOfTheHeader) {
    EXPECT_EQ(csv(entry("a@b.example", "room-1")),
              "7,2026-01-01T00:00:00.123Z,a@b.example,snapshot_create,room-1,"
              "198.51.100.7,denied,r-1," +
                  sha256("before").hex() + "," + sha256("this").hex() + "\r\n");
    EXPECT_EQ(std::ranges::count(audit_csv_header(), ','), 9);
}

TEST(AuditText, CsvQuotesAndRunsNoFormula) {
    EXPECT_NE(csv(entry("a,b", "x")).find(",\"a,b\","), std::string::npos);
    EXPECT_NE(csv(entry("a\"b", "x")).find(",\"a\"\"b\","), std::string::npos);
    EXPECT_NE(csv(entry("a\r\nb", "x")).find(",\"a\r\nb\","), std::string::npos);
    EXPECT_NE(csv(entry("=1+1", "x")).find(",\"'=1+1\","), std::string::npos);
    EXPECT_NE(csv(entry("@SUM(A1)", "x")).find(",\"'@SUM(A1)\","), std::string::npos);
}

TEST(AuditText, AHeadReadsBack) {
    const AuditHead head{12, sha256("x")};
    const auto again = parse_audit_head(audit_head_text(head));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->seq, 12);
    EXPECT_EQ(again->hash, head.hash);
    const std::string hash = head.hash.hex();
    for (const std::string& bad : {std::string(), std::string("12"), "12:" + hash.substr(1), ":" + hash, "0:" + hash,
                                   "-1:" + hash, "x:" + hash, "12x:" + hash, "12:" + hash + "0", " 12:" + hash}) {
        EXPECT_FALSE(parse_audit_head(bad)) << bad;
    }
}

TEST(AuditText, AVerdictSaysWhereItBroke) {
    EXPECT_EQ(audit_verdict_json({.head = {2, sha256("x")}}),
              R"({"ok":true,"entries":2,"head":"2:)" + sha256("x").hex() + R"(","broken_seq":null,"reason":null})");
    EXPECT_EQ(
        audit_verdict_json({.head = {2, sha256("x")}, .broken_seq = 3, .reason = "it was altered"}),
        R"({"ok":false,"entries":2,"head":"2:)" + sha256("x").hex() + R"(","broken_seq":3,"reason":"it was altered"})");
}

}  // namespace
}  // namespace galley::auth
