#include "template/slice.h"

#include <algorithm>

namespace galley::templates {

namespace {

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::int64_t count_characters(std::string_view text) {
    return static_cast<std::int64_t>(text.size()) - std::ranges::count_if(text, continues_character);
}

// The byte at which character `index` begins; the end when there are fewer.
std::size_t byte_of(std::string_view text, std::int64_t index) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if (!continues_character(text[at]) && index-- == 0) break;
    }
    return at;
}

// Python's rule: negative counts from the end, then cut to 0..size.
std::int64_t clamped(std::int64_t bound, std::int64_t size) {
    if (bound < 0) bound += size;
    return std::clamp<std::int64_t>(bound, 0, size);
}

struct Range {
    std::int64_t start;
    std::int64_t end;
};

Result<Range> range_of(const Value& start, const Value& end, std::int64_t size) {
    for (const Value* bound : {&start, &end}) {
        if (bound->is_none() || bound->is_integer()) continue;
        return fail(ErrorCode::InvalidInput, "a slice needs whole numbers, not " + std::string(bound->kind_name()));
    }
    const std::int64_t first = start.is_none() ? 0 : clamped(start.integer(), size);
    const std::int64_t last = end.is_none() ? size : clamped(end.integer(), size);
    return Range{first, std::max(first, last)};
}

// A part of borrowed text stays borrowed: the text of own values ends with them.
Value part_of(const Value& value, std::size_t start, std::size_t end) {
    const std::string_view part = value.text().substr(start, end - start);
    return value.owns_text() ? Value(std::string(part)) : Value(part);
}

}  // namespace

Value item_at(const Value& value, std::int64_t index) {
    if (value.is_list()) {
        const std::vector<codec::JsonValue> elements = value.elements();
        const auto size = static_cast<std::int64_t>(elements.size());
        if (index < 0) index += size;
        return index < 0 || index >= size ? Value() : Value::from_json(elements[static_cast<std::size_t>(index)]);
    }
    if (!value.is_text()) return {};
    const std::int64_t size = count_characters(value.text());
    if (index < 0) index += size;
    if (index < 0 || index >= size) return {};
    const std::size_t start = byte_of(value.text(), index);
    return part_of(value, start, start + byte_of(value.text().substr(start), 1));
}

Result<Value> slice_of(const Value& value, const Value& start, const Value& end) {
    if (value.is_text()) {
        GALLEY_TRY(const Range range, range_of(start, end, count_characters(value.text())));
        const std::size_t first = byte_of(value.text(), range.start);
        const std::size_t length = byte_of(value.text().substr(first), range.end - range.start);
        return part_of(value, first, first + length);
    }
    if (!value.is_list()) return fail(ErrorCode::InvalidInput, "cannot slice " + std::string(value.kind_name()));
    const std::vector<codec::JsonValue> elements = value.elements();
    GALLEY_TRY(const Range range, range_of(start, end, static_cast<std::int64_t>(elements.size())));
    return Value(std::make_shared<const std::vector<codec::JsonValue>>(elements.begin() + range.start,
                                                                       elements.begin() + range.end));
}

}  // namespace galley::templates
