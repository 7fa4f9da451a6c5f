#include "os/files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "os/testing/fake_files.h"

namespace galley::os {
namespace {

constexpr std::uint64_t kMax = 1 << 20;

// The same facts hold for the machine's files and for the fake.
struct Subject {
    std::string name;
    std::function<std::unique_ptr<Files>()> make;
};

// system_files() behind an owner-like handle.
class Borrowed final : public Files {
 public:
    Result<Bytes> read(const std::string& p, std::uint64_t m) override { return f_.read(p, m); }
    Result<std::unique_ptr<OpenFile>> open(const std::string& p) override { return f_.open(p); }
    Result<void> write(const std::string& p, const std::vector<std::string_view>& parts, Sync s) override {
        return f_.write(p, parts, s);
    }
    Result<void> create_private(const std::string& p, std::string_view content) override {
        return f_.create_private(p, content);
    }
    Result<void> rename(const std::string& a, const std::string& b) override { return f_.rename(a, b); }
    Result<void> remove(const std::string& p) override { return f_.remove(p); }
    Result<void> sync_folder(const std::string& p) override { return f_.sync_folder(p); }
    Result<void> make_folders(const std::string& p) override { return f_.make_folders(p); }
    Result<std::vector<FileInfo>> list(const std::string& p) override { return f_.list(p); }
    Result<FileInfo> info(const std::string& p) override { return f_.info(p); }
    Result<void> touch(const std::string& p, Time t) override { return f_.touch(p, t); }
    Result<std::uint64_t> free_bytes(const std::string& p) override { return f_.free_bytes(p); }
    Result<std::uint64_t> total_bytes(const std::string& p) override { return f_.total_bytes(p); }

 private:
    Files& f_ = system_files();
};

class FilesFacts : public testing::TestWithParam<Subject> {
 protected:
    void SetUp() override {
        root_ = std::filesystem::temp_directory_path() / ("galley-files-test-" + std::to_string(::getpid()));
        ASSERT_TRUE(files_->make_folders(root_ + "/a/b"));
    }
    void TearDown() override { std::filesystem::remove_all(root_); }
    std::string path(const std::string& name) const { return root_ + "/a/" + name; }

