#include "conformance/database_factory.h"

#include <cstdlib>
#include <filesystem>

#include "os/clock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::store {
namespace {

class SqliteFactory : public DatabaseFactory {
 public:
    SqliteFactory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "galley-conformance-XXXXXX").string();
        GALLEY_CHECK(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
    }
    ~SqliteFactory() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    Result<std::unique_ptr<Database>> open(std::span<const Component> components, DatabaseLimits limits) override {
        SqliteOptions options;
        options.folder = folder_;
        options.queue_max = limits.queue_max;
        return open_sqlite(options, components, os::system_clock());
    }

 private:
    std::string folder_;
};

std::unique_ptr<DatabaseFactory> make_sqlite() {
    return std::make_unique<SqliteFactory>();
}

}  // namespace

std::vector<DatabaseKind> every_database() {
    return {{"Sqlite", &make_sqlite}};
}

}  // namespace galley::store
