#include "document/resource_loader.h"

#include <algorithm>
#include <vector>

namespace galley::document {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Length of "scheme:", 0 when there is none. One letter is a Windows drive, not a scheme.
std::size_t scheme_length(std::string_view url) {
    std::size_t at = 0;
    while (at < url.size() && (std::isalnum(static_cast<unsigned char>(url[at])) != 0 || url[at] == '+' ||
                               url[at] == '-' || url[at] == '.'))
        ++at;
    const bool scheme =
        at >= 2 && at < url.size() && url[at] == ':' && std::isalpha(static_cast<unsigned char>(url[0])) != 0;
    return scheme ? at + 1 : 0;
}

// "https://host", "file://", or "" for a plain path.
std::string_view authority(std::string_view url) {
    const std::size_t scheme = scheme_length(url);
    if (scheme == 0) return {};
    if (url.substr(scheme, 2) != "//") return url.substr(0, scheme);
    return url.substr(0, std::min(url.find_first_of("/?#", scheme + 2), url.size()));
}

// RFC 3986 §5.2.4.
std::string without_dots(std::string_view path) {
    std::vector<std::string_view> parts;
    const bool absolute = path.starts_with('/');
    bool folder = false;
    for (std::size_t at = absolute ? 1 : 0; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view part = path.substr(at, end - at);
        folder = part.empty() || part == "." || part == "..";
        if (part == "..") {
            if (!parts.empty() && parts.back() != "..") {
                parts.pop_back();
            } else if (!absolute) {
                parts.push_back(part);
            }
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
        at = end + 1;
    }
    std::string out = absolute ? "/" : "";
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += '/';
        out += parts[i];
    }
    if (folder && !parts.empty()) out += '/';
    return out;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n\r\f");
    if (first == kNone) return {};
    return text.substr(first, text.find_last_not_of(" \t\n\r\f") - first + 1);
}

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

Bytes percent_decoded(std::string_view text) {
    Bytes out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape =
            text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        if (!escape) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return out;
}

Result<Bytes> base64_decoded(std::string_view text) {
    Bytes out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t word = 0;
    int bits = 0;
    for (const char c : text) {
        if (c == '=' || c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        const int value = base64_value(c);
        if (value < 0) return fail(ErrorCode::InvalidInput, "a data URL has broken base64");
        word = word << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>(word >> bits & 0xFF);
    }
    return out;
}

}  // namespace

std::string resolve_url(std::string_view base, std::string_view reference) {
    reference = trim(reference);
    if (reference.empty()) return std::string(base);
    if (scheme_length(reference) > 0) return std::string(reference);
    const std::string_view root = authority(base);
    if (reference.starts_with("//")) return std::string(base.substr(0, scheme_length(base))).append(reference);
    const std::string_view base_path = base.substr(root.size());
    const std::string_view base_file = base_path.substr(0, std::min(base_path.find_first_of("?#"), base_path.size()));
    if (reference.starts_with('#')) return std::string(base.substr(0, base.find('#'))).append(reference);
    if (reference.starts_with('?')) return std::string(root).append(base_file).append(reference);
    const std::size_t cut = std::min(reference.find_first_of("?#"), reference.size());
    const std::string_view path = reference.substr(0, cut), rest = reference.substr(cut);
    std::string joined;
    if (path.starts_with('/')) {
        joined = path;
    } else {
        const std::size_t slash = base_file.rfind('/');
        joined = slash == kNone ? std::string(root.empty() ? "" : "/") : std::string(base_file.substr(0, slash + 1));
        joined += path;
    }
    return std::string(root).append(without_dots(joined)).append(rest);
}

Result<DataUrl> decode_data_url(std::string_view url) {
    const std::size_t comma = url.find(',');
    if (!url.starts_with("data:") || comma == kNone) return fail(ErrorCode::InvalidInput, "not a data URL");
    const std::string_view header = url.substr(5, comma - 5);
    DataUrl out;
    out.media_type = std::string(trim(header.substr(0, std::min(header.find(';'), header.size()))));
    std::ranges::transform(out.media_type, out.media_type.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (out.media_type.empty()) out.media_type = "text/plain";
    out.bytes = percent_decoded(url.substr(comma + 1));
    if (trim(header).ends_with(";base64")) {
        GALLEY_TRY(out.bytes, base64_decoded(out.bytes));
    }
    return out;
}

}  // namespace galley::document
