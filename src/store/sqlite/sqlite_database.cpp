#include "store/sqlite/sqlite_database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <semaphore>

#include "store/sqlite/compact_connection.h"
#include "store/sqlite/data_lock.h"
#include "store/sqlite/file_check.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/writer.h"

namespace galley::store {
namespace {

class ConnectionExecutor : public Executor {
 public:
    explicit ConnectionExecutor(Connection& connection) : connection_(connection) {}
    Result<std::int64_t> run(Sql sql, std::span<const Value> values, const RowSink& sink) override {
        return connection_.run(sql, values, sink);
    }
    void after_commit(std::move_only_function<void()>) override {
        GALLEY_CHECK(false && "after_commit() outside a write");
    }

 private:
    Connection& connection_;
};

Result<void> migrate_in_transaction(Connection& connection, std::span<const Component> components) {
    GALLEY_TRY_VOID(connection.execute("BEGIN IMMEDIATE"));
    ConnectionExecutor executor(connection);
    Result<void> migrated = migrate(executor, Dialect::Sqlite, components,
                                    [&connection](const char* script) { return connection.script(script); });
    if (migrated) migrated = connection.execute("COMMIT");
    if (!migrated && connection.in_transaction()) (void)connection.execute("ROLLBACK");
    return migrated;
}

// What SQLite found, with what to do.
Error with_advice(Error error, const std::string& path) {
    if (error.code != ErrorCode::Corrupt) return error;
    error.message = "the database is damaged: " + error.message +
                    "; run `galley doctor`, or restore a backup with `galley restore`";
    error.where = path;
    return error;
}

// VACUUM INTO leaves syncing to us.
Result<void> sync_file(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(ErrorCode::Unavailable, fmt::format("cannot open {}: {}", path, std::strerror(errno)), path);
    const int code = ::fsync(descriptor);
    const int error = errno;
    ::close(descriptor);
    if (code != 0)
        return fail(ErrorCode::Unavailable, fmt::format("cannot sync {}: {}", path, std::strerror(error)), path);
    return {};
}

// SQLite also says that the file exists when it cannot read the size of the file that it has just made. That there was
// none, we have seen.
Error copy_failure(Error error, const std::string& path) {
    if (!error.message.contains("output file already exists")) return error;
    return {.code = ErrorCode::Unavailable, .message = "cannot write the backup file", .where = path, .fields = {}};
}

Result<void> copy_database(Readers& readers, const std::string& path) {
    if (::access(path.c_str(), F_OK) == 0) return fail(ErrorCode::Conflict, "the backup file already exists", path);
    GALLEY_TRY_VOID(readers.with_connection([&path](Connection& connection) -> Result<void> {
        // The connection stays read-only towards our file; query_only would also forbid writing the copy.
        GALLEY_TRY_VOID(connection.script("PRAGMA query_only = OFF"));
        const auto copied = connection.run("VACUUM INTO $1", std::array<Value, 1>{path}, nullptr);
        GALLEY_TRY_VOID(connection.script("PRAGMA query_only = ON"));
        return copied ? Result<void>() : fail(copy_failure(copied.error(), path));
    }));
    return sync_file(path);
}

// A damaged file is best found before anything is written to it. A large one would keep the server waiting: there it is
// found when the damaged page is read, or by a doctor.
Result<void> check_if_small(Connection& connection, const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || status.st_size > kCheckedAtOpenBytesMax) return {};
    std::string verdict;
    GALLEY_TRY_VOID(connection.run("PRAGMA quick_check(1)", {}, [&verdict](const Row& row) -> Result<void> {
        verdict = row.text(0);
        return {};
    }));
    if (verdict == "ok") return {};
    std::ranges::replace(verdict, '\n', ' ');
    // The check tells of a page that the disk did not give as it tells of a damaged one.
    return fail(connection.read_failed() ? ErrorCode::Unavailable : ErrorCode::Corrupt, verdict, path);
}

// SQLite puts an empty log and its shared memory beside a database that it opens for writing, which must not be left
// beside one that is refused.
Result<void> look_over(ConnectionOptions options, std::span<const Component> components) {
    options.mode = ConnectionMode::Onlooker;
    GALLEY_TRY(const auto connection, Connection::open(options));
    GALLEY_TRY_VOID(check_if_small(*connection, options.path));
    ConnectionExecutor executor(*connection);
    GALLEY_TRY(const auto versioned,
               executor.query_integer("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'"));
    return versioned.value_or(0) > 0 ? refuse_newer(executor, components) : Result<void>();
}

Result<std::unique_ptr<Connection>> open_writing(const ConnectionOptions& options,
                                                 std::span<const Component> components) {
    GALLEY_TRY(const bool stands_alone, store::stands_alone(os::system_files(), options.path));
    if (stands_alone) GALLEY_TRY_VOID(look_over(options, components));
    GALLEY_TRY(auto connection, Connection::open(options));
    // Until all is known to be well: closing must not copy the log back into a file that is refused.
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (!stands_alone) GALLEY_TRY_VOID(check_if_small(*connection, options.path));
    GALLEY_TRY_VOID(migrate_in_transaction(*connection, components));
    sqlite3_db_config(connection->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
    return connection;
}

class SqliteDatabase : public Database {
 public:
    SqliteDatabase(std::unique_ptr<DataLock> lock, std::unique_ptr<Connection> writing,
                   const ConnectionOptions& reading, const SqliteOptions& options, const os::Clock& clock)
        : lock_(std::move(lock)), readers_(reading, options.readers_max), writer_(std::move(writing), options, clock) {}
    ~SqliteDatabase() override { close(); }

    void submit(WriteWork work, WriteDone done) override { writer_.submit(std::move(work), std::move(done)); }
    Result<void> run_read(const std::function<Result<void>(Executor&)>& work) override;
    // Readers first: the last connection to go copies the log back, and that may only be the writer.
    void close() override {
        writer_.stop();
        readers_.close();
    }
    DatabaseStats stats() const override {
        DatabaseStats stats = writer_.stats();
        stats.reads = readers_.reads();
        return stats;
    }
    Result<void> backup(const std::string& path) override { return copy_database(readers_, path); }
    Result<CompactReport> compact();

 protected:
    Result<void> run_write(WriteWork work) override;

 private:
    const std::unique_ptr<DataLock> lock_;
    Readers readers_;
    Writer
        writer_;  // last member, first destroyed: its connection closes after readers_.close() and before the lock goes
};

Result<void> read_in_transaction(Readers& readers, const std::function<Result<void>(Executor&)>& work) {
    return readers.with_connection([&work](Connection& connection) -> Result<void> {
        GALLEY_TRY_VOID(connection.execute("BEGIN"));
        ConnectionExecutor executor(connection);
        Result<void> result = work(executor);
        if (connection.in_transaction()) (void)connection.execute("ROLLBACK");
        return result;
    });
}

Result<void> SqliteDatabase::run_read(const std::function<Result<void>(Executor&)>& work) {
    return read_in_transaction(readers_, work);
}

// A database to look at: no writer, so no lock.
class ReadOnlyDatabase : public Database {
 public:
    ReadOnlyDatabase(const ConnectionOptions& reading, int readers_max) : readers_(reading, readers_max) {}
    ~ReadOnlyDatabase() override { close(); }

    void submit(WriteWork, WriteDone done) override { done(refusal()); }
    Result<void> run_read(const std::function<Result<void>(Executor&)>& work) override {
        return read_in_transaction(readers_, work);
    }
    void close() override { readers_.close(); }
    DatabaseStats stats() const override { return {}; }
    Result<void> backup(const std::string& path) override { return copy_database(readers_, path); }

 protected:
    Result<void> run_write(WriteWork) override { return refusal(); }

 private:
    static std::unexpected<Error> refusal() {
        return fail(ErrorCode::Unsupported, "the database was opened for reading only");
    }

    Readers readers_;
};

Result<CompactReport> SqliteDatabase::compact() {
    GALLEY_CHECK(!writer_.on_writer_thread());
    Result<CompactReport> report;
    Result<void> result;
    std::binary_semaphore settled(0);
    writer_.submit_alone(
        [&report](Connection& connection) -> Result<void> {
            report = store::compact(connection);
            return report ? Result<void>() : std::unexpected(report.error());
        },
        [&](Result<void> end) {
            result = std::move(end);
            settled.release();
        });
    settled.acquire();
    if (!result) return std::unexpected(std::move(result.error()));
    return report;
}

Result<void> SqliteDatabase::run_write(WriteWork work) {
    GALLEY_CHECK(!writer_.on_writer_thread());
    Result<void> result;
    std::binary_semaphore settled(0);
    writer_.submit(std::move(work), [&](Result<void> end) {
        result = std::move(end);
        settled.release();
    });
    settled.acquire();
    return result;
}

}  // namespace

Result<CompactReport> compact(Database& database) {
    auto* const sqlite = dynamic_cast<SqliteDatabase*>(&database);
    if (sqlite == nullptr) return fail(ErrorCode::Unsupported, "this database is not compacted from here");
    return sqlite->compact();
}

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options, std::span<const Component> components,
                                              const os::Clock& clock) {
    GALLEY_TRY(auto lock, DataLock::acquire(options.folder + "/galley.lock"));
    const std::string path = options.folder + "/" + options.file_name;
    ConnectionOptions writing{path, ConnectionMode::Writer, options.writer_cache_kib, options.vfs};
    ConnectionOptions reading{path, ConnectionMode::Reader, options.reader_cache_kib, options.vfs};
    GALLEY_TRY_VOID(check_before_open(os::system_files(), path, lock->database_was_made()));
    auto connection = open_writing(writing, components);
    if (!connection) return fail(with_advice(std::move(connection.error()), path));
    lock->note_database_made();
    return std::make_unique<SqliteDatabase>(std::move(lock), std::move(*connection), reading, options, clock);
}

Result<std::unique_ptr<Database>> open_sqlite_read_only(const SqliteOptions& options) {
    const std::string path = options.folder + "/" + options.file_name;
    if (::access(path.c_str(), F_OK) != 0) return fail(ErrorCode::NotFound, "there is no database", path);
    ConnectionOptions reading{path, ConnectionMode::Reader, options.reader_cache_kib, options.vfs};
    auto database = std::make_unique<ReadOnlyDatabase>(reading, options.readers_max);
    // The first connection says whether it is one.
    GALLEY_TRY_VOID(database->run_read([](Executor& executor) -> Result<void> {
        GALLEY_TRY_VOID(executor.query_integer("SELECT count(*) FROM schema_version"));
        return {};
    }));
    return database;
}

}  // namespace galley::store
