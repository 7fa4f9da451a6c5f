// fuzz/json.cpp — JSON in and out: the fast parser and the slow scanner agree, and what is written reads back equal.
#include "codec/json.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "codec/canonical_json.h"
#include "codec/json_fault.h"

namespace {

using galley::codec::canonical_json;
using galley::codec::JsonDocument;
using galley::codec::JsonType;
using galley::codec::JsonValue;

bool scalars_equal(const JsonValue& a, const JsonValue& b) {
    if (a.is_number() && b.is_number()) {
        if (a.type() == JsonType::Integer && b.type() == JsonType::Integer) return a.integer() == b.integer();
        return a.number() == b.number();
    }
    if (a.type() != b.type()) return false;
    if (a.is_string()) return a.string() == b.string();
    return a.type() != JsonType::Bool || a.boolean() == b.boolean();
}

// Equal values with members in the same order.
bool equal(const JsonValue& left, const JsonValue& right) {
    std::vector<std::pair<JsonValue, JsonValue>> open = {{left, right}};
    while (!open.empty()) {
        const auto [a, b] = open.back();
        open.pop_back();
        if (a.size() != b.size() || !scalars_equal(a, b)) return false;
        const auto a_members = a.members();
        const auto b_members = b.members();
        for (std::size_t i = 0; i < a_members.size(); ++i) {
            if (a_members[i].first != b_members[i].first) return false;
            open.emplace_back(a_members[i].second, b_members[i].second);
        }
        const auto a_elements = a.elements();
        const auto b_elements = b.elements();
        for (std::size_t i = 0; i < a_elements.size(); ++i) open.emplace_back(a_elements[i], b_elements[i]);
    }
    return true;
}

void check_round_trip(const JsonDocument& document) {
    const std::string text = document.root().to_json();
    const auto again = JsonDocument::parse(text);
    GALLEY_CHECK(again.has_value());
    GALLEY_CHECK(equal(document.root(), again->root()));
    GALLEY_CHECK(again->root().to_json() == text);

    const std::string canonical = canonical_json(document.root());
    const auto from_canonical = JsonDocument::parse(canonical);
    GALLEY_CHECK(from_canonical.has_value());
    GALLEY_CHECK(canonical_json(from_canonical->root()) == canonical);
    GALLEY_CHECK(canonical_json(again->root()) == canonical);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = JsonDocument::parse(text);
    GALLEY_CHECK(parsed.has_value() == !galley::codec::scan_json(text, galley::codec::kJsonDepthMaxDefault).fault);
    if (parsed) check_round_trip(*parsed);
    return 0;
}
