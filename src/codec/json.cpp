#include "codec/json.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "codec/json_fault.h"
#include "codec/json_text.h"

namespace galley::codec {

namespace dom = simdjson::dom;

// JsonValue is dom::element bit for bit, so that this header's readers need not see simdjson's 30,000 lines.
struct JsonAccess {
    struct Raw {
        const void* document;
        std::size_t index;
    };
    static_assert(sizeof(dom::element) == sizeof(Raw) && std::is_trivially_copyable_v<dom::element>);

    static dom::element element(const JsonValue& value) {
        return std::bit_cast<dom::element>(Raw{value.document_, value.index_});
    }
    static JsonValue value(dom::element element) {
        const Raw raw = std::bit_cast<Raw>(element);
        JsonValue value;
        value.document_ = raw.document;
        value.index_ = raw.index;
        return value;
    }
    static bool is_default_null(const JsonValue& value) { return value.document_ == nullptr; }
};

namespace {

// Texts up to this size are parsed with buffers that the thread keeps.
constexpr std::size_t kKeptTextBytesMax = 1 << 20;
// simdjson's own stack is 1024 deep; beyond our ceiling it would complain in its own words.
constexpr std::size_t kDepthCeiling = 1000;
// Above this many members a hash beats comparing every pair.
constexpr std::size_t kPairwiseMembersMax = 16;
// simdjson's member and element counts stop here.
constexpr std::size_t kCountSaturates = 0xFFFFFF;

struct Workspace {
    dom::parser parser;
    std::string padded;
};

Result<void> parse_into(dom::document& document, Workspace& workspace, std::string_view text) {
    workspace.padded.assign(text);
    workspace.padded.append(simdjson::SIMDJSON_PADDING, '\0');
    dom::element root;
    const simdjson::error_code code =
        workspace.parser.parse_into_document(document, workspace.padded.data(), text.size(), false).get(root);
    if (code == simdjson::SUCCESS) return {};
    const bool out_of_memory = code == simdjson::MEMALLOC || code == simdjson::CAPACITY;
    return fail(out_of_memory ? ErrorCode::LimitExceeded : ErrorCode::InvalidInput, simdjson::error_message(code));
}

Result<void> parse_text(dom::document& document, std::string_view text) {
    if (text.size() > kKeptTextBytesMax) {
        Workspace own;
        return parse_into(document, own, text);
    }
    thread_local Workspace kept;
    return parse_into(document, kept, text);
}

bool has_duplicate(std::vector<std::string_view>& names) {
    if (names.size() > kPairwiseMembersMax) {
        std::ranges::sort(names);
        return std::ranges::adjacent_find(names) != names.end();
    }
    for (std::size_t i = 1; i < names.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (names[i] == names[k]) return true;
        }
    }
    return false;
}

// What simdjson does not check: nesting and duplicate names. Visits containers only, without recursion.
class Review {
 public:
    Review(dom::element root, std::size_t depth_max) : depth_max_(depth_max) { visit(root, 0); }

    bool passes() {
        while (ok_ && !open_.empty()) {
            const auto [element, depth] = open_.back();
            open_.pop_back();
            element.is_object() ? object(element.get_object().value_unsafe(), depth)
                                : array(element.get_array().value_unsafe(), depth);
        }
        return ok_;
    }

 private:
    struct Open {
        dom::element element;
        std::size_t depth;
    };

    void visit(dom::element element, std::size_t parent_depth) {
        if (!element.is_object() && !element.is_array()) return;
        ok_ = ok_ && parent_depth < depth_max_;
        open_.push_back({element, parent_depth + 1});
    }
    void object(dom::object object, std::size_t depth) {
        names_.clear();
        for (const auto& [name, value] : object) {
            names_.push_back(name);
            visit(value, depth);
        }
        ok_ = ok_ && !has_duplicate(names_);
    }
    void array(dom::array array, std::size_t depth) {
        for (const dom::element value : array) visit(value, depth);
    }

    std::size_t depth_max_;
    bool ok_ = true;
    std::vector<Open> open_;
    std::vector<std::string_view> names_;
};

// simdjson refuses integers beyond 64 bits; with an exponent they read as doubles.
std::string with_long_integers_as_doubles(std::string_view text, const std::vector<JsonLongInteger>& integers) {
    std::string widened;
    widened.reserve(text.size() + 2 * integers.size());
    std::size_t done = 0;
    for (const JsonLongInteger& integer : integers) {
        widened.append(text.substr(done, integer.end - done)).append("e0");
        done = integer.end;
    }
    return widened.append(text.substr(done));
}

struct LongInteger {
    std::size_t place;  // of its double on simdjson's tape
    std::string digits;
};

// A document that remembers the digits that its doubles lost. Sorted by place.
struct ExactDocument : dom::document {
    std::vector<LongInteger> long_integers;
};

// Finds the k-th number of the text as the k-th number on the tape. https://github.com/simdjson/simdjson doc/tape.md:
// a word's top byte is its type, a number's value is the word after.
void remember_long_integers(ExactDocument& document, std::string_view text,
                            const std::vector<JsonLongInteger>& integers) {
    const std::size_t words = document.tape[0] & 0x00FFFFFFFFFFFFFF;
    std::size_t numbers = 0;
    auto next = integers.begin();
    for (std::size_t place = 1; place < words && next != integers.end(); ++place) {
        const char type = static_cast<char>(document.tape[place] >> 56);
        if (type != 'd' && type != 'l' && type != 'u') continue;
        if (numbers++ == next->number) {
            document.long_integers.push_back({place, std::string(text.substr(next->begin, next->end - next->begin))});
            ++next;
        }
        ++place;
    }
    GALLEY_CHECK(next == integers.end());
}

dom::element element_of(const JsonValue& value) {
    return JsonAccess::element(value);
}

std::size_t count(auto container) {
    const std::size_t size = container.size();
    if (size < kCountSaturates) return size;
    return static_cast<std::size_t>(std::distance(container.begin(), container.end()));
}

}  // namespace

