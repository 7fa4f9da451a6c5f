#include "codec/multipart.h"

#include <algorithm>
#include <utility>

#include "codec/header_value.h"
#include "codec/url.h"

namespace galley::codec {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::unexpected<Error> fault(std::string what) {
    return fail(ErrorCode::InvalidInput, "multipart: " + std::move(what));
}

std::unexpected<Error> unsupported(std::string what) {
    return fail(ErrorCode::Unsupported, "multipart: " + std::move(what));
}

std::unexpected<Error> beyond(const char* limit, std::size_t value) {
    return fail(ErrorCode::LimitExceeded, std::string("multipart: more than ") + limit + " = " + std::to_string(value));
}

// RFC 2046 §5.1.1: bchars, and no space at the end.
bool is_boundary(std::string_view boundary) {
    constexpr std::string_view kMarks = "'()+_,-./:=? ";
    const auto allowed = [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != std::string_view::npos;
    };
    return !boundary.empty() && boundary.size() <= kBoundaryBytesMax && boundary.back() != ' ' &&
           std::ranges::all_of(boundary, allowed);
}

Result<std::string> boundary_of(std::string_view content_type) {
    GALLEY_TRY(const HeaderValue header, parse_header_value(content_type));
    if (header.value != "multipart/form-data") return unsupported("the body must be multipart/form-data");
    const auto boundary = header.parameter("boundary");
    if (!boundary || !is_boundary(*boundary)) return fault("the boundary is missing or malformed");
    return std::string(*boundary);
}

bool is_text(std::string_view text) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return is_utf8(text) && std::ranges::none_of(text, control);
}

// The fields of one part's head that mean something here.
struct PartHead {
    std::optional<HeaderValue> disposition{};
    std::optional<std::string_view> type{};
};

Result<void> read_field(std::string_view line, PartHead& head) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || name.empty() || !std::ranges::all_of(name, is_token_char)) {
        return fault("a part's head has a line that is not 'name: value'");
    }
    const std::string lower = ascii_lower(name);
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    if (std::ranges::any_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; })) {
        return fault("a part's head has a bare CR, LF or NUL");
    }
    if (lower == "content-disposition") {
        if (head.disposition) return fault("a part has two Content-Disposition fields");
        GALLEY_TRY(head.disposition, parse_header_value(value));
    } else if (lower == "content-type") {
        if (head.type) return fault("a part has two Content-Type fields");
        head.type = value;
    } else if (lower == "content-transfer-encoding") {
        // RFC 7578 §4.7: deprecated; these three change nothing.
        const std::string encoding = ascii_lower(value);
        if (encoding != "7bit" && encoding != "8bit" && encoding != "binary") {
            return unsupported("a part has a Content-Transfer-Encoding");
        }
    }
    return {};
}

Result<std::string> file_name_of(std::string_view sent, const MultipartLimits& limits) {
    const std::size_t slash = sent.find_last_of("/\\");
    const std::string_view name = slash == std::string_view::npos ? sent : sent.substr(slash + 1);
    if (!is_text(sent) || name == "." || name == "..") return fault("a file name is malformed");
    if (name.size() > limits.file_name_bytes_max) return beyond("file_name_bytes_max", limits.file_name_bytes_max);
    return std::string(name);
}

Result<MultipartPart> part_of(const PartHead& head, const MultipartLimits& limits) {
    if (!head.disposition || head.disposition->value != "form-data") {
        return fault("a part has no 'Content-Disposition: form-data'");
    }
    const auto name = head.disposition->parameter("name");
    if (!name || name->empty() || !is_text(*name)) return fault("a part has no name, or a malformed one");
    if (name->size() > limits.name_bytes_max) return beyond("name_bytes_max", limits.name_bytes_max);
    if (head.disposition->parameter("filename*")) return unsupported("filename* is not allowed in a form");
    MultipartPart part{.name = std::string(*name)};
    if (const auto file_name = head.disposition->parameter("filename")) {
        GALLEY_TRY(part.file_name, file_name_of(*file_name, limits));
    }
    if (!head.type) return part;
    GALLEY_TRY(const HeaderValue type, parse_header_value(*head.type));
    if (type.value.starts_with("multipart/")) return unsupported("a part is itself multipart");
    part.type = *head.type;
    return part;
}

