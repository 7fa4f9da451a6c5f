// src/store/sqlite/connection.h — one SQLite connection: opening with our settings, prepared statements, error codes.
//
// Shape    run() is Executor::run; script() runs several statements without values.
// Errors   as in executor.h; open: Unavailable, Corrupt.
// Threads  one at a time; SQLite's own mutexes are off.
// Limits   kStatementsMax cached statements; when full the cache is emptied and fills again.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/executor.h"

namespace galley::store {

enum class ConnectionMode : std::uint8_t {
    Writer,
    Reader,
    Onlooker,  // of a file that nobody writes and that has no log: takes no lock, makes no file beside it
};

struct ConnectionOptions {
    std::string path;
    ConnectionMode mode = ConnectionMode::Reader;
    int cache_kib = 1'024;
    const char* vfs = nullptr;
};

class Connection {
 public:
    static Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Result<std::int64_t> run(Sql sql, std::span<const Value> values, const Executor::RowSink& sink);
    Result<void> execute(Sql sql) {
        GALLEY_TRY_VOID(run(sql, {}, nullptr));
        return {};
    }
    Result<void> script(const char* sql);
    // False once SQLite has rolled the transaction back by itself (disk full, I/O error).
    bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
    // The system did not give a page when it was last asked for one, whatever SQLite made of that.
    bool read_failed();
    // True when the disk was found full since the last time that somebody asked.
    bool take_met_full_disk() { return std::exchange(met_full_disk_, false); }
    sqlite3* handle() { return db_; }

 private:
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    using StatementHandle = std::unique_ptr<sqlite3_stmt, Finalizer>;
    struct Prepared {
        StatementHandle handle;
        std::vector<std::uint8_t> numbers;  // of SQLite's i-th parameter: the n of our $n
    };
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };

    explicit Connection(sqlite3* db) : db_(db) {}
    Result<void> configure(const ConnectionOptions& options);
    Result<Prepared> prepare(std::string_view text);
    Result<Prepared*> cached(std::string_view text);
    Result<void> bind(const Prepared& prepared, std::span<const Value> values);
    Result<void> step_all(sqlite3_stmt* statement, const Executor::RowSink& sink);
    Error last_error(std::string_view doing);

    sqlite3* db_;
    std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
    bool met_full_disk_ = false;
    int running_ = 0;  // statements being stepped: the cache must not be emptied under them
};

}  // namespace galley::store
