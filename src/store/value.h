// src/store/value.h — one database value: what a statement is given and what a row holds.
//
// Shape    null, int64, double, text (UTF-8) or blob. A Value borrows its bytes: keep them alive until the call
// returns.
//          A bool is stored as 0 or 1, a Time with to_unix_ms(). Row is a view of one result row, valid only where it
//          was handed out; Rows owns all its rows.
// Errors   a getter of the wrong type, or a column that is not there, is a programmer's mistake: GALLEY_CHECK. A null
// reads
//          as 0, 0.0 or "" (ask is_null() where the difference matters).
// Threads  plain values.
#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace galley::store {

// Marks bytes as binary: SQLite and PostgreSQL keep text and binary apart.
struct Blob {
    std::string_view bytes;
};

enum class ValueType : std::uint8_t { Null, Integer, Double, Text, Blob };

class Value {
 public:
    Value() = default;
    Value(std::nullptr_t) {}
    template <std::integral Integer>
    Value(Integer number) : data_(static_cast<std::int64_t>(number)) {}
    Value(double number) : data_(number) {}
    Value(const char* text) : data_(std::string_view(text)) {}
    Value(std::string_view text) : data_(text) {}
    Value(const std::string& text) : data_(std::string_view(text)) {}
    Value(Blob blob) : data_(blob) {}
    template <typename T>
    Value(const std::optional<T>& value) {
        if (value) *this = Value(*value);
    }

    ValueType type() const { return static_cast<ValueType>(data_.index()); }
    bool is_null() const { return type() == ValueType::Null; }
    std::int64_t integer() const;
    double number() const;  // takes integers too
    std::string_view text() const;
    std::string_view blob() const;

 private:
    std::variant<std::monostate, std::int64_t, double, std::string_view, Blob> data_;
};

class Row {
 public:
    explicit Row(std::span<const Value> values) : values_(values) {}

    std::size_t size() const { return values_.size(); }
    const Value& operator[](std::size_t column) const {
        GALLEY_CHECK(column < values_.size());
        return values_[column];
    }
    bool is_null(std::size_t column) const { return (*this)[column].is_null(); }
    std::int64_t integer(std::size_t column) const { return (*this)[column].integer(); }
    double number(std::size_t column) const { return (*this)[column].number(); }
    std::string_view text(std::size_t column) const { return (*this)[column].text(); }
    std::string_view blob(std::size_t column) const { return (*this)[column].blob(); }
    std::optional<std::int64_t> optional_integer(std::size_t column) const {
        return is_null(column) ? std::nullopt : std::optional(integer(column));
    }
    std::optional<std::string> optional_text(std::size_t column) const {
        return is_null(column) ? std::nullopt : std::optional(std::string(text(column)));
    }

 private:
    std::span<const Value> values_;
};

// All rows of a small result, copied out of the database.
class Rows {
 public:
    std::size_t size() const { return columns_ == 0 ? 0 : values_.size() / columns_; }
    bool empty() const { return size() == 0; }
    Row operator[](std::size_t index) const;
    void append(const Row& row);

 private:
    std::size_t columns_ = 0;
    std::vector<Value> values_;
    std::deque<std::string> texts_;  // a deque: growing must not move what values_ points at
};

}  // namespace galley::store
