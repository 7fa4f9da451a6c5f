// Damaged, emptied and vanished files are refused before SQLite touches them.
#include "store/sqlite/file_check.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "os/clock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::store {
namespace {

constexpr Migration kMigrations[] = {{1, "rows", "CREATE TABLE row(id INTEGER PRIMARY KEY, padding TEXT)", nullptr}};
constexpr Component kComponents[] = {{"rows", kMigrations}};

class DamagedFiles : public testing::Test {
 protected:
    DamagedFiles() {
        std::string pattern = (std::filesystem::temp_directory_path() / "galley-damage-XXXXXX").string();
        EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    ~DamagedFiles() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    Result<std::unique_ptr<Database>> open(std::span<const Component> components = kComponents) {
        return open_sqlite({.folder = folder_}, components, os::system_clock());
    }
    std::string path(const char* name = "galley.db") const { return folder_ + "/" + name; }
    static std::string bytes_of(const std::string& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static void put_bytes(const std::string& file, std::string_view bytes) {
        std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    // A database with rows; `log` receives the log as it was before closing.
    void fill(std::string* log = nullptr) {
        auto database = open();
        ASSERT_TRUE(database) << database.error().to_string();
        ASSERT_TRUE((*database)->write([](Executor& executor) -> Result<void> {
            for (int i = 0; i < 50; ++i)
                GALLEY_TRY_VOID(executor.execute("INSERT INTO row(padding) VALUES($1)", {std::string(1'000, 'x')}));
            return {};
        }));
        if (log != nullptr) *log = bytes_of(path("galley.db-wal"));
    }
    void expect_refused_and_untouched(const char* why) {
        const std::string database = bytes_of(path());
        const std::string log = bytes_of(path("galley.db-wal"));
        const auto refused = open();
        ASSERT_FALSE(refused) << why;
        EXPECT_EQ(refused.error().code, ErrorCode::Corrupt) << why << ": " << refused.error().to_string();
        EXPECT_NE(refused.error().message.find("galley restore"), std::string::npos) << refused.error().message;
        EXPECT_EQ(bytes_of(path()), database) << why;
        EXPECT_EQ(bytes_of(path("galley.db-wal")), log) << why;
    }

    std::string folder_;
};

TEST_F(DamagedFiles, AGoodLogHeaderIsTheOneThatSqliteWrites) {
    std::string log;
    ASSERT_NO_FATAL_FAILURE(fill(&log));
    ASSERT_GT(log.size(), 32u);
    EXPECT_TRUE(is_good_log_header(log));
    for (std::size_t at = 0; at < 32; ++at) {
        std::string damaged = log;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        EXPECT_FALSE(is_good_log_header(damaged)) << at;
    }
    EXPECT_FALSE(is_good_log_header(log.substr(0, 31)));
}

TEST_F(DamagedFiles, AnEmptiedOrVanishedDatabaseIsMissed) {
    ASSERT_NO_FATAL_FAILURE(fill());
    put_bytes(path(), "");
    ASSERT_NO_FATAL_FAILURE(expect_refused_and_untouched("emptied"));
    std::filesystem::remove(path());
    ASSERT_NO_FATAL_FAILURE(expect_refused_and_untouched("removed"));
    EXPECT_FALSE(std::filesystem::exists(path()));
    std::filesystem::remove(path("galley.lock"));
    EXPECT_TRUE(open()) << "begun anew on purpose";
}

TEST_F(DamagedFiles, ALogWithoutItsDatabaseIsKept) {
    std::string log;
    ASSERT_NO_FATAL_FAILURE(fill(&log));
    std::filesystem::remove(path());
    std::filesystem::remove(path("galley.lock"));
    put_bytes(path("galley.db-wal"), log);
    expect_refused_and_untouched("only the log is there");
}

TEST_F(DamagedFiles, ALogThatBeginsWithGarbageIsRefused) {
    std::string log;
    ASSERT_NO_FATAL_FAILURE(fill(&log));
    log[20] = static_cast<char>(log[20] ^ 1);
    put_bytes(path("galley.db-wal"), log);
    expect_refused_and_untouched("damaged log header");
}

TEST_F(DamagedFiles, ATruncatedDatabaseIsRefusedAtEveryPage) {
    ASSERT_NO_FATAL_FAILURE(fill());
    const std::string whole = bytes_of(path());
    for (std::size_t size = 1; size < whole.size(); size += size < 4096 ? 777 : 4096) {
        put_bytes(path(), whole.substr(0, size));
        ASSERT_NO_FATAL_FAILURE(expect_refused_and_untouched(std::to_string(size).c_str()));
    }
    put_bytes(path(), whole);
    EXPECT_TRUE(open());
}

TEST_F(DamagedFiles, AnOverwrittenPageIsRefusedWhereverItLies) {
    ASSERT_NO_FATAL_FAILURE(fill());
    const std::string whole = bytes_of(path());
    for (std::size_t page = 0; page < whole.size(); page += 4096) {
        std::string damaged = whole;
        damaged.replace(page, 4096, std::string(4096, '\xee'));
        put_bytes(path(), damaged);
        ASSERT_NO_FATAL_FAILURE(expect_refused_and_untouched(std::to_string(page).c_str()));
    }
}

TEST_F(DamagedFiles, ANewerSchemaIsRefusedAndKept) {
    ASSERT_NO_FATAL_FAILURE(fill());
    const std::string whole = bytes_of(path());
    EXPECT_EQ(open({}).error().code, ErrorCode::Unsupported);
    EXPECT_EQ(bytes_of(path()), whole);
}

}  // namespace
}  // namespace galley::store
