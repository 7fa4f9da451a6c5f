#include "galley/describe.h"

#include <algorithm>
#include <charconv>

#include "codec/json_pointer.h"
#include "embed/json_access.h"

namespace galley {

namespace {

std::string token_of(const Faults::Place& place) {
    if (place.name.data() == nullptr) return std::to_string(place.index);
    return codec::pointer_token(place.name);
}

std::string pointer_to(const Faults::Place* place) {
    std::vector<std::string> tokens;
    for (; place != nullptr; place = place->parent) tokens.push_back(token_of(*place));
    std::string pointer;
    for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) pointer += '/' + *token;
    return pointer;
}

// The digits of an integer as one of 64 bits, when it is within the range.
std::optional<std::int64_t> long_within(const JsonView& json, std::uint64_t most) {
    const std::string digits = json.long_integer();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || value > most)
        return std::nullopt;
    return static_cast<std::int64_t>(value);
}

}  // namespace

void Faults::note(const Place* place, std::string_view message) {
    if (count_++ >= faults_max) return;
    const std::string pointer = pointer_to(place);
    if (count_ == 1) first_ = pointer;
    if (!text_.empty()) text_ += "; ";
    text_ += (pointer.empty() ? "the input" : pointer + ":") + ' ' + std::string(message);
}

namespace detail {

bool expect(const JsonView& json, JsonView::Type type, const Place* place, Faults& faults) {
    if (json.type() == type) return true;
    switch (type) {
        case JsonView::Type::Bool:
            faults.note(place, "must be true or false");
            break;
        case JsonView::Type::String:
            faults.note(place, "must be a string");
            break;
        case JsonView::Type::Array:
            faults.note(place, "must be an array");
            break;
        default:
            faults.note(place, "must be an object");
    }
    return false;
}

void read_value(const JsonView& json, bool& to, const Place* place, Faults& faults) {
    if (expect(json, JsonView::Type::Bool, place, faults)) to = json.boolean();
}

void read_value(const JsonView& json, double& to, const Place* place, Faults& faults) {
    if (json.type() != JsonView::Type::Integer && json.type() != JsonView::Type::Number)
        return faults.note(place, "must be a number");
    to = json.number();
}

void read_value(const JsonView& json, std::string& to, const Place* place, Faults& faults) {
    if (expect(json, JsonView::Type::String, place, faults)) to = json.string();
}

void read_value(const JsonView& json, Json& to, const Place*, Faults&) {
    to.text = json.text();
}

void read_value(const JsonView& json, None&, const Place* place, Faults& faults) {
    const bool empty = json.type() == JsonView::Type::Object && json.members().empty();
    if (json.type() != JsonView::Type::Null && !empty) faults.note(place, "must be null or {}: the kind takes none");
}

std::optional<std::int64_t> read_integer(const JsonView& json, std::int64_t least, std::uint64_t most,
                                         const Place* place, Faults& faults) {
    if (json.type() == JsonView::Type::Integer) {
        const std::int64_t value = json.integer();
        if (value >= least && (value < 0 || static_cast<std::uint64_t>(value) <= most)) return value;
    } else if (json.type() == JsonView::Type::Number) {
        if (const auto value = long_within(json, most)) return value;
        if (json.long_integer().empty()) {
            faults.note(place, "must be an integer");
            return std::nullopt;
        }
    } else {
        faults.note(place, "must be an integer");
        return std::nullopt;
    }
    faults.note(place, "must be from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

std::string written(void (*fill)(JsonSink&, const void*), const void* value) {
    std::string out;
    codec::JsonWriter writer(out);
    JsonSink sink = JsonAccess::sink(writer);
    fill(sink, value);
    return out;
}

void parsed(std::string_view text, UnknownFields unknown, void (*take)(const JsonView&, void*, Faults&), void* to) {
    const Result<codec::JsonDocument> document = codec::JsonDocument::parse(text);
    if (!document) throw Failure("invalid_input", document.error().message);
    Faults faults(unknown);
    take(JsonAccess::view(document->root()), to, faults);
    if (faults.any()) throw Failure("invalid_input", "bad input: " + faults.text(), faults.first_pointer());
}

}  // namespace detail
}  // namespace galley
