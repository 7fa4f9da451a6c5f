#include "net/request_line.h"

#include <algorithm>

namespace galley::net {

namespace {

constexpr Refusal kBadTarget{400, "The request target is not well-formed."};

// What follows "http://authority"; nullopt when the authority is none.
std::optional<std::string_view> after_authority(std::string_view rest) {
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    if (!is_authority(rest.substr(0, end))) return std::nullopt;
    return rest.substr(end);
}

Refusal read_target(std::string_view target, RequestLine& line) {
    bool absolute = false;
    for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
        if (target.starts_with('/') || !equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const auto rest = after_authority(target.substr(scheme.size()));
        if (!rest) return kBadTarget;
        target = *rest;
        absolute = true;
        break;
    }
    const std::size_t query = std::min(target.find('?'), target.size());
    line.path = target.substr(0, query);
    if (query < target.size()) line.query = target.substr(query + 1);
    if (absolute && line.path.empty()) line.path = "/";  // "http://host?query"
    if (line.path.starts_with('/')) return {};
    if (target == "*" && line.method == Method::Options) return {};
    return {400, "The request target is not a path."};
}

}  // namespace

// https://www.rfc-editor.org/rfc/rfc9112#section-3
Refusal read_request_line(const RequestLineText& text, RequestLine& line) {
    if (text.version == "HTTP/1.1") {
        line.version = HttpVersion::Http11;
    } else if (text.version == "HTTP/1.0") {
        line.version = HttpVersion::Http10;
    } else {
        return {505, "This server speaks HTTP/1.1."};
    }
    const auto method = parse_method(text.method);
    if (!method) return {501, "The method is not known."};
    line.method = *method;
    line.target = text.target;
    return read_target(text.target, line);
}

}  // namespace galley::net
