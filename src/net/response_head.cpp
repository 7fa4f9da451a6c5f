#include "net/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace galley::net {

namespace {

bool is_line_safe(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_safe(const Response& response) {
    return is_line_safe(response.content_type) &&
           std::all_of(response.headers.begin(), response.headers.end(),
                       [](const auto& field) { return is_line_safe(field.first) && is_line_safe(field.second); });
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

}  // namespace

bool status_has_body(int status) {
    return status != 204 && status != 304;
}

bool append_response_head(std::string& out, const Response& response, const HeadContext& context) {
    if (!is_safe(response)) return false;
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\n";
    append_field(out, "Date", context.date);
    if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
    if (std::holds_alternative<StreamBody>(response.body)) {
        if (context.framing == StreamFraming::Chunked) append_field(out, "Transfer-Encoding", "chunked");
    } else if (status_has_body(response.status)) {
        out += "Content-Length: ";
        append_number(out, body_size(response.body));
        out += "\r\n";
    }
    append_field(out, "X-Request-Id", context.request_id);
    append_field(out, "X-Content-Type-Options", "nosniff");
    if (context.persistence == Persistence::Close) append_field(out, "Connection", "close");
    if (context.persistence == Persistence::KeepAliveSaid) append_field(out, "Connection", "keep-alive");
    if (!context.strict_transport.empty()) append_field(out, "Strict-Transport-Security", context.strict_transport);
    for (const auto& [name, value] : response.headers) append_field(out, name, value);
    out += "\r\n";
    return true;
}

}  // namespace galley::net
