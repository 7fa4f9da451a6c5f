// src/store/executor.h — runs SQL inside one transaction. You are handed one; you never make one.
//
// Shape    SQL is written in the common subset of SQLite and PostgreSQL: $1, $2, … placeholders, INSERT … ON CONFLICT,
//          RETURNING, no dialect's functions. Statements are prepared once per connection and kept by their text.
// Errors   Conflict (a unique or other constraint says no), Unavailable (disk broken, full or read-only;
//          connection), Corrupt (the file is damaged), Internal (the statement itself is wrong).
//          After an error just return it: the surrounding work is rolled back.
// Owner    the Database; an Executor is valid only during the call that received it. Bound values are borrowed.
// Threads  the thread that received it.
// Limits   kStatementsMax prepared statements per connection; kParametersMax values per statement.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "store/value.h"

namespace galley::store {

inline constexpr std::size_t kStatementsMax = 256;
inline constexpr std::size_t kParametersMax = 64;

// The text of one statement: a literal, or text that was put together from literals (never from input: bind that).
class Sql {
 public:
    template <std::size_t N>
    consteval Sql(const char (&literal)[N]) : text_(literal, N - 1) {}
    static Sql assembled(std::string_view text) { return Sql(text); }
    std::string_view text() const { return text_; }

 private:
    explicit Sql(std::string_view text) : text_(text) {}
    std::string_view text_;
};

class Executor {
 public:
    using RowSink = std::function<Result<void>(const Row&)>;

    virtual ~Executor() = default;

    // Runs the statement, hands each result row to `sink` (an error from it stops and is returned), and gives the
    // number of rows inserted, updated or deleted (0 for a pure SELECT).
    virtual Result<std::int64_t> run(Sql sql, std::span<const Value> values, const RowSink& sink) = 0;

    // `action` runs on the writer thread once this work is durable, before the work's own WriteDone; it is dropped when
    // the work or its commit fails. Must be cheap, must not block. Precondition: inside a write.
    virtual void after_commit(std::move_only_function<void()> action) = 0;

    Result<std::int64_t> execute(Sql sql, std::initializer_list<Value> values = {});
    Result<void> each(Sql sql, std::initializer_list<Value> values, const RowSink& sink);
    Result<Rows> query(Sql sql, std::initializer_list<Value> values = {});
    // The first column of the first row, if there is a row: for counts and existence.
    Result<std::optional<std::int64_t>> query_integer(Sql sql, std::initializer_list<Value> values = {});
};

}  // namespace galley::store
