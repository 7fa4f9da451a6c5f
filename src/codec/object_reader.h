// src/codec/object_reader.h — takes a request body apart field by field, collecting every complaint with its JSON
// pointer.
//
// Shape    ObjectReader r(value, ""); auto title = r.required_string("title", {.bytes_max = 200}); …;
//          GALLEY_TRY_VOID(r.finish());
//          A getter that fails returns the default and notes the fault; finish() adds unknown members (R1) and gives
//          one Error.
// Errors   finish: InvalidInput with fields[].
// Owner    names are borrowed (they are literals): they must outlive the reader.
// Threads  one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "codec/json.h"

namespace galley::codec {

struct StringRule {
    std::size_t bytes_min = 0;
    std::size_t bytes_max = 10'000;
};

struct IntegerRule {
    std::int64_t min = INT64_MIN;
    std::int64_t max = INT64_MAX;
};

class ObjectReader {
 public:
    // `pointer` is the JSON pointer of `value` in the body. A value that is not an object is itself the fault.
    ObjectReader(JsonValue value, std::string pointer);

    std::string required_string(std::string_view name, StringRule rule = {});
    std::optional<std::string> optional_string(std::string_view name, StringRule rule = {});  // null counts as absent
    bool optional_bool(std::string_view name, bool otherwise);
    std::optional<std::int64_t> optional_integer(std::string_view name, IntegerRule rule = {});
    std::int64_t required_integer(std::string_view name, IntegerRule rule = {});
    std::optional<double> optional_number(std::string_view name, double min, double max);
    std::optional<JsonValue> optional_object(std::string_view name);
    std::optional<JsonValue> optional_array(std::string_view name, std::size_t size_max);
    std::optional<JsonValue> optional_any(std::string_view name);
    JsonValue required_any(std::string_view name);

    void note(std::string_view name, std::string message);  // a fault the caller found in member `name`
    std::string pointer_to(std::string_view name) const;
    void absorb(Error error);  // the fields of a nested reader's error

    Result<void> finish();

 private:
    std::optional<JsonValue> take(std::string_view name);
    std::optional<JsonValue> take_typed(std::string_view name, JsonType type);

    JsonValue value_;
    std::string pointer_;
    std::vector<std::string_view> known_;
    std::vector<FieldError> faults_;
};

}  // namespace galley::codec
