#include "template/value.h"

#include <array>
#include <charconv>

namespace galley::templates {

namespace {

std::unexpected<Error> wrong_kind(std::string message) {
    return fail(ErrorCode::InvalidInput, std::move(message));
}

bool is_container(const Value& value) {
    return value.is_list() || value.is_object();
}

}  // namespace

Value Value::from_json(const codec::JsonValue& json) {
    switch (json.type()) {
        case codec::JsonType::Null:
            return Value(None{});
        case codec::JsonType::Bool:
            return Value(json.boolean());
        case codec::JsonType::Integer:
            return Value(json.integer());
        case codec::JsonType::Double:
            return Value(json.number());
        case codec::JsonType::String:
            return Value(json.string());
        case codec::JsonType::Array:
        case codec::JsonType::Object:
            break;
    }
    Value value;
    value.data_ = json;
    return value;
}

bool Value::is_list() const {
    const auto* json = std::get_if<codec::JsonValue>(&data_);
    return json != nullptr ? json->is_array() : std::holds_alternative<JsonList>(data_);
}

bool Value::is_object() const {
    const auto* json = std::get_if<codec::JsonValue>(&data_);
    return json != nullptr && json->is_object();
}

std::string_view Value::text() const {
    const auto* own = std::get_if<std::string>(&data_);
    return own != nullptr ? std::string_view(*own) : std::get<std::string_view>(data_);
}

std::int64_t Value::integer() const {
    const bool* flag = std::get_if<bool>(&data_);
    return flag != nullptr ? static_cast<std::int64_t>(*flag) : std::get<std::int64_t>(data_);
}

double Value::number() const {
    return is_double() ? std::get<double>(data_) : static_cast<double>(integer());
}

std::vector<codec::JsonValue> Value::elements() const {
    const auto* part = std::get_if<JsonList>(&data_);
    return part != nullptr ? **part : object().elements();
}

std::size_t Value::list_size() const {
    const auto* part = std::get_if<JsonList>(&data_);
    return part != nullptr ? (*part)->size() : object().size();
}

std::string_view Value::kind_name() const {
    if (is_undefined()) return "undefined";
    if (is_none()) return "none";
    if (std::holds_alternative<bool>(data_)) return "a truth value";
    if (is_number()) return "a number";
    if (is_text()) return "text";
    return is_list() ? "a list" : "an object";
}

bool Value::truth() const {
    if (is_undefined() || is_none()) return false;
    if (is_integer()) return integer() != 0;
    if (is_double()) return number() != 0.0;
    if (is_text()) return !text().empty();
    const auto* part = std::get_if<JsonList>(&data_);
    return part != nullptr ? !(*part)->empty() : object().size() > 0;
}

Result<std::string_view> printed(const Value& value, std::string& buffer) {
    if (value.is_text()) return value.text();
    if (value.is_undefined()) return std::string_view();
    if (value.is_none()) return std::string_view("None");
    if (value.kind_name() == "a truth value") return std::string_view(value.truth() ? "True" : "False");
    if (value.is_integer()) return std::string_view(buffer = std::to_string(value.integer()));
    if (value.is_double()) return std::string_view(buffer = python_float(value.number()));
    return wrong_kind("cannot print " + std::string(value.kind_name()) + "; loop over it or name a member");
}

std::string python_float(double number) {
    std::array<char, 64> buffer{};
    const auto scientific =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific);
    const std::string_view text(buffer.data(), scientific.ptr);
    int exponent = 0;
    const std::size_t e = text.find('e');
    const std::size_t digits = e + (text[e + 1] == '+' ? 2 : 1);
    std::from_chars(text.data() + digits, text.data() + text.size(), exponent);
    if (exponent < -4 || exponent >= 16) return std::string(text);
    const auto fixed = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed);
    std::string plain(buffer.data(), fixed.ptr);
    return plain.contains('.') ? plain : plain + ".0";
}

Result<bool> equal(const Value& left, const Value& right) {
    if (is_container(left) && is_container(right)) return wrong_kind("cannot compare lists or objects");
    if (left.is_integer() && right.is_integer()) return left.integer() == right.integer();
    if (left.is_number() && right.is_number()) return left.number() == right.number();
    if (left.is_text() && right.is_text()) return left.text() == right.text();
    return (left.is_none() && right.is_none()) || (left.is_undefined() && right.is_undefined());
}

Result<bool> less(const Value& left, const Value& right) {
    if (left.is_integer() && right.is_integer()) return left.integer() < right.integer();
    if (left.is_number() && right.is_number()) return left.number() < right.number();
    if (left.is_text() && right.is_text()) return left.text() < right.text();
    return wrong_kind("cannot order " + std::string(left.kind_name()) + " and " + std::string(right.kind_name()));
}

}  // namespace galley::templates
