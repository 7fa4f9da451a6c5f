#include "cache/disk_tier.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <barrier>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/log.h"
#include "os/testing/fake_clock.h"
#include "os/testing/fake_files.h"

namespace galley::cache {
namespace {

// Damage is the subject here; the warnings about it would fill the screen.
[[maybe_unused]] const bool kQuiet = (configure_log(LogLevel::Off, LogFormat::Text), true);

const std::string kFolder = "/c";
const Digest kKey = sha256("key");
constexpr std::string_view kPdf = "%PDF-1.7";

Digest key_of(int n) {
    return sha256(std::to_string(n));
}
std::string path_of(const Digest& key) {
    return kFolder + "/" + key.hex();
}

struct Disk {
    os::FakeClock clock;
    os::FakeFiles files{&clock};

    // As after a restart of the process.
    Result<std::unique_ptr<DiskTier>> reopen(std::uint64_t disk_bytes_max = kUnlimitedBytes) {
        return DiskTier::open({.folder = kFolder, .disk_bytes_max = disk_bytes_max}, files, clock);
    }
    Result<void> put_one(std::string_view payload) {
        GALLEY_TRY(const std::unique_ptr<DiskTier> tier, reopen());
        return tier->put(kKey, payload);
    }
    Result<Bytes> get_one() {
        GALLEY_TRY(const std::unique_ptr<DiskTier> tier, reopen());
        return tier->get(kKey);
    }
};

TEST(DiskTier, WhatIsPutIsThereAfterARestart) {
    Disk disk;
    const std::string large(3'000'000, 'z');
    {
        const auto tier = disk.reopen().value();
        ASSERT_TRUE(tier->put(key_of(1), kPdf));
        ASSERT_TRUE(tier->put(key_of(2), large));
        ASSERT_TRUE(tier->put(key_of(3), ""));
        EXPECT_EQ(tier->get(key_of(1)).value(), kPdf);
    }
    disk.files.power_cut();
    const auto tier = disk.reopen().value();
    EXPECT_EQ(tier->get(key_of(1)).value(), kPdf);
    EXPECT_EQ(tier->get(key_of(2)).value(), large);
    EXPECT_EQ(tier->get(key_of(3)).value(), "");
    EXPECT_EQ(tier->get(key_of(4)).error().code, ErrorCode::NotFound);
    EXPECT_EQ(tier->entries().value(), 3U);
    EXPECT_EQ(tier->size_bytes().value(), 3 * kCacheEntryHeaderBytes + kPdf.size() + large.size());
}

struct FaultCase {
    const char* name;
    os::Fault fault;
};

class DiskTierFaults : public testing::TestWithParam<FaultCase> {};
INSTANTIATE_TEST_SUITE_P(Kinds, DiskTierFaults,
                         testing::Values(FaultCase{"Error", os::Fault::Error},
                                         FaultCase{"DiskFull", os::Fault::DiskFull},
                                         FaultCase{"ErrorAfter", os::Fault::ErrorAfter},
                                         FaultCase{"Crash", os::Fault::Crash}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_P(DiskTierFaults, PutIsWholeOrAbsentAfterAnySingleIoFailure) {
    int fail_at = 0;
    for (;; ++fail_at) {
        Disk disk;
        disk.files.fail_call(fail_at, GetParam().fault);
        const bool stored = disk.put_one(kPdf).has_value();
        const bool injected = disk.files.power_cut();
        const Result<Bytes> got = disk.get_one();
        EXPECT_TRUE(got || !stored) << "acknowledged entry lost at call " << fail_at;
        if (got) EXPECT_EQ(*got, kPdf);
        if (!got) EXPECT_EQ(got.error().code, ErrorCode::NotFound) << "a torn entry at call " << fail_at;
        EXPECT_TRUE(disk.files.list(kFolder + "/partial")->empty());
        if (!injected) break;
    }
    EXPECT_GE(fail_at, 8) << "the faults did not reach the steps of put()";
}

TEST_P(DiskTierFaults, AFailedPutLeavesNothingVisibleInTheRunningTier) {
    for (int fail_at = 0;; ++fail_at) {
        Disk disk;
        const auto tier = disk.reopen().value();
        ASSERT_TRUE(tier->load_index());
        disk.files.fail_call(fail_at, GetParam().fault);
        const Result<void> stored = tier->put(kKey, kPdf);
        if (stored) break;
        EXPECT_TRUE(stored.error().code == ErrorCode::Unavailable || stored.error().code == ErrorCode::LimitExceeded);
        if (GetParam().fault == os::Fault::Crash) continue;  // nothing can be undone then
        EXPECT_EQ(tier->entries().value(), 0U) << fail_at;
        EXPECT_EQ(tier->get(kKey).error().code, ErrorCode::NotFound) << fail_at;
        EXPECT_TRUE(disk.files.list(kFolder + "/partial")->empty()) << fail_at;
    }
}

TEST_P(DiskTierFaults, AnEarlierCopySurvivesAFailedPutOfTheSameKey) {
    for (int fail_at = 0;; ++fail_at) {
        Disk disk;
        ASSERT_TRUE(disk.put_one(kPdf));
        disk.files.fail_call(fail_at, GetParam().fault);
        (void)disk.put_one(kPdf);
        const bool injected = disk.files.power_cut();
        EXPECT_EQ(disk.get_one().value_or("lost"), kPdf) << fail_at;
        if (!injected) break;
    }
}

TEST_P(DiskTierFaults, AFailedReadSaysSoAndRemovesNothing) {
    for (int fail_at = 0;; ++fail_at) {
        Disk disk;
        ASSERT_TRUE(disk.put_one(kPdf));
        const auto tier = disk.reopen().value();
        disk.files.fail_call(fail_at, GetParam().fault);
        const Result<Bytes> got = tier->get(kKey);
        const bool injected = disk.files.power_cut();
        if (got) EXPECT_EQ(*got, kPdf);
        EXPECT_EQ(tier->get(kKey).value_or("lost"), kPdf) << fail_at;
        if (!injected) break;
    }
}

TEST(DiskTier, ADamagedByteAnywhereIsCorruptOnceAndThenAbsent) {
    for (std::size_t at = 0; at < kCacheEntryHeaderBytes + kPdf.size(); ++at) {
        Disk disk;
        ASSERT_TRUE(disk.put_one(kPdf));
        disk.files.flip_byte(path_of(kKey), at);
        const auto tier = disk.reopen().value();
        EXPECT_EQ(tier->get(kKey).error().code, ErrorCode::Corrupt) << at;
        EXPECT_EQ(tier->get(kKey).error().code, ErrorCode::NotFound) << at;
        EXPECT_FALSE(disk.files.info(path_of(kKey))) << at;
        ASSERT_TRUE(tier->put(kKey, kPdf));
        EXPECT_EQ(tier->get(kKey).value(), kPdf);
    }
}

TEST(DiskTier, ATruncatedFileIsCorruptAtEveryLength) {
    for (std::size_t length = 0; length < kCacheEntryHeaderBytes + kPdf.size(); ++length) {
        Disk disk;
        ASSERT_TRUE(disk.put_one(kPdf));
        disk.files.truncate(path_of(kKey), length);
        const auto tier = disk.reopen().value();
        EXPECT_EQ(tier->open_file(kKey).error().code, ErrorCode::Corrupt) << length;
        EXPECT_EQ(tier->open_file(kKey).error().code, ErrorCode::NotFound) << length;
    }
}

TEST(DiskTier, AnEntryUnderAnotherNameIsCorrupt) {
    Disk disk;
    ASSERT_TRUE(disk.put_one(kPdf));
    ASSERT_TRUE(disk.files.rename(path_of(kKey), path_of(key_of(1))));
    EXPECT_EQ(disk.reopen().value()->get(key_of(1)).error().code, ErrorCode::Corrupt);
}

TEST(DiskTier, AnOpenFileIsThePayloadBehindTheHeader) {
    Disk disk;
    const std::string large(2'500'000, 'q');
    ASSERT_TRUE(disk.put_one(large));
    const auto tier = disk.reopen().value();
    const DiskFile opened = tier->open_file(kKey).value();
    EXPECT_EQ(opened.payload_bytes, large.size());
    EXPECT_EQ(opened.file->read_at(opened.payload_offset, opened.payload_bytes).value(), large);
}

TEST(DiskTier, AnOpenedFileIsCheckedAgainOnlyWhenItChanged) {
    Disk disk;
    ASSERT_TRUE(disk.put_one(kPdf));
    const auto tier = disk.reopen().value();
    ASSERT_TRUE(tier->open_file(kKey));
    disk.files.flip_byte(path_of(kKey), kCacheEntryHeaderBytes);  // same size, same time: trusted, as documented
    EXPECT_TRUE(tier->open_file(kKey));
    disk.clock.advance(std::chrono::seconds(1));
    ASSERT_TRUE(disk.files.touch(path_of(kKey), disk.clock.now()));
    EXPECT_EQ(tier->open_file(kKey).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(tier->open_file(kKey).error().code, ErrorCode::NotFound);
}

TEST(DiskTier, OurOwnTouchKeepsTheTrust) {
    Disk disk;
    ASSERT_TRUE(disk.put_one(kPdf));
    const auto tier = disk.reopen().value();
    ASSERT_TRUE(tier->open_file(kKey));
    disk.clock.advance(DiskTier::kTouchInterval);
    ASSERT_TRUE(tier->open_file(kKey));
    EXPECT_EQ(disk.files.info(path_of(kKey))->modified, disk.clock.now());
    disk.files.flip_byte(path_of(kKey), kCacheEntryHeaderBytes);
    EXPECT_TRUE(tier->open_file(kKey));
    EXPECT_EQ(tier->get(kKey).error().code, ErrorCode::Corrupt) << "get() checks every time";
}

TEST(DiskTier, LeftoversOfAnInterruptedPutAreRemovedOnOpen) {
    Disk disk;
    ASSERT_TRUE(disk.put_one(kPdf));
    ASSERT_TRUE(disk.files.write(kFolder + "/partial/abc.7", {"half"}, os::Files::Sync::Yes));
    const auto tier = disk.reopen().value();
    EXPECT_TRUE(disk.files.list(kFolder + "/partial")->empty());
    EXPECT_EQ(tier->entries().value(), 1U);
}

TEST(DiskTier, StrangersInTheFolderAreLeftAlone) {
    Disk disk;
    ASSERT_TRUE(disk.files.make_folders(kFolder + "/" + key_of(9).hex()));
    ASSERT_TRUE(disk.files.write(kFolder + "/README", {"hello"}, os::Files::Sync::No));
    const auto tier = disk.reopen(1000).value();
    EXPECT_EQ(tier->size_bytes().value(), 0U);
    ASSERT_TRUE(tier->remove_older_than(disk.clock.now() + std::chrono::hours(1)));
    EXPECT_TRUE(disk.files.info(kFolder + "/README"));
}

class DiskTierBound : public testing::Test {
 protected:
    static constexpr std::uint64_t kEach = kCacheEntryHeaderBytes + 100;

    void put(DiskTier& tier, int n) {
        disk_.clock.advance(std::chrono::seconds(1));
        ASSERT_TRUE(tier.put(key_of(n), std::string(100, 'p')));
        EXPECT_LE(tier.size_bytes().value(), 3 * kEach);
    }
    std::string present() {
        std::string all;
        for (int n = 0; n < 10; ++n) {
            if (disk_.files.info(path_of(key_of(n)))) all += std::to_string(n);
        }
        return all;
    }
    std::unique_ptr<DiskTier> reopen() { return disk_.reopen(3 * kEach).value(); }

    Disk disk_;
};

TEST_F(DiskTierBound, TheLeastRecentlyReadLeavesFirst) {
    const auto tier = reopen();
    for (const int n : {0, 1, 2}) put(*tier, n);
    ASSERT_TRUE(tier->get(key_of(0)));
    put(*tier, 3);
    EXPECT_EQ(present(), "023");
    ASSERT_TRUE(tier->open_file(key_of(2)));
    tier->mark_used(key_of(0));
    put(*tier, 4);
    EXPECT_EQ(present(), "024");
    put(*tier, 0);  // again: replaces, evicts nobody
    EXPECT_EQ(present(), "024");
    EXPECT_EQ(tier->evictions(), 2U);
    EXPECT_EQ(tier->entries().value(), 3U);
}

TEST_F(DiskTierBound, TheOrderSurvivesARestart) {
    {
        const auto tier = reopen();
        for (const int n : {0, 1, 2}) put(*tier, n);
        disk_.clock.advance(DiskTier::kTouchInterval);
        ASSERT_TRUE(tier->get(key_of(0)));
    }
    const auto tier = reopen();
    put(*tier, 3);
    put(*tier, 4);
    EXPECT_EQ(present(), "034");
}

TEST_F(DiskTierBound, WhatWasReadBeforeTheListingIsYoungerThanWhatWasNot) {
    {
        const auto tier = reopen();
        for (const int n : {0, 1, 2}) put(*tier, n);
    }
    const auto tier = reopen();
    ASSERT_TRUE(tier->get(key_of(0)));
    put(*tier, 3);
    EXPECT_EQ(present(), "023");
}

TEST_F(DiskTierBound, ASmallerBoundIsKeptFromTheFirstPutOn) {
    const auto tier = disk_.reopen().value();
    for (int n = 0; n < 8; ++n) ASSERT_TRUE(tier->put(key_of(n), std::string(100, 'p')));
    put(*reopen(), 9);
    EXPECT_EQ(present().size(), 3U);
}

TEST_F(DiskTierBound, WhatCannotFitIsRefusedAndEvictsNobody) {
    const auto tier = reopen();
    for (const int n : {0, 1, 2}) put(*tier, n);
    EXPECT_EQ(tier->put(key_of(3), std::string(3 * kEach, 'x')).error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(present(), "012");
    EXPECT_TRUE(disk_.files.list(kFolder + "/partial")->empty());
    const auto small = DiskTier::open({.folder = kFolder, .entry_bytes_max = 150}, disk_.files, disk_.clock).value();
    EXPECT_EQ(small->put(key_of(4), std::string(100, 'x')).error().code, ErrorCode::LimitExceeded);
}

TEST_F(DiskTierBound, HalfOfTheFreeSpaceIsTheDefault) {
    {
        const auto tier = reopen();
        put(*tier, 0);
        put(*tier, 1);
    }
    disk_.files.set_free_bytes(4 * kEach);  // with the 2 entries there are 6; half of that is 3
    const DiskTierOptions options{.folder = kFolder, .disk_bytes_max = kHalfOfFreeSpace, .free_bytes_min = 0};
    const auto tier = DiskTier::open(options, disk_.files, disk_.clock).value();
    for (const int n : {2, 3, 4}) put(*tier, n);
    EXPECT_EQ(present(), "234");
}

TEST_F(DiskTierBound, AFullDiskEvictsTheOldestAndGoesOn) {
    const DiskTierOptions options{.folder = kFolder, .disk_bytes_max = kUnlimitedBytes, .free_bytes_min = 0};
    disk_.files.set_capacity(3 * kEach + kEach / 2);
    const auto tier = DiskTier::open(options, disk_.files, disk_.clock).value();
    for (int n = 0; n < 9; ++n) put(*tier, n);
    EXPECT_EQ(present(), "678");
    EXPECT_LE(disk_.files.used_bytes(), 3 * kEach + kEach / 2);
}

TEST_F(DiskTierBound, AReserveOfTheDiskIsLeftToOthers) {
    const DiskTierOptions options{.folder = kFolder, .disk_bytes_max = kUnlimitedBytes, .free_bytes_min = 2 * kEach};
    disk_.files.set_capacity(5 * kEach);
    const auto tier = DiskTier::open(options, disk_.files, disk_.clock).value();
    for (int n = 0; n < 5; ++n) put(*tier, n);
    EXPECT_EQ(present(), "234");
    ASSERT_TRUE(disk_.files.write("/database", {std::string(2 * kEach, 'd')}, os::Files::Sync::Yes));
    put(*tier, 5);
    EXPECT_EQ(present(), "5") << "what others took is taken from the cache";
    ASSERT_TRUE(disk_.files.write("/log", {std::string(2 * kEach, 'd')}, os::Files::Sync::Yes));
    EXPECT_EQ(tier->put(key_of(6), "x").error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(present(), "");
    EXPECT_TRUE(disk_.files.list(kFolder + "/partial")->empty());
}

TEST_F(DiskTierBound, GivingWayFreesWhatIsAskedFor) {
    const auto tier = reopen();
    for (int n = 0; n < 3; ++n) put(*tier, n);
    EXPECT_EQ(tier->give_way(kEach + 1).value(), 2 * kEach);
    EXPECT_EQ(present(), "2");
    EXPECT_EQ(tier->give_way(100 * kEach).value(), kEach);
}

TEST_F(DiskTierBound, OldEntriesCanBeCleared) {
    const auto tier = reopen();
    put(*tier, 0);
    put(*tier, 1);
    disk_.clock.advance(std::chrono::hours(5));
    put(*tier, 2);
    ASSERT_TRUE(tier->get(key_of(1)));
    EXPECT_EQ(tier->remove_older_than(disk_.clock.now() - std::chrono::hours(1)).value(), 1U);
    EXPECT_EQ(present(), "12");
    EXPECT_TRUE(tier->remove(key_of(1)));
    EXPECT_EQ(tier->remove(key_of(1)).error().code, ErrorCode::NotFound);
    disk_.files.power_cut();
    EXPECT_EQ(present(), "2") << "a removal is durable";
}

TEST(DiskTier, VerifyRemovesExactlyTheDamaged) {
    Disk disk;
    const auto tier = disk.reopen().value();
    for (int n = 0; n < 5; ++n) ASSERT_TRUE(tier->put(key_of(n), "payload" + std::to_string(n)));
    disk.files.flip_byte(path_of(key_of(1)), 100);
    disk.files.truncate(path_of(key_of(3)), 10);
    const VerifyReport report = tier->verify().value();
    EXPECT_EQ(report.entries_checked, 5U);
    EXPECT_EQ(report.entries_removed, 2U);
    EXPECT_EQ(report.bytes_checked, 3 * (kCacheEntryHeaderBytes + 8));
    EXPECT_EQ(tier->entries().value(), 3U);
    EXPECT_EQ(tier->verify()->entries_removed, 0U);
}

TEST(DiskTier, OpeningDoesNotListTheEntries) {
    Disk disk;
    ASSERT_TRUE(disk.put_one(kPdf));
    const std::int64_t before = disk.files.calls();
    const auto tier = disk.reopen().value();
    EXPECT_LE(disk.files.calls() - before, 3) << "make the folder, sync its parent, list partial/";
}

TEST(DiskTier, AFolderThatCannotBeMadeIsUnavailable) {
    os::FakeFiles files;
    const os::FakeClock clock;
    ASSERT_TRUE(files.write("c", {"a file"}, os::Files::Sync::No));
    files.fail_call(0);
    EXPECT_EQ(DiskTier::open({.folder = "c"}, files, clock).error().code, ErrorCode::Unavailable);
}

// On a real disk: what the fake cannot show.
TEST(DiskTier, ThreadsPutReadAndEvictAtOnceOnARealDisk) {
    const std::string folder = testing::TempDir() + "/galley-disk-tier-" + std::to_string(::getpid());
    const auto tier =
        DiskTier::open({.folder = folder, .disk_bytes_max = 20'000}, os::system_files(), os::system_clock()).value();
    std::barrier start(4);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            start.arrive_and_wait();
            for (int i = 0; i < 60; ++i) {
                const int n = (i * (t + 1)) % 40;
                const std::string payload(static_cast<std::size_t>(500 + n), static_cast<char>('a' + n % 26));
                EXPECT_TRUE(tier->put(key_of(n), payload));
                const Result<Bytes> got = tier->get(key_of(n));
                if (got) EXPECT_EQ(*got, payload);
                if (!got) EXPECT_EQ(got.error().code, ErrorCode::NotFound);
                const Result<DiskFile> file = tier->open_file(key_of(n));
                if (file) EXPECT_GE(file->file->descriptor(), 0);
                EXPECT_LE(tier->size_bytes().value(), 20'000U);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(tier->verify()->entries_removed, 0U);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace galley::cache
