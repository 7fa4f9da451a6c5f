#include "codec/json_text.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "codec/json_writer.h"

namespace galley::codec {

namespace {

// A container whose text is open. Elements of an array are members without a name.
struct Level {
    bool object = false;
    std::vector<std::pair<std::string_view, JsonValue>> members;
    std::size_t next = 0;
};

Level level_of(const JsonValue& value, MemberOrder order) {
    Level level{value.is_object(), {}, 0};
    if (!level.object) {
        level.members.reserve(value.size());
        for (const JsonValue& element : value.elements()) level.members.emplace_back(std::string_view(), element);
        return level;
    }
    level.members = value.members();
    if (order == MemberOrder::Utf16) {
        std::ranges::sort(level.members, [](const auto& a, const auto& b) { return less_utf16(a.first, b.first); });
    }
    return level;
}

// RFC 8785 §3.2.2.3 knows doubles only; a text that goes back to its sender keeps the digits of long integers.
void write_number(JsonWriter& writer, const JsonValue& value, MemberOrder order) {
    const std::string digits = order == MemberOrder::Document ? value.long_integer() : std::string();
    if (digits.empty()) return writer.value(value.number());
    writer.raw(digits);
}

void write_scalar(JsonWriter& writer, const JsonValue& value, MemberOrder order) {
    switch (value.type()) {
        case JsonType::Bool:
            return writer.value(value.boolean());
        case JsonType::Integer:
            return writer.value(value.integer());
        case JsonType::Double:
            return write_number(writer, value, order);
        case JsonType::String:
            return writer.value(value.string());
        default:
            return writer.null();
    }
}

class TextMaker {
 public:
    TextMaker(std::string& out, MemberOrder order) : writer_(out), order_(order) {}

    void write(const JsonValue& root) {
        begin(root);
        while (!levels_.empty()) {
            Level& level = levels_.back();
            if (level.next == level.members.size()) {
                level.object ? writer_.end_object() : writer_.end_array();
                levels_.pop_back();
                continue;
            }
            const auto [name, value] = level.members[level.next++];
            if (level.object) writer_.key(name);
            begin(value);
        }
    }

 private:
    // Writes a scalar, or opens a container and leaves its content to write().
    void begin(const JsonValue& value) {
        if (!value.is_object() && !value.is_array()) return write_scalar(writer_, value, order_);
        value.is_object() ? writer_.begin_object() : writer_.begin_array();
        levels_.push_back(level_of(value, order_));
    }

    JsonWriter writer_;
    MemberOrder order_;
    std::vector<Level> levels_;
};

// UTF-8 bytes sort as code points do; UTF-16 puts U+10000 and above (lead bytes F0–F4, surrogates in UTF-16) before
// U+E000–U+FFFF (lead bytes EE, EF).
unsigned utf16_rank(char c) {
    const unsigned byte = static_cast<unsigned char>(c);
    if (byte < 0xEE) return byte;
    return byte < 0xF0 ? byte + 0x10 : byte - 2;
}

}  // namespace

bool less_utf16(std::string_view a, std::string_view b) {
    const auto [at_a, at_b] = std::ranges::mismatch(a, b);
    if (at_a == a.end() || at_b == b.end()) return a.size() < b.size();
    return utf16_rank(*at_a) < utf16_rank(*at_b);
}

void append_json_value(std::string& out, const JsonValue& value, MemberOrder order) {
    TextMaker(out, order).write(value);
}

}  // namespace galley::codec
