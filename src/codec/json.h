// src/codec/json.h — reading JSON: strict RFC 8259, with the place of every complaint.
//
// Shape    JsonDocument owns a parsed text; JsonValue is a cheap view into it (do not outlive the document).
// Errors   parse: InvalidInput with a byte offset in the message, also for: bad UTF-8, duplicate member names (RFC 8259
//          §4
//          leaves them open; we refuse), text after the value; LimitExceeded for nesting deeper than depth_max.
//          Typed getters: InvalidInput naming the wanted and the found type.
// Threads  a document is read from any number of threads once parsed.
// Limits   kJsonDepthMaxDefault levels by default, 1000 at most; size is bounded by the caller.
// Source   RFC 8259; simdjson's DOM does the parsing and is bound here only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace galley::codec {

inline constexpr std::size_t kJsonDepthMaxDefault = 512;

enum class JsonType : std::uint8_t { Null, Bool, Integer, Double, String, Array, Object };
std::string_view json_type_name(JsonType type);  // "null", "boolean", "integer", "number", …

class JsonValue {
 public:
    JsonValue();  // null
    JsonType type() const;
    bool is_null() const { return type() == JsonType::Null; }
    bool is_object() const { return type() == JsonType::Object; }
    bool is_array() const { return type() == JsonType::Array; }
    bool is_string() const { return type() == JsonType::String; }
    bool is_number() const { return type() == JsonType::Integer || type() == JsonType::Double; }

    // Preconditions: the type fits (GALLEY_CHECK); number() takes integers too. Integers beyond int64 read as Double,
    // and to_json() still writes all their digits.
    bool boolean() const;
    std::int64_t integer() const;
    double number() const;
    std::string_view string() const;
    // The digits of an integer beyond int64; "" for every other value.
    std::string long_integer() const;

    std::size_t size() const;  // members or elements; 0 for scalars
    std::optional<JsonValue> find(std::string_view member) const;
    // Calls f(value) / f(name, value) in document order.
    template <typename F>
    void for_each_element(F&& f) const;
    template <typename F>
    void for_each_member(F&& f) const;
    std::vector<JsonValue> elements() const;
    std::vector<std::pair<std::string_view, JsonValue>> members() const;

    // The value again as compact JSON text, members in document order.
    std::string to_json() const;

 private:
    friend class JsonDocument;
    friend struct JsonAccess;
    // A simdjson::dom::element, kept opaque; json.cpp checks that it fits.
    const void* document_ = nullptr;
    std::size_t index_ = 0;
};

class JsonDocument {
 public:
    static Result<JsonDocument> parse(std::string_view text, std::size_t depth_max = kJsonDepthMaxDefault);
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;
    ~JsonDocument();
    JsonValue root() const;

 private:
    struct State;
    explicit JsonDocument(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

template <typename F>
void JsonValue::for_each_element(F&& f) const {
    for (const JsonValue& value : elements()) f(value);
}
template <typename F>
void JsonValue::for_each_member(F&& f) const {
    for (const auto& [name, value] : members()) f(name, value);
}

}  // namespace galley::codec
