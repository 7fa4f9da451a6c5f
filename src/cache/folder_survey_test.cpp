#include "cache/folder_survey.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cache/disk_tier.h"
#include "os/testing/fake_clock.h"
#include "os/testing/fake_files.h"

namespace galley::cache {
namespace {

TEST(FolderSurvey, CountsEntriesAndNamesTheDamagedOnes) {
    os::FakeClock clock;
    os::FakeFiles files(&clock);
    const auto tier = DiskTier::open({.folder = "cache", .disk_bytes_max = kUnlimitedBytes}, files, clock);
    ASSERT_TRUE(tier);
    const Digest good = sha256("good");
    const Digest flipped = sha256("flipped");
    const Digest cut = sha256("cut");
    for (const Digest& key : {good, flipped, cut}) ASSERT_TRUE((*tier)->put(key, "%PDF-1.7"));
    files.flip_byte("cache/" + flipped.hex(), 100);
    files.truncate("cache/" + cut.hex(), 40);
    ASSERT_TRUE(files.write("cache/notes.txt", {"x"}, os::Files::Sync::No));

    const Result<FolderSurvey> names = survey_folder("cache", files, Depth::Names);
    ASSERT_TRUE(names);
    EXPECT_EQ(names->keys.size(), 3u);
    EXPECT_EQ(names->strangers, 1u);
    EXPECT_TRUE(names->damaged.empty());

    Result<FolderSurvey> contents = survey_folder("cache", files, Depth::Contents);
    ASSERT_TRUE(contents);
    std::ranges::sort(contents->damaged);
    std::vector<Digest> wanted{flipped, cut};
    std::ranges::sort(wanted);
    EXPECT_EQ(contents->damaged, wanted);
    EXPECT_EQ(check_entry_file("cache/" + good.hex(), flipped, files).error().code, ErrorCode::Corrupt);
}

TEST(FolderSurvey, AFolderThatIsNotThereIsNotFound) {
    os::FakeFiles files;
    EXPECT_EQ(survey_folder("none", files, Depth::Names).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace galley::cache
