#include "galley/json.h"

#include "codec/url.h"
#include "codec/utf8.h"
#include "embed/json_access.h"

namespace galley {

namespace {

using detail::JsonAccess;

codec::JsonValue expect(const JsonView& view, JsonView::Type type, std::string_view name) {
    if (view.type() == type) return JsonAccess::value(view);
    throw Failure("invalid_input", "the JSON value is not " + std::string(name));
}

codec::JsonWriter& writer_of(void* writer) {
    return *static_cast<codec::JsonWriter*>(writer);
}

void demand_utf8(std::string_view text) {
    if (!codec::is_utf8(text)) throw Failure("invalid_input", "a text in the result is not UTF-8");
}

}  // namespace

JsonView::Type JsonView::type() const {
    switch (JsonAccess::value(*this).type()) {
        case codec::JsonType::Null:
            return Type::Null;
        case codec::JsonType::Bool:
            return Type::Bool;
        case codec::JsonType::Integer:
            return Type::Integer;
        case codec::JsonType::Double:
            return Type::Number;
        case codec::JsonType::String:
            return Type::String;
        case codec::JsonType::Array:
            return Type::Array;
        default:
            return Type::Object;
    }
}

bool JsonView::boolean() const {
    return expect(*this, Type::Bool, "a boolean").boolean();
}

std::int64_t JsonView::integer() const {
    return expect(*this, Type::Integer, "an integer of 64 bits").integer();
}

std::string JsonView::long_integer() const {
    return JsonAccess::value(*this).long_integer();
}

double JsonView::number() const {
    return expect(*this, type() == Type::Integer ? Type::Integer : Type::Number, "a number").number();
}

std::string_view JsonView::string() const {
    return expect(*this, Type::String, "a string").string();
}

std::vector<JsonView> JsonView::elements() const {
    std::vector<JsonView> views;
    for (const codec::JsonValue& value : expect(*this, Type::Array, "an array").elements())
        views.push_back(JsonAccess::view(value));
    return views;
}

std::vector<std::pair<std::string_view, JsonView>> JsonView::members() const {
    std::vector<std::pair<std::string_view, JsonView>> views;
    for (const auto& [name, value] : expect(*this, Type::Object, "an object").members())
        views.emplace_back(name, JsonAccess::view(value));
    return views;
}

std::string JsonView::text() const {
    return JsonAccess::value(*this).to_json();
}

void JsonSink::begin_object() {
    writer_of(writer_).begin_object();
}
void JsonSink::end_object() {
    writer_of(writer_).end_object();
}
void JsonSink::begin_array() {
    writer_of(writer_).begin_array();
}
void JsonSink::end_array() {
    writer_of(writer_).end_array();
}
void JsonSink::key(std::string_view name) {
    demand_utf8(name);
    writer_of(writer_).key(name);
}
void JsonSink::null() {
    writer_of(writer_).null();
}
void JsonSink::boolean(bool value) {
    writer_of(writer_).value(value);
}
void JsonSink::integer(std::int64_t value) {
    writer_of(writer_).value(value);
}
void JsonSink::unsigned_integer(std::uint64_t value) {
    writer_of(writer_).value(value);
}
void JsonSink::number(double value) {
    writer_of(writer_).value(value);
}
void JsonSink::string(std::string_view value) {
    demand_utf8(value);
    writer_of(writer_).value(value);
}
void JsonSink::raw(std::string_view json) {
    const Result<codec::JsonDocument> document = codec::JsonDocument::parse(json);
    if (!document) throw Failure("invalid_input", "the result is not JSON: " + document.error().message);
    writer_of(writer_).raw(json);
}

}  // namespace galley

namespace galley::embed {

std::string clean_utf8(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = codec::utf8_sequence_length(text);
        clean += length == 0 ? "\uFFFD" : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return clean;
}

}  // namespace galley::embed
