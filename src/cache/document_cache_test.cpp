#include "cache/document_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "os/testing/fake_clock.h"
#include "os/testing/fake_files.h"

namespace galley::cache {
namespace {

const Digest kHash = sha256("document");

class DocumentCacheFacts : public testing::Test {
 protected:
    std::unique_ptr<DocumentCache> reopen() {
        return DocumentCache::open({.memory_bytes_max = 1'000'000,
                                    .promote_bytes_max = 1000,
                                    .disk = {.folder = "/c", .disk_bytes_max = kUnlimitedBytes}},
                                   files_, clock_)
            .value();
    }
    static SharedBytes bytes(std::string_view text) { return SharedBytes(Bytes(text)); }
    static std::string path(const Digest& hash) { return "/c/" + hash.hex(); }

    os::FakeClock clock_;
    os::FakeFiles files_{&clock_};
};

TEST_F(DocumentCacheFacts, SmallDocumentsArePromotedToMemory) {
    ASSERT_TRUE(reopen()->put(kHash, bytes("%PDF")));
    const auto cache = reopen();
    const DocumentBody first = cache->get(kHash).value();
    EXPECT_EQ(first.source, DocumentSource::Disk);
    EXPECT_EQ(std::get<SharedBytes>(first.content).view(), "%PDF");
    EXPECT_EQ(first.size_bytes(), 4U);
    const DocumentBody second = cache->get(kHash).value();
    EXPECT_EQ(second.source, DocumentSource::Memory);
    EXPECT_EQ(std::get<SharedBytes>(second.content).view().data(), std::get<SharedBytes>(first.content).view().data());
}

TEST_F(DocumentCacheFacts, LargeDocumentsComeAsFilesFromDisk) {
    const std::string large(5000, 'x');
    ASSERT_TRUE(reopen()->put(kHash, bytes(large)));
    const auto cache = reopen();
    for (int i = 0; i < 2; ++i) {
        const DocumentBody body = cache->get(kHash).value();
        EXPECT_EQ(body.source, DocumentSource::Disk);
        EXPECT_EQ(body.size_bytes(), large.size());
        const DiskFile& file = std::get<DiskFile>(body.content);
        EXPECT_EQ(file.file->read_at(file.payload_offset, file.payload_bytes).value(), large);
    }
    EXPECT_EQ(cache->get_bytes(kHash)->view(), large);
    EXPECT_EQ(cache->get(kHash)->source, DocumentSource::Memory);
}

TEST_F(DocumentCacheFacts, StatisticsCountWhatHappened) {
    const auto cache = reopen();
    EXPECT_EQ(cache->statistics().hit_rate_percent, 0);
    ASSERT_TRUE(cache->put(kHash, bytes(std::string(500, 'x'))));
    (void)cache->get(kHash);
    (void)cache->get(sha256("absent"));
    const auto again = reopen();
    (void)again->get(kHash);
    (void)again->get(kHash);
    (void)again->get(kHash);
    (void)again->get(sha256("absent"));
    const DocumentCacheStatistics now = again->statistics();
    EXPECT_EQ(now.memory_entries, 1U);
    EXPECT_DOUBLE_EQ(now.memory_used_mb, (500.0 + MemoryTier::kEntryOverheadBytes) / 1e6);
    EXPECT_DOUBLE_EQ(now.disk_used_mb, (500.0 + kCacheEntryHeaderBytes) / 1e6);
    EXPECT_EQ(now.memory_hits, 2U);
    EXPECT_EQ(now.disk_hits, 1U);
    EXPECT_EQ(now.cache_misses, 1U);
    EXPECT_EQ(now.cache_evictions, 0U);
    EXPECT_DOUBLE_EQ(now.hit_rate_percent, 75);
}

TEST_F(DocumentCacheFacts, ADamagedFileIsAMissThatIsRepairedNeverServed) {
    ASSERT_TRUE(reopen()->put(kHash, bytes("%PDF")));
    files_.flip_byte(path(kHash), kCacheEntryHeaderBytes + 1);
    const auto cache = reopen();
    EXPECT_EQ(cache->get(kHash).error().code, ErrorCode::NotFound);
    EXPECT_EQ(cache->get_or_make(kHash, [] { return Result<Bytes>("%PDF"); })->bytes.view(), "%PDF");
    EXPECT_EQ(reopen()->get_bytes(kHash)->view(), "%PDF");
}

TEST_F(DocumentCacheFacts, MakingStoresInBothTiers) {
    const auto cache = reopen();
    const MadeDocument made = cache->get_or_make(kHash, [] { return Result<Bytes>("made"); }).value();
    EXPECT_FALSE(made.was_cached);
    const auto never = []() -> Result<Bytes> { return fail(ErrorCode::Internal, "made twice"); };
    EXPECT_TRUE(cache->get_or_make(kHash, never)->was_cached);
    EXPECT_TRUE(reopen()->get_or_make(kHash, never)->was_cached);
    EXPECT_EQ(reopen()->get_or_make(kHash, never)->bytes.view(), "made");
}

TEST_F(DocumentCacheFacts, AFailedMakingIsNotRemembered) {
    const auto cache = reopen();
    const auto failing = []() -> Result<Bytes> { return fail(ErrorCode::DeadlineExceeded, "too slow"); };
    EXPECT_EQ(cache->get_or_make(kHash, failing).error().code, ErrorCode::DeadlineExceeded);
    EXPECT_EQ(cache->get_or_make(kHash, [] { return Result<Bytes>("ok"); })->bytes.view(), "ok");
}

TEST_F(DocumentCacheFacts, ManyAskersOneMaker) {
    constexpr int kAskers = 6;
    const auto cache = reopen();
    std::atomic<int> made{0};
    std::atomic<int> cached{0};
    std::latch start(kAskers);
    std::vector<std::thread> threads;
    for (int t = 0; t < kAskers; ++t) {
        threads.emplace_back([&] {
            start.arrive_and_wait();
            const MadeDocument document = cache
                                              ->get_or_make(kHash,
                                                            [&] {
                                                                ++made;
                                                                return Result<Bytes>("once");
                                                            })
                                              .value();
            EXPECT_EQ(document.bytes.view(), "once");
            cached += document.was_cached ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(made, 1);
    EXPECT_EQ(cached, kAskers - 1);
}

TEST_F(DocumentCacheFacts, ADiskThatFailsDoesNotStopTheMemory) {
    const auto cache = reopen();
    files_.fail_call(0, os::Fault::Crash);
    EXPECT_TRUE(cache->put(kHash, bytes("%PDF")));
    EXPECT_EQ(cache->get(kHash)->source, DocumentSource::Memory);
    EXPECT_FALSE(cache->put(sha256("large"), bytes(std::string(300'000, 'x')))) << "kept nowhere";
    const auto made = cache->get_or_make(sha256("l2"), [] { return Result<Bytes>(std::string(300'000, 'x')); });
    EXPECT_EQ(made->bytes.size(), 300'000U) << "kept nowhere, delivered all the same";
}

TEST_F(DocumentCacheFacts, InvalidationReachesBothTiers) {
    const auto cache = reopen();
    ASSERT_TRUE(cache->put(kHash, bytes("%PDF")));
    EXPECT_TRUE(cache->invalidate(kHash));
    EXPECT_EQ(cache->get(kHash).error().code, ErrorCode::NotFound);
    EXPECT_EQ(cache->invalidate(kHash).error().code, ErrorCode::NotFound);
    EXPECT_EQ(reopen()->get(kHash).error().code, ErrorCode::NotFound);
}

TEST_F(DocumentCacheFacts, ReadsFromMemoryKeepTheFileYoung) {
    const auto cache = reopen();
    ASSERT_TRUE(cache->put(kHash, bytes("hot")));
    ASSERT_TRUE(cache->put(sha256("cold"), bytes("cold")));
    clock_.advance(std::chrono::hours(10));
    ASSERT_EQ(cache->get(kHash)->source, DocumentSource::Memory);
    EXPECT_EQ(cache->clear_older_than(std::chrono::hours(5)).value(), 1U);
    EXPECT_EQ(cache->statistics().memory_entries, 1U);
    EXPECT_EQ(cache->get(kHash)->source, DocumentSource::Memory);
    EXPECT_FALSE(cache->get(sha256("cold")));
}

TEST_F(DocumentCacheFacts, VerifyReportsWhatItRemoved) {
    const auto cache = reopen();
    ASSERT_TRUE(cache->put(kHash, bytes("%PDF")));
    files_.flip_byte(path(kHash), 3);
    EXPECT_EQ(cache->verify()->entries_removed, 1U);
}

}  // namespace
}  // namespace galley::cache
