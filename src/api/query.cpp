#include "api/query.h"

#include <algorithm>
#include <charconv>

#include "codec/date.h"
#include "codec/url.h"

namespace galley::api {

namespace {

std::unexpected<Error> refuse(std::string_view name, const std::string& rule) {
    return fail(ErrorCode::InvalidInput, "the query parameter '" + std::string(name) + "' must be " + rule);
}

Result<void> check_integer(std::string_view name, std::string_view value, const Schema& schema) {
    const std::int64_t min = schema.min.value_or(INT64_MIN);
    const std::int64_t max = schema.max.value_or(INT64_MAX);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc() && end == value.data() + value.size() && number >= min && number <= max) return {};
    return refuse(name, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
}

Result<void> check_choice(std::string_view name, std::string_view value, const Schema& schema) {
    if (std::ranges::find(schema.choices, value) != schema.choices.end()) return {};
    std::string names;
    for (const std::string& choice : schema.choices) names += (names.empty() ? "" : ", ") + choice;
    return refuse(name, "one of " + names);
}

Result<void> check_text(std::string_view name, std::string_view value, const Schema& schema) {
    if (!schema.choices.empty()) return check_choice(name, value, schema);
    if (schema.format == "date-time" && !codec::parse_rfc3339(value)) return refuse(name, "an RFC 3339 time");
    const auto size = static_cast<std::int64_t>(value.size());
    const std::int64_t min = schema.min.value_or(0);
    const std::int64_t max = schema.max.value_or(INT64_MAX);
    if (size >= min && size <= max) return {};
    return refuse(name, std::to_string(min) + " to " + std::to_string(max) + " bytes long");
}

}  // namespace

Result<void> check_query_value(std::string_view name, std::string_view value, const Schema& schema) {
    switch (schema.type) {
        case SchemaType::Integer:
            return check_integer(name, value, schema);
        case SchemaType::Boolean:
            if (value == "true" || value == "false") return {};
            return refuse(name, "true or false");
        default:
            return check_text(name, value, schema);
    }
}

Result<void> check_query(const net::Request& request, const EndpointRow& row) {
    if (request.query.empty() || row.access != Access::Token) return {};
    GALLEY_TRY(const auto pairs, codec::parse_query(request.query));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto& [name, value] = pairs[i];
        const auto known = std::ranges::find_if(row.query, [&](const QueryParameter& own) { return name == own.name; });
        if (known == row.query.end()) {
            return fail(ErrorCode::InvalidInput, "unknown query parameter '" + name + "'");
        }
        GALLEY_TRY_VOID(check_query_value(name, value, known->schema));
        const auto earlier = std::span(pairs).first(i);
        if (std::ranges::any_of(earlier, [&](const auto& pair) { return pair.first == name; })) {
            return fail(ErrorCode::InvalidInput, "the query parameter '" + name + "' is given twice");
        }
    }
    return {};
}

}  // namespace galley::api
