#include "net/field_rules.h"

#include <charconv>

namespace galley::net {

namespace {

constexpr std::size_t kLengthDigitsMax = 18;  // less than 2^63, whatever the digits

}  // namespace

void FieldRules::start(Section section) {
    *this = FieldRules();
    section_ = section;
}

// By length first: most fields are none of ours.
Refusal FieldRules::take(std::string_view name, std::string_view value) {
    struct Row {
        std::string_view name;
        Refusal (FieldRules::*take)(std::string_view);
    };
    static constexpr Row kRows[] = {
        {"Host", &FieldRules::take_host},
        {"Expect", &FieldRules::take_expect},
        {"Connection", &FieldRules::take_connection},
        {"Content-Length", &FieldRules::take_content_length},
        {"Transfer-Encoding", &FieldRules::take_transfer_encoding},
    };
    for (const Row& row : kRows) {
        if (row.name.size() != name.size() || !equal_ignoring_case(row.name, name)) continue;
        if (section_ == Section::Trailer) return {400, "A trailer holds a field that belongs into the head."};
        return (this->*row.take)(value);
    }
    return {};
}

Refusal FieldRules::take_host(std::string_view value) {
    if (has_host_ || !is_authority(value)) return {400, "There must be one well-formed Host field."};
    has_host_ = true;
    return {};
}

Refusal FieldRules::take_content_length(std::string_view value) {
    if (content_length_) return {400, "There are several Content-Length fields."};
    if (chunked_) return {400, "Content-Length and Transfer-Encoding exclude each other."};
    if (value.empty() || value.size() > kLengthDigitsMax || !all_in(ByteClass::Digit, value)) {
        return {400, "Content-Length is not a number of bytes."};
    }
    std::uint64_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    content_length_ = length;
    return {};
}

Refusal FieldRules::take_transfer_encoding(std::string_view value) {
    if (!equal_ignoring_case(value, "chunked")) return {501, "The only transfer coding is chunked."};
    if (chunked_) return {400, "There are several Transfer-Encoding fields."};
    if (content_length_) return {400, "Content-Length and Transfer-Encoding exclude each other."};
    chunked_ = true;
    return {};
}

Refusal FieldRules::take_expect(std::string_view value) {
    (equal_ignoring_case(value, "100-continue") ? expects_continue_ : expects_other_) = true;
    return {};
}

// A list of tokens. What it names of other fields is ours to ignore: we are no proxy.
Refusal FieldRules::take_connection(std::string_view value) {
    while (!value.empty()) {
        const std::size_t comma = std::min(value.find(','), value.size());
        const std::string_view option = trim_spaces(value.substr(0, comma));
        value.remove_prefix(std::min(comma + 1, value.size()));
        if (!all_in(ByteClass::Token, option)) return {400, "The Connection field is not well-formed."};
        says_close_ = says_close_ || equal_ignoring_case(option, "close");
        says_keep_alive_ = says_keep_alive_ || equal_ignoring_case(option, "keep-alive");
    }
    return {};
}

// https://www.rfc-editor.org/rfc/rfc9112#section-6.3
Refusal FieldRules::finish(HttpVersion version) {
    const bool http10 = version == HttpVersion::Http10;
    if (!has_host_ && !http10) return {400, "The Host field is missing."};
    if (chunked_ && http10) return {400, "HTTP/1.0 knows no Transfer-Encoding."};
    if (expects_other_ && !http10) return {417, "The only expectation is 100-continue."};
    expects_continue_ = expects_continue_ && !http10;
    keep_alive_ = !says_close_ && (!http10 || says_keep_alive_);
    return {};
}

}  // namespace galley::net