class Parser {
 public:
    Parser(std::string_view body, const std::string& boundary, const MultipartLimits& limits)
        : rest_(body), delimiter_("\r\n--" + boundary), limits_(limits) {}

    Result<std::vector<MultipartPart>> parse() {
        GALLEY_TRY_VOID(skip_preamble());
        std::vector<MultipartPart> parts;
        for (;;) {
            GALLEY_TRY(const bool closed, end_of_delimiter());
            if (closed) break;
            if (parts.size() == limits_.parts_max) return beyond("parts_max", limits_.parts_max);
            GALLEY_TRY(MultipartPart part, read_part());
            parts.push_back(std::move(part));
        }
        if (parts.empty()) return fault("there is no part");
        return parts;
    }

 private:
    // The first delimiter may stand at the very start, without a line before it.
    Result<void> skip_preamble() {
        const std::string_view dashed = std::string_view(delimiter_).substr(kLineEnd.size());
        if (rest_.starts_with(dashed)) {
            rest_.remove_prefix(dashed.size());
            return {};
        }
        GALLEY_TRY_VOID(take_until_delimiter());
        return {};
    }

    // What stands before the next delimiter; goes on behind the delimiter's boundary.
    Result<std::string_view> take_until_delimiter() {
        const std::size_t end = rest_.find(delimiter_);
        if (end == std::string_view::npos) return fault("the closing delimiter is missing");
        const std::string_view taken = rest_.substr(0, end);
        rest_.remove_prefix(end + delimiter_.size());
        return taken;
    }

    // Behind a delimiter's boundary: true for the closing one. Blanks may be padding of a transport (RFC 2046 §5.1.1).
    Result<bool> end_of_delimiter() {
        const bool closing = rest_.starts_with("--");
        if (closing) rest_.remove_prefix(2);
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
        if (rest_.starts_with(kLineEnd)) {
            rest_.remove_prefix(kLineEnd.size());
            return closing;
        }
        if (closing && rest_.empty()) return true;
        return fault("a line begins with the boundary and is no delimiter");
    }

    Result<MultipartPart> read_part() {
        GALLEY_TRY(const PartHead head, read_head());
        GALLEY_TRY(MultipartPart part, part_of(head, limits_));
        GALLEY_TRY(part.content, take_until_delimiter());
        return part;
    }

    // The lines up to the empty one. That line's CRLF is not taken where a delimiter follows at once: it is the
    // delimiter's own, and the part is empty.
    Result<PartHead> read_head() {
        PartHead head;
        const std::string_view window = rest_.substr(0, limits_.part_header_bytes_max);
        std::size_t at = 0;
        for (std::size_t lines = 0;; ++lines) {
            const std::size_t end = window.find(kLineEnd, at);
            if (end == std::string_view::npos) {
                if (window.size() < rest_.size()) return beyond("part_header_bytes_max", limits_.part_header_bytes_max);
                return fault("a part's head has no end");
            }
            const std::string_view line = window.substr(at, end - at);
            if (line.empty()) break;
            if (lines == limits_.part_fields_max) return beyond("part_fields_max", limits_.part_fields_max);
            GALLEY_TRY_VOID(read_field(line, head));
            at = end + kLineEnd.size();
        }
        const bool delimiter_follows = rest_.substr(at).starts_with(delimiter_);
        rest_.remove_prefix(delimiter_follows ? at : at + kLineEnd.size());
        return head;
    }

    std::string_view rest_;
    std::string delimiter_;
    const MultipartLimits& limits_;
};

}  // namespace

Result<std::vector<MultipartPart>> parse_multipart(std::string_view content_type, std::string_view body,
                                                   const MultipartLimits& limits) {
    GALLEY_TRY(const std::string boundary, boundary_of(content_type));
    return Parser(body, boundary, limits).parse();
}

}  // namespace galley::codec
