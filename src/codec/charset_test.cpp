#include "codec/charset.h"

#include <gtest/gtest.h>

namespace galley::codec {
namespace {

TEST(Charset, LabelsMeanWhatBrowsersTakeThemFor) {
    EXPECT_EQ(*to_utf8("caf\xE9 \x80", "latin1"), "café €");
    EXPECT_EQ(*to_utf8("caf\xE9", "ISO-8859-1 "), "café");
    EXPECT_EQ(*to_utf8("\xEF\xE8", "koi8-r"), "ОХ");
    EXPECT_EQ(*to_utf8("\x83\x41", "shift_jis"), "ア");
    EXPECT_EQ(*to_utf8("é", "utf8"), "é");
    EXPECT_EQ(to_utf8("x", "klingon").error().code, ErrorCode::Unsupported);
}

TEST(Charset, AMarkWinsAndIsCutOff) {
    EXPECT_EQ(*to_utf8("\xEF\xBB\xBFé", "latin1"), "é");
    EXPECT_EQ(*to_utf8(std::string("\xFF\xFE"
                                   "a\0",
                                   4),
                       "utf-8"),
              "a");
}

TEST(Charset, WhatCannotBeReadIsReplaced) {
    EXPECT_EQ(*to_utf8("a\xFF"
                       "b",
                       "utf-8"),
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(*to_utf8("a\xC3", "utf-8"), "a\xEF\xBF\xBD");
}

TEST(Charset, HtmlSaysItInItsFirstBytesOrIsLookedAt) {
    EXPECT_EQ(html_charset("<meta charset=koi8-r>"), "koi8-r");
    EXPECT_EQ(html_charset("<META http-equiv=x content='text/html; charset=ISO-8859-1'>"), "windows-1252");
    EXPECT_EQ(html_charset("<meta charset=\"utf-16\">"), "utf-8");
    EXPECT_EQ(html_charset("<meta charset>\xE9"), "windows-1252");
    EXPECT_EQ(html_charset("é"), "utf-8");
    EXPECT_EQ(html_charset(std::string(kCharsetScanBytes, ' ') + "<meta charset=koi8-r>"), "utf-8");
}

}  // namespace
}  // namespace galley::codec
