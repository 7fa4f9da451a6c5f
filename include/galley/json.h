// include/galley/json.h — JSON as handlers see it: Json, a text; JsonView, a look into one; JsonSink, to write one.
//
// Shape    A handler whose input or output is Json gets and gives JSON text. JsonView and JsonSink are for conversions
//          of one's own (describe.h does the usual ones).
// Errors   JsonView's getters: the type must fit (look at type() first), else Failure. JsonSink: Failure
//          ("invalid_input") for text that is not UTF-8 and raw() that is not JSON; numbers that JSON cannot say become
//          null.
// Owner    a view must not outlive the input that it looks into.
// Threads  a view from any number of threads, a sink from one.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace galley {

// What Galley's functions throw when they cannot do what they are asked. A handler that lets it out fails, or is tried
// again when the code is "unavailable".
class Failure : public std::runtime_error {
 public:
    Failure(std::string code, const std::string& message, std::string where = {})
        : std::runtime_error(message), code_(std::move(code)), where_(std::move(where)) {}

    // invalid_input, not_found, conflict, limit_exceeded, unavailable, …: docs/handlers.md lists them.
    const std::string& code() const { return code_; }
    // In whose input it is: a JSON pointer, a setting's name, or "".
    const std::string& where() const { return where_; }

 private:
    std::string code_;
    std::string where_;
};

struct Json {
    std::string text = "null";
};

namespace detail {
struct JsonAccess;
}

class JsonView {
 public:
    enum class Type : std::uint8_t { Null, Bool, Integer, Number, String, Array, Object };

    Type type() const;
    bool boolean() const;
    // Of type Integer: those within 64 bits, signed.
    std::int64_t integer() const;
    // The digits of an integer beyond that, which has the type Number; "" for everything else.
    std::string long_integer() const;
    double number() const;  // of integers too
    std::string_view string() const;
    std::vector<JsonView> elements() const;
    std::vector<std::pair<std::string_view, JsonView>> members() const;
    std::string text() const;  // compact JSON

 private:
    friend struct detail::JsonAccess;
    JsonView() = default;
    alignas(void*) unsigned char storage_[2 * sizeof(void*)] = {};
};

class JsonSink {
 public:
    void begin_object();
    void end_object();
    void begin_array();
    void end_array();
    void key(std::string_view name);
    void null();
    void boolean(bool value);
    void integer(std::int64_t value);
    void unsigned_integer(std::uint64_t value);
    void number(double value);
    void string(std::string_view value);
    void raw(std::string_view json);

 private:
    friend struct detail::JsonAccess;
    explicit JsonSink(void* writer) : writer_(writer) {}
    void* writer_;
};

}  // namespace galley