    std::unique_ptr<Files> files_ = GetParam().make();
    std::string root_;
};

INSTANTIATE_TEST_SUITE_P(Both, FilesFacts,
                         testing::Values(Subject{"System", [] { return std::make_unique<Borrowed>(); }},
                                         Subject{"Fake", [] { return std::make_unique<FakeFiles>(); }}),
                         [](const auto& test) { return test.param.name; });

TEST_P(FilesFacts, WhatIsWrittenIsReadBack) {
    const std::string large(300'000, 'z');
    ASSERT_TRUE(files_->write(path("f"), {"head", "", large, "tail"}, Files::Sync::Yes));
    EXPECT_EQ(files_->read(path("f"), kMax).value(), "head" + large + "tail");
    ASSERT_TRUE(files_->write(path("f"), {"short"}, Files::Sync::No));
    EXPECT_EQ(files_->read(path("f"), kMax).value(), "short");
    ASSERT_TRUE(files_->write(path("f"), {}, Files::Sync::Yes));
    EXPECT_EQ(files_->read(path("f"), kMax).value(), "");
}

TEST_P(FilesFacts, ManyPartsAreWrittenInOrder) {
    std::vector<std::string> texts;
    std::vector<std::string_view> parts;
    std::string whole;
    for (int i = 0; i < 500; ++i) whole += texts.emplace_back(std::to_string(i));
    for (const std::string& text : texts) parts.push_back(text);
    ASSERT_TRUE(files_->write(path("f"), parts, Files::Sync::No));
    EXPECT_EQ(files_->read(path("f"), kMax).value(), whole);
}

TEST_P(FilesFacts, ReadingIsBounded) {
    ASSERT_TRUE(files_->write(path("f"), {"12345"}, Files::Sync::No));
    EXPECT_TRUE(files_->read(path("f"), 5));
    EXPECT_EQ(files_->read(path("f"), 4).error().code, ErrorCode::LimitExceeded);
}

TEST_P(FilesFacts, AnOpenFileReadsPiecesAndSurvivesRemoval) {
    ASSERT_TRUE(files_->write(path("f"), {"0123456789"}, Files::Sync::No));
    const std::unique_ptr<OpenFile> file = files_->open(path("f")).value();
    ASSERT_TRUE(files_->remove(path("f")));
    EXPECT_EQ(file->size_bytes(), 10U);
    EXPECT_EQ(file->read_at(3, 4).value(), "3456");
    EXPECT_EQ(file->read_at(10, 0).value(), "");
    EXPECT_EQ(file->read_at(7, 4).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(file->read_at(UINT64_MAX, 4).error().code, ErrorCode::Corrupt);
}

TEST_P(FilesFacts, WhatIsAbsentIsNotFound) {
    EXPECT_EQ(files_->read(path("no"), kMax).error().code, ErrorCode::NotFound);
    EXPECT_EQ(files_->open(path("no")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(files_->remove(path("no")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(files_->rename(path("no"), path("x")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(files_->info(path("no")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(files_->touch(path("no"), Time()).error().code, ErrorCode::NotFound);
    EXPECT_EQ(files_->list(path("no")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(files_->sync_folder(path("no")).error().code, ErrorCode::NotFound);
    EXPECT_EQ(files_->write(path("no/f"), {"x"}, Files::Sync::No).error().code, ErrorCode::NotFound);
}

TEST_P(FilesFacts, RenameReplaces) {
    ASSERT_TRUE(files_->write(path("old"), {"old"}, Files::Sync::Yes));
    ASSERT_TRUE(files_->write(path("b/new"), {"new"}, Files::Sync::Yes));
    ASSERT_TRUE(files_->rename(path("b/new"), path("old")));
    EXPECT_TRUE(files_->sync_folder(root_ + "/a"));
    EXPECT_EQ(files_->read(path("old"), kMax).value(), "new");
    EXPECT_FALSE(files_->info(path("b/new")));
}

TEST_P(FilesFacts, ListingIsSortedAndSaysWhatIsWhat) {
    ASSERT_TRUE(files_->write(path("z"), {"12"}, Files::Sync::No));
    ASSERT_TRUE(files_->write(path("c"), {"1"}, Files::Sync::No));
    const std::vector<FileInfo> all = files_->list(root_ + "/a").value();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].name, "b");
    EXPECT_TRUE(all[0].is_directory);
    EXPECT_EQ(all[1].name, "c");
    EXPECT_EQ(all[2].name, "z");
    EXPECT_EQ(all[2].size_bytes, 2U);
    EXPECT_FALSE(all[2].is_directory);
}

TEST_P(FilesFacts, TouchSetsTheTimeThatInfoTells) {
    ASSERT_TRUE(files_->write(path("f"), {"1"}, Files::Sync::No));
    ASSERT_TRUE(files_->touch(path("f"), from_unix_ms(1'234'567'890'123)));
    const FileInfo info = files_->info(path("f")).value();
    EXPECT_EQ(info.name, "f");
    EXPECT_EQ(to_unix_ms(info.modified), 1'234'567'890'123);
    EXPECT_TRUE(files_->info(root_ + "/a")->is_directory);
}

TEST_P(FilesFacts, APrivateFileIsForItsOwnerAndNeverReplaced) {
    ASSERT_TRUE(files_->create_private(path("secret"), "content"));
    EXPECT_EQ(files_->read(path("secret"), kMax).value(), "content");
    EXPECT_EQ(files_->info(path("secret"))->permissions, 0600U);
    EXPECT_EQ(files_->create_private(path("secret"), "other").error().code, ErrorCode::Conflict);
    EXPECT_EQ(files_->read(path("secret"), kMax).value(), "content");
}

TEST_P(FilesFacts, FoldersMayExistAlreadyAndFilesInTheWayAreAnError) {
    EXPECT_TRUE(files_->make_folders(root_ + "/a/b"));
    ASSERT_TRUE(files_->write(path("f"), {"1"}, Files::Sync::No));
    EXPECT_FALSE(files_->make_folders(path("f")));
}

TEST_P(FilesFacts, DiskSpaceIsKnown) {
    const std::uint64_t total = files_->total_bytes(root_).value();
    EXPECT_GT(total, 0U);
    EXPECT_LE(files_->free_bytes(root_).value(), total);
}

TEST(SystemFiles, FilesOfUnknownSizeAreReadToTheirEnd) {
    EXPECT_GT(system_files().read("/proc/self/status", kMax)->size(), 100U);
    EXPECT_EQ(system_files().read("/proc/self/status", 10).error().code, ErrorCode::LimitExceeded);
}

TEST(SystemFiles, AnOpenFileHasADescriptorForSendfile) {
    EXPECT_GE(system_files().open("/proc/self/status").value()->descriptor(), 0);
    EXPECT_EQ(system_files().open("/proc").error().code, ErrorCode::Unavailable);
}

TEST(SystemFiles, AFullDiskIsLimitExceeded) {
    EXPECT_EQ(system_files().write("/dev/full", {"x"}, Files::Sync::No).error().code, ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace galley::os
