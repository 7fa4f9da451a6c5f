#include "base/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/log_line.h"

namespace galley {
namespace {

std::string text_of(std::string_view value) {
    return log_line(LogFormat::Text, LogLevel::Info, "e", {{"f", value}});
}
std::string json_of(std::string_view value) {
    return log_line(LogFormat::Json, LogLevel::Info, "e", {{"f", value}});
}

TEST(LogLine, TextHasLevelEventAndFields) {
    EXPECT_EQ(log_line(LogFormat::Text, LogLevel::Warning, "task_failed", {{"id", 7}, {"why", "a b"}, {"ok", false}}),
              "warning task_failed id=7 why=\"a b\" ok=false");
}

TEST(LogLine, JsonHasTheSameAsMembers) {
    EXPECT_EQ(log_line(LogFormat::Json, LogLevel::Error, "task_failed", {{"id", 7}, {"why", "a \"b\"\\"}}),
              R"("level":"error","event":"task_failed","id":7,"why":"a \"b\"\\")");
}

TEST(LogLine, ControlCharactersAreEscapedInBothForms) {
    EXPECT_EQ(text_of("a\x1b[31m"), "info    e f=\"a\\u001b[31m\"");
    EXPECT_EQ(text_of("\n"), "info    e f=\"\\u000a\"");
    EXPECT_EQ(json_of("\x7f\xc2\x85\t"), R"("level":"info","event":"e","f":"\u007f\u0085\u0009")");
}

TEST(LogLine, WhatIsNotUtf8IsReplaced) {
    for (const std::string_view bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
        const std::string line = json_of(bad);
        EXPECT_NE(line.find("\xEF\xBF\xBD"), std::string::npos) << line;
        EXPECT_EQ(line.find(bad), std::string::npos) << line;
    }
    EXPECT_EQ(json_of("Å😀"), "\"level\":\"info\",\"event\":\"e\",\"f\":\"Å😀\"");
}

TEST(LogLine, AValueIsCutAndALineIsBounded) {
    EXPECT_LT(text_of(std::string(100'000, 'x')).size(), kLogValueBytesMax + 32);
    const std::string worst(kLogValueBytesMax, '\x01');  // six bytes each once escaped
    const std::string line = log_line(LogFormat::Json, LogLevel::Info, "e", {{"a", worst}, {"b", worst}, {"c", 1}});
    EXPECT_LE(line.size(), kLogLineBytesMax);
    EXPECT_TRUE(line.ends_with(",\"cut\":true")) << line.substr(line.size() - 40);
}

class LogFile : public testing::Test {
 protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("galley-log-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override {
        ASSERT_TRUE(set_log_file(""));
        configure_log(LogLevel::Info, LogFormat::Text);
        std::filesystem::remove_all(folder_);
    }
    std::string path(const char* name) const { return (folder_ / name).string(); }
    std::string content(const char* name) const {
        std::ifstream in(path(name));
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    std::filesystem::path folder_;
};

TEST_F(LogFile, AFileThatWasRenamedIsLetGoAtTheNextOpening) {
    ASSERT_TRUE(set_log_file(path("log")));
    log(LogLevel::Info, "first");
    std::filesystem::rename(path("log"), path("log.1"));
    log(LogLevel::Info, "second");
    ASSERT_TRUE(set_log_file(path("log")));
    log(LogLevel::Info, "third");
    EXPECT_NE(content("log.1").find("second"), std::string::npos);
    EXPECT_EQ(content("log.1").find("third"), std::string::npos);
    EXPECT_NE(content("log").find("third"), std::string::npos);
}

TEST_F(LogFile, AFileThatCannotBeOpenedLeavesTheLogWhereItWas) {
    ASSERT_TRUE(set_log_file(path("log")));
    const Result<void> refused = set_log_file(path("log") + "/below/a/file");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
    log(LogLevel::Info, "still_here");
    EXPECT_NE(content("log").find("still_here"), std::string::npos);
}

TEST_F(LogFile, TheFormMayChangeBetweenTwoLines) {
    ASSERT_TRUE(set_log_file(path("log")));
    log(LogLevel::Info, "as_text");
    configure_log(LogLevel::Info, LogFormat::Json);
    log(LogLevel::Info, "as_json");
    const std::string text = content("log");
    EXPECT_NE(text.find("Z info    as_text\n{\"time\":\""), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with("\"event\":\"as_json\"}\n")) << text;
}

}  // namespace
}  // namespace galley
