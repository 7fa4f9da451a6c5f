#include "codec/object_reader.h"

#include <algorithm>
#include <utility>

#include "codec/json_pointer.h"

namespace galley::codec {

namespace {

// A hostile body must not buy an endless error message.
constexpr std::size_t kFaultsMax = 100;

std::string wanted(std::string_view want, JsonType found) {
    return "expected " + std::string(want) + ", found " + std::string(json_type_name(found));
}

}  // namespace

ObjectReader::ObjectReader(JsonValue value, std::string pointer) : value_(value), pointer_(std::move(pointer)) {
    if (!value_.is_object()) faults_.push_back({pointer_, wanted("object", value_.type())});
}

std::string ObjectReader::pointer_to(std::string_view name) const {
    return pointer_ + "/" + pointer_token(name);
}

void ObjectReader::note(std::string_view name, std::string message) {
    if (faults_.size() < kFaultsMax) faults_.push_back({pointer_to(name), std::move(message)});
}

void ObjectReader::absorb(Error error) {
    for (FieldError& field : error.fields) {
        if (faults_.size() < kFaultsMax) faults_.push_back(std::move(field));
    }
    if (error.fields.empty() && faults_.size() < kFaultsMax) faults_.push_back({error.where, std::move(error.message)});
}

// The member, null counting as absent.
std::optional<JsonValue> ObjectReader::take(std::string_view name) {
    known_.push_back(name);
    std::optional<JsonValue> found = value_.find(name);
    if (found && found->is_null()) found.reset();
    return found;
}

std::optional<JsonValue> ObjectReader::take_typed(std::string_view name, JsonType type) {
    std::optional<JsonValue> found = take(name);
    if (!found || found->type() == type) return found;
    note(name, wanted(json_type_name(type), found->type()));
    return std::nullopt;
}

std::optional<std::string> ObjectReader::optional_string(std::string_view name, StringRule rule) {
    const std::optional<JsonValue> found = take_typed(name, JsonType::String);
    if (!found) return std::nullopt;
    const std::string_view text = found->string();
    if (text.size() >= rule.bytes_min && text.size() <= rule.bytes_max) return std::string(text);
    note(name, "must have " + std::to_string(rule.bytes_min) + " to " + std::to_string(rule.bytes_max) +
                   " bytes, has " + std::to_string(text.size()));
    return std::nullopt;
}

std::string ObjectReader::required_string(std::string_view name, StringRule rule) {
    const std::size_t faults_before = faults_.size();
    std::optional<std::string> text = optional_string(name, rule);
    if (!text && value_.is_object() && faults_.size() == faults_before) note(name, "is required");
    return std::move(text).value_or(std::string());
}

bool ObjectReader::optional_bool(std::string_view name, bool otherwise) {
    const std::optional<JsonValue> found = take_typed(name, JsonType::Bool);
    return found ? found->boolean() : otherwise;
}

std::optional<std::int64_t> ObjectReader::optional_integer(std::string_view name, IntegerRule rule) {
    const std::optional<JsonValue> found = take_typed(name, JsonType::Integer);
    if (!found) return std::nullopt;
    if (found->integer() >= rule.min && found->integer() <= rule.max) return found->integer();
    note(name, "must be from " + std::to_string(rule.min) + " to " + std::to_string(rule.max));
    return std::nullopt;
}

std::int64_t ObjectReader::required_integer(std::string_view name, IntegerRule rule) {
    const std::size_t faults_before = faults_.size();
    const std::optional<std::int64_t> number = optional_integer(name, rule);
    if (!number && value_.is_object() && faults_.size() == faults_before) note(name, "is required");
    return number.value_or(std::max<std::int64_t>(rule.min, 0));
}

std::optional<double> ObjectReader::optional_number(std::string_view name, double min, double max) {
    const std::optional<JsonValue> found = take(name);
    if (!found) return std::nullopt;
    if (!found->is_number()) {
        note(name, wanted("number", found->type()));
        return std::nullopt;
    }
    if (found->number() >= min && found->number() <= max) return found->number();
    note(name, "must be from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
}

std::optional<JsonValue> ObjectReader::optional_object(std::string_view name) {
    return take_typed(name, JsonType::Object);
}

std::optional<JsonValue> ObjectReader::optional_array(std::string_view name, std::size_t size_max) {
    const std::optional<JsonValue> found = take_typed(name, JsonType::Array);
    if (!found || found->size() <= size_max) return found;
    note(name, "must have at most " + std::to_string(size_max) + " elements");
    return std::nullopt;
}

std::optional<JsonValue> ObjectReader::optional_any(std::string_view name) {
    return take(name);
}

JsonValue ObjectReader::required_any(std::string_view name) {
    known_.push_back(name);
    const std::optional<JsonValue> found = value_.find(name);
    if (!found && value_.is_object()) note(name, "is required");
    return found.value_or(JsonValue());
}

Result<void> ObjectReader::finish() {
    for (const auto& [name, value] : value_.members()) {
        if (std::ranges::find(known_, name) == known_.end()) note(name, "is not a known field");
    }
    if (faults_.empty()) return {};
    Error error{ErrorCode::InvalidInput, "the body has faults", pointer_, {}};
    error.fields = std::move(faults_);
    if (error.fields.size() == 1) error.message = error.fields.front().pointer + " " + error.fields.front().message;
    faults_.clear();
    return fail(std::move(error));
}

}  // namespace galley::codec
