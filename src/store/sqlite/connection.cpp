#include "store/sqlite/connection.h"

#include <fmt/format.h>

#include <mutex>
#include <system_error>

namespace galley::store {
namespace {

// Before the first connection: no global counting of memory, which would take a lock on each allocation.
void configure_library() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

ErrorCode constraint_code(int extended) {
    switch (extended) {
        case SQLITE_CONSTRAINT_NOTNULL:
        case SQLITE_CONSTRAINT_CHECK:
        case SQLITE_CONSTRAINT_DATATYPE:
            return ErrorCode::Internal;  // the program wrote nonsense; not a clash with stored data
        default:
            return ErrorCode::Conflict;
    }
}

ErrorCode error_code(int extended) {
    switch (extended & 0xff) {
        case SQLITE_CONSTRAINT:
            return constraint_code(extended);
        case SQLITE_TOOBIG:
            return ErrorCode::InvalidInput;  // a value beyond SQLite's own limit; ours are lower
        case SQLITE_FULL:
        case SQLITE_READONLY:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
        case SQLITE_PROTOCOL:
        case SQLITE_PERM:
            return ErrorCode::Unavailable;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorCode::Corrupt;
        default:
            return ErrorCode::Internal;
    }
}

Value column_value(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER:
            return sqlite3_column_int64(statement, column);
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, column);
        case SQLITE_TEXT: {
            const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
            return std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
        }
        case SQLITE_BLOB: {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
            return Blob{bytes == nullptr ? std::string_view() : std::string_view(bytes, size)};
        }
        default:
            return nullptr;
    }
}