std::string_view json_type_name(JsonType type) {
    switch (type) {
        case JsonType::Null:
            return "null";
        case JsonType::Bool:
            return "boolean";
        case JsonType::Integer:
            return "integer";
        case JsonType::Double:
            return "number";
        case JsonType::String:
            return "string";
        case JsonType::Array:
            return "array";
        case JsonType::Object:
            return "object";
    }
    return "unknown";
}

JsonValue::JsonValue() = default;

JsonType JsonValue::type() const {
    if (JsonAccess::is_default_null(*this)) return JsonType::Null;
    switch (element_of(*this).type()) {
        case dom::element_type::ARRAY:
            return JsonType::Array;
        case dom::element_type::OBJECT:
            return JsonType::Object;
        case dom::element_type::INT64:
            return JsonType::Integer;
        case dom::element_type::UINT64:
        case dom::element_type::DOUBLE:
            return JsonType::Double;
        case dom::element_type::STRING:
            return JsonType::String;
        case dom::element_type::BOOL:
            return JsonType::Bool;
        case dom::element_type::NULL_VALUE:
            return JsonType::Null;
    }
    return JsonType::Null;
}

bool JsonValue::boolean() const {
    GALLEY_CHECK(type() == JsonType::Bool);
    return element_of(*this).get_bool().value_unsafe();
}

std::int64_t JsonValue::integer() const {
    GALLEY_CHECK(type() == JsonType::Integer);
    return element_of(*this).get_int64().value_unsafe();
}

double JsonValue::number() const {
    GALLEY_CHECK(is_number());
    return element_of(*this).get_double().value_unsafe();
}

std::string_view JsonValue::string() const {
    GALLEY_CHECK(is_string());
    return element_of(*this).get_string().value_unsafe();
}

std::string JsonValue::long_integer() const {
    if (type() != JsonType::Double) return {};
    std::uint64_t exact = 0;
    if (element_of(*this).is_uint64() && element_of(*this).get_uint64().get(exact) == simdjson::SUCCESS) {
        return std::to_string(exact);
    }
    const auto& all = static_cast<const ExactDocument*>(static_cast<const dom::document*>(document_))->long_integers;
    const auto found = std::ranges::lower_bound(all, index_, {}, &LongInteger::place);
    return found != all.end() && found->place == index_ ? found->digits : std::string();
}

std::size_t JsonValue::size() const {
    if (is_object()) return count(element_of(*this).get_object().value_unsafe());
    if (is_array()) return count(element_of(*this).get_array().value_unsafe());
    return 0;
}

std::optional<JsonValue> JsonValue::find(std::string_view member) const {
    if (!is_object()) return std::nullopt;
    dom::element found;
    if (element_of(*this).get_object().value_unsafe().at_key(member).get(found) != simdjson::SUCCESS)
        return std::nullopt;
    return JsonAccess::value(found);
}

std::vector<JsonValue> JsonValue::elements() const {
    std::vector<JsonValue> all;
    if (!is_array()) return all;
    const dom::array array = element_of(*this).get_array().value_unsafe();
    all.reserve(array.size());
    for (const dom::element element : array) all.push_back(JsonAccess::value(element));
    return all;
}

std::vector<std::pair<std::string_view, JsonValue>> JsonValue::members() const {
    std::vector<std::pair<std::string_view, JsonValue>> all;
    if (!is_object()) return all;
    const dom::object object = element_of(*this).get_object().value_unsafe();
    all.reserve(object.size());
    for (const auto& [name, value] : object) all.emplace_back(name, JsonAccess::value(value));
    return all;
}

std::string JsonValue::to_json() const {
    std::string out;
    append_json_value(out, *this, MemberOrder::Document);
    return out;
}

struct JsonDocument::State {
    ExactDocument document;
};

JsonDocument::JsonDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

JsonValue JsonDocument::root() const {
    return JsonAccess::value(state_->document.root());
}

Result<JsonDocument> JsonDocument::parse(std::string_view text, std::size_t depth_max) {
    depth_max = std::min(depth_max, kDepthCeiling);
    auto state = std::make_unique<State>();
    const Result<void> parsed = parse_text(state->document, text);
    if (parsed && Review(state->document.root(), depth_max).passes()) return JsonDocument(std::move(state));
    if (!parsed && parsed.error().code == ErrorCode::LimitExceeded) return fail(parsed.error());

    const JsonScan scan = scan_json(text, depth_max);
    if (scan.fault) {
        Error error{.code = scan.fault->code,
                    .message = "JSON: " + scan.fault->reason + " at byte " + std::to_string(scan.fault->offset)};
        if (!scan.fault->pointer.empty()) error.fields.push_back({scan.fault->pointer, "the name appears twice"});
        return fail(std::move(error));
    }
    GALLEY_TRY_VOID(parse_text(state->document, with_long_integers_as_doubles(text, scan.long_integers)));
    remember_long_integers(state->document, text, scan.long_integers);
    return JsonDocument(std::move(state));
}

}  // namespace galley::codec
