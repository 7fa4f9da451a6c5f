#include "os/file_copy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace galley::os {
namespace {

class FileCopy : public testing::Test {
 protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() / ("galley-copy-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::string path(const char* name) const { return (folder_ / name).string(); }
    void write(const char* name, const std::string& text) const { std::ofstream(path(name)) << text; }
    std::string content(const char* name) const {
        std::ifstream in(path(name));
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    std::filesystem::path folder_;
};

TEST_F(FileCopy, ACopyIsEqualAndItsPiecesPassBy) {
    std::string text(3 * kCopyPieceBytes + 17, 'x');
    text[kCopyPieceBytes] = 'y';
    write("a", text);
    std::string seen;
    const Result<std::uint64_t> size = copy_file(path("a"), path("b"), [&](std::string_view piece) { seen += piece; });
    ASSERT_TRUE(size) << size.error().to_string();
    EXPECT_EQ(*size, text.size());
    EXPECT_TRUE(seen == text && content("b") == text);
    EXPECT_EQ(*read_in_pieces(path("b"), [](std::string_view) {}), text.size());
}

TEST_F(FileCopy, AFileInTheWayIsAConflictAndStays) {
    write("a", "new");
    write("b", "old");
    EXPECT_EQ(copy_file(path("a"), path("b"), [](std::string_view) {}).error().code, ErrorCode::Conflict);
    EXPECT_EQ(content("b"), "old");
    EXPECT_EQ(copy_file(path("none"), path("c"), [](std::string_view) {}).error().code, ErrorCode::NotFound);
    EXPECT_FALSE(std::filesystem::exists(path("c")));
}

TEST_F(FileCopy, TwoFoldersChangePlaces) {
    std::filesystem::create_directories(path("one"));
    std::filesystem::create_directories(path("other"));
    write("one/file", "1");
    ASSERT_TRUE(exchange(path("one"), path("other")));
    EXPECT_EQ(content("other/file"), "1");
    EXPECT_FALSE(std::filesystem::exists(path("one/file")));
    EXPECT_EQ(exchange(path("one"), path("none")).error().code, ErrorCode::NotFound);
}

TEST_F(FileCopy, RemovingAFolderTakesAllAndMayBeRepeated) {
    std::filesystem::create_directories(path("one/two"));
    write("one/two/file", "1");
    ASSERT_TRUE(remove_folder(path("one")));
    ASSERT_TRUE(remove_folder(path("one")));
    EXPECT_FALSE(std::filesystem::exists(path("one")));
}

TEST_F(FileCopy, WhatTheProcessMayDo) {
    EXPECT_TRUE(may_use_folder(folder_.string()));
    EXPECT_FALSE(may_use_folder(path("none")));
    EXPECT_GT(descriptor_limit(), 10u);
}

}  // namespace
}  // namespace galley::os