// SQLite takes $1 for a name and numbers placeholders in the order in which they appear; we mean PostgreSQL's numbers.
// 0 for anything but $ and a number up to kParametersMax.
std::uint8_t parameter_number(const char* name) {
    if (name == nullptr || *name != '$') return 0;
    std::size_t number = 0;
    for (const char* c = name + 1; *c != '\0'; ++c) {
        if (*c < '0' || *c > '9') return 0;
        number = number * 10 + static_cast<std::size_t>(*c - '0');
        if (number > kParametersMax) return 0;
    }
    return static_cast<std::uint8_t>(number);
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
    // A null pointer would bind SQL null instead of an empty value.
    const auto data = [](std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); };
    switch (value.type()) {
        case ValueType::Null:
            return sqlite3_bind_null(statement, index);
        case ValueType::Integer:
            return sqlite3_bind_int64(statement, index, value.integer());
        case ValueType::Double:
            return sqlite3_bind_double(statement, index, value.number());
        case ValueType::Text:
            return sqlite3_bind_text64(statement, index, data(value.text()), value.text().size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        case ValueType::Blob:
            return sqlite3_bind_blob64(statement, index, data(value.blob()), value.blob().size(), SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

// https://www.sqlite.org/uri.html
std::string immutable_uri(std::string_view path) {
    std::string uri = "file:";
    for (const char c : path) {
        const bool plain = c != '%' && c != '?' && c != '#';
        uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return uri + "?immutable=1";
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
    configure_library();
    const bool onlooker = options.mode == ConnectionMode::Onlooker;
    const int access = options.mode == ConnectionMode::Writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                                              : SQLITE_OPEN_READONLY | (onlooker ? SQLITE_OPEN_URI : 0);
    const std::string name = onlooker ? immutable_uri(options.path) : options.path;
    sqlite3* db = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &db, access | SQLITE_OPEN_NOMUTEX, options.vfs);
    if (db == nullptr) return fail(ErrorCode::Unavailable, "no memory to open the database");
    std::unique_ptr<Connection> connection(new Connection(db));
    sqlite3_extended_result_codes(db, 1);
    if (code != SQLITE_OK) return fail(connection->last_error("open"));
    GALLEY_TRY_VOID(connection->configure(options));
    return connection;
}

Connection::~Connection() {
    statements_.clear();
    sqlite3_close(db_);
}

// synchronous=FULL: every commit reaches the disk (NORMAL loses the last ones at a power cut and is no faster under
// group
// commit). No memory map: resident memory stays ours to bound. No ANALYZE anywhere: our plans rest on partial indexes.
Result<void> Connection::configure(const ConnectionOptions& options) {
    const std::string cache = fmt::format("PRAGMA cache_size = -{}", options.cache_kib);
    GALLEY_TRY_VOID(script(cache.c_str()));
    GALLEY_TRY_VOID(script("PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF"));
    if (options.mode != ConnectionMode::Writer) {
        // The last connection to close would copy the log back; that is the writer's right alone.
        sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        // Lock waits of a reader are short (WAL recovery, first opening of the shared memory).
        return script("PRAGMA busy_timeout = 2000; PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0");
    }
    return script(
        "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
        "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864");
}

Result<void> Connection::script(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return fail(last_error(sql));
    return {};
}

Result<std::int64_t> Connection::run(Sql sql, std::span<const Value> values, const Executor::RowSink& sink) {
    GALLEY_TRY(Prepared * prepared, cached(sql.text()));
    Prepared own;
    if (sqlite3_stmt_busy(prepared->handle.get()) != 0) {  // run again from inside its own sink
        GALLEY_TRY(own, prepare(sql.text()));
        prepared = &own;
    }
    GALLEY_TRY_VOID(bind(*prepared, values));
    sqlite3_stmt* statement = prepared->handle.get();
    ++running_;
    Result<void> stepped = step_all(statement, sink);
    --running_;
    sqlite3_reset(statement);
    if (!stepped) return fail(std::move(stepped.error()));
    return sqlite3_stmt_readonly(statement) != 0 ? 0 : sqlite3_changes64(db_);
}

bool Connection::read_failed() {
    int number = 0;
    if (sqlite3_file_control(db_, "main", SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK && number != 0) return true;
    sqlite3_file* log = nullptr;
    (void)sqlite3_file_control(db_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log == nullptr || log->pMethods == nullptr) return false;
    return log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK && number != 0;
}

Result<Connection::Prepared> Connection::prepare(std::string_view text) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v3(db_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, &tail);
    Prepared prepared{StatementHandle(statement), {}};
    if (code != SQLITE_OK) return fail(last_error(text));
    if (statement == nullptr || tail != text.data() + text.size()) {
        return fail(ErrorCode::Internal, fmt::format("not exactly one SQL statement: {}", text));
    }
    const int count = sqlite3_bind_parameter_count(statement);
    for (int index = 1; index <= count; ++index) {
        const std::uint8_t number = parameter_number(sqlite3_bind_parameter_name(statement, index));
        if (number < 1 || number > count)
            return fail(ErrorCode::Internal, fmt::format("placeholders must be $1 to ${}: {}", count, text));
        prepared.numbers.push_back(number);
    }
    return prepared;
}

Result<Connection::Prepared*> Connection::cached(std::string_view text) {
    if (const auto found = statements_.find(text); found != statements_.end()) return &found->second;
    GALLEY_TRY(Prepared prepared, prepare(text));
    if (statements_.size() >= kStatementsMax && running_ == 0) statements_.clear();
    return &statements_.emplace(text, std::move(prepared)).first->second;
}

Result<void> Connection::bind(const Prepared& prepared, std::span<const Value> values) {
    sqlite3_stmt* statement = prepared.handle.get();
    if (prepared.numbers.size() != values.size()) {
        return fail(ErrorCode::Internal, fmt::format("{} values for: {}", values.size(), sqlite3_sql(statement)));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Value& value = values[prepared.numbers[i] - 1u];
        if (bind_value(statement, static_cast<int>(i) + 1, value) != SQLITE_OK) return fail(last_error("bind"));
    }
    return {};
}

Result<void> Connection::step_all(sqlite3_stmt* statement, const Executor::RowSink& sink) {
    std::vector<Value> row;
    for (;;) {
        const int code = sqlite3_step(statement);
        if (code == SQLITE_DONE) return {};
        if (code != SQLITE_ROW) return fail(last_error(sqlite3_sql(statement)));
        if (!sink) continue;
        const int columns = sqlite3_column_count(statement);
        row.clear();
        for (int i = 0; i < columns; ++i) row.push_back(column_value(statement, i));
        GALLEY_TRY_VOID(sink(Row(row)));
    }
}

// A full disk shows itself in several ways: the shared memory beside the log cannot grow either. SQLite tells only the
// kind of an operation that failed ("disk I/O error"); the reason is the operating system's.
Error Connection::last_error(std::string_view doing) {
    constexpr std::size_t kShown = 120;
    const int extended = sqlite3_extended_errcode(db_);
    met_full_disk_ |= extended == SQLITE_FULL || extended == SQLITE_IOERR_SHMSIZE;
    const int kind = extended & 0xff;
    const int number = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN ? sqlite3_system_errno(db_) : 0;
    const std::string reason = number == 0 ? std::string() : ": " + std::system_category().message(number);
    return Error{error_code(extended), fmt::format("database: {}{} ({}) in: {}", sqlite3_errmsg(db_), reason, extended,
                                                   doing.substr(0, kShown))};
}

}  // namespace galley::store
