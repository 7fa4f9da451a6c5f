// src/template/value.h — what an expression yields while a template renders.
//
// Shape    undefined, none, bool, integer, double, text (borrowed or own), a JSON container, or a part of a JSON list.
//          Truth, equality, order and printed form are Python's: 1 == True, 2.0 prints "2.0", none prints "None".
// Errors   print, equal, less: InvalidInput for kinds that have no such thing here.
// Owner    borrowed text and JSON point into the data or the program, which outlive the render.
// Threads  plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "codec/json.h"

namespace galley::templates {

struct Undefined {};
struct None {};
using JsonList = std::shared_ptr<const std::vector<codec::JsonValue>>;

class Value {
 public:
    Value() = default;
    explicit Value(None) : data_(None{}) {}
    explicit Value(bool flag) : data_(flag) {}
    explicit Value(std::int64_t number) : data_(number) {}
    explicit Value(double number) : data_(number) {}
    explicit Value(std::string_view borrowed) : data_(borrowed) {}
    explicit Value(std::string own) : data_(std::move(own)) {}
    explicit Value(JsonList list) : data_(std::move(list)) {}
    static Value from_json(const codec::JsonValue& json);

    bool is_undefined() const { return std::holds_alternative<Undefined>(data_); }
    bool is_none() const { return std::holds_alternative<None>(data_); }
    bool is_text() const {
        return std::holds_alternative<std::string_view>(data_) || std::holds_alternative<std::string>(data_);
    }
    bool is_number() const { return is_integer() || is_double(); }
    bool is_integer() const {
        return std::holds_alternative<std::int64_t>(data_) || std::holds_alternative<bool>(data_);
    }
    bool is_double() const { return std::holds_alternative<double>(data_); }
    bool is_list() const;
    bool is_object() const;

    // Text that ends with this value; false for text that the data or the program holds.
    bool owns_text() const { return std::holds_alternative<std::string>(data_); }

    // Preconditions: the kind fits. integer() takes a bool as 0 or 1, number() every number.
    std::string_view text() const;
    std::int64_t integer() const;
    double number() const;
    const codec::JsonValue& object() const { return std::get<codec::JsonValue>(data_); }
    std::vector<codec::JsonValue> elements() const;
    std::size_t list_size() const;

    std::string_view kind_name() const;  // for messages: "text", "a list", …
    bool truth() const;

 private:
    std::variant<Undefined, None, bool, std::int64_t, double, std::string_view, std::string, codec::JsonValue, JsonList>
        data_;
};

// The text that {{ value }} prints, before escaping. A borrowed view where there is one; else it is put into `buffer`.
Result<std::string_view> printed(const Value& value, std::string& buffer);
std::string python_float(double number);  // repr(): 0.1, 2.0, 1e+16

Result<bool> equal(const Value& left, const Value& right);
Result<bool> less(const Value& left, const Value& right);

}  // namespace galley::templates
