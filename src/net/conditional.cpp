#include "net/conditional.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/digest.h"
#include "codec/base64url.h"
#include "codec/date.h"
#include "net/problem.h"

namespace galley::net {

namespace {

using Seconds = std::chrono::seconds;

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

enum class Comparison : std::uint8_t { Strong, Weak };

// RFC 9110 §8.8.3.2. Entity tags may hold commas, so the list is walked quote by quote.
template <typename Same>
bool etag_listed(std::string_view list, Comparison comparison, Same same_as) {
    list = trim(list);
    while (!list.empty()) {
        const bool weak = list.starts_with("W/");
        if (weak) list.remove_prefix(2);
        if (list.empty() || list.front() != '"') return false;
        const std::size_t end = list.find('"', 1);
        if (end == std::string_view::npos) return false;
        const bool same = same_as(list.substr(0, end + 1));
        if (same && (!weak || comparison == Comparison::Weak)) return true;
        list = trim(list.substr(end + 1));
        if (list.starts_with(',')) list = trim(list.substr(1));
    }
    return false;
}

bool etag_listed(std::string_view list, std::string_view etag, Comparison comparison) {
    if (trim(list) == "*") return true;
    return etag_listed(list, comparison, [&](std::string_view listed) { return listed == etag; });
}

bool names_state(std::string_view listed, std::string_view etag) {
    return std::ranges::any_of(codec::kCodings, [&](codec::Coding coding) {
        return listed == etag || listed == etag_of_coding(etag, coding);
    });
}

// HTTP dates have whole seconds; so has the comparison. A date that does not parse says nothing.
std::optional<bool> modified_since(const Validators& validators, std::string_view date) {
    const Result<Time> since = codec::parse_http_date(date);
    if (!since || !validators.last_modified) return std::nullopt;
    return std::chrono::floor<Seconds>(*validators.last_modified) > std::chrono::floor<Seconds>(*since);
}

// Steps 1 and 2 of §13.2.2: may the method be done at all?
bool preconditions_hold(const Request& request, const Validators& validators) {
    if (const auto match = request.header("If-Match")) return etag_listed(*match, validators.etag, Comparison::Strong);
    const auto unmodified = request.header("If-Unmodified-Since");
    return !unmodified || !modified_since(validators, *unmodified).value_or(false);
}

// Steps 3 and 4: has the client this content already?
bool client_is_current(const Request& request, const Validators& validators) {
    if (const auto none = request.header("If-None-Match")) return etag_listed(*none, validators.etag, Comparison::Weak);
    const auto since = request.header("If-Modified-Since");
    return since && !modified_since(validators, *since).value_or(true);
}

// §13.1.5: the range is only good for the content the client has a part of. A date must match exactly.
bool range_is_for_this_content(const Request& request, const Validators& validators) {
    const auto condition = request.header("If-Range");
    if (!condition) return true;
    if (condition->starts_with('"')) return *condition == validators.etag;
    const Result<Time> date = codec::parse_http_date(*condition);
    return date && validators.last_modified && std::chrono::floor<Seconds>(*validators.last_modified) == *date;
}

void cut_body(Body& body, const ByteRange& range) {
    if (auto* bytes = std::get_if<Bytes>(&body)) {
        *bytes = bytes->substr(range.offset, range.length);
    } else if (auto* shared = std::get_if<SharedBody>(&body)) {
        shared->offset += range.offset;
        shared->length = range.length;
    } else {
        FileBody& file = std::get<FileBody>(body);
        file.offset += range.offset;
        file.length = range.length;
    }
}

void answer_range(const Request& request, Response& response) {
    const auto value = request.header("Range");
    if (!value) return;
    const std::uint64_t size = body_size(response.body);
    ByteRange range;
    switch (parse_range(*value, size, range)) {
        case RangeOutcome::Ignored:
            return;
        case RangeOutcome::Unsatisfiable: {
            Response refused = problem(416, "The range lies outside the content.", request.request_id);
            refused.add_header("Content-Range", "bytes */" + std::to_string(size));
            response = std::move(refused);
            return;
        }
        case RangeOutcome::Satisfiable:
            response.status = 206;
            response.add_header("Content-Range", "bytes " + std::to_string(range.offset) + "-" +
                                                     std::to_string(range.offset + range.length - 1) + "/" +
                                                     std::to_string(size));
            cut_body(response.body, range);
    }
}

// Digits only; nullopt for anything else. Too large a number is "past every end".
std::optional<std::uint64_t> parse_position(std::string_view digits) {
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() ? value : UINT64_MAX;
}

RangeOutcome suffix_range(std::string_view digits, std::uint64_t size, ByteRange& range) {
    const auto length = parse_position(digits);
    if (!length) return RangeOutcome::Ignored;
    if (*length == 0 || size == 0) return RangeOutcome::Unsatisfiable;
    range.length = std::min(*length, size);
    range.offset = size - range.length;
    return RangeOutcome::Satisfiable;
}

}  // namespace

std::string strong_etag(std::string_view opaque) {
    return "\"" + std::string(opaque) + "\"";
}

std::string content_etag(std::string_view content) {
    constexpr std::size_t kBytes = 16;
    return strong_etag(codec::base64url_encode(sha256(content).view().substr(0, kBytes)));
}

std::string etag_of_coding(std::string_view etag, codec::Coding coding) {
    if (coding == codec::Coding::Identity || !etag.ends_with('"')) return std::string(etag);
    std::string tagged(etag.substr(0, etag.size() - 1));
    tagged += '-';
    tagged += codec::coding_name(coding);
    tagged += '"';
    return tagged;
}

// https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
RangeOutcome parse_range(std::string_view value, std::uint64_t size, ByteRange& range) {
    constexpr std::string_view kUnit = "bytes=";
    if (!equal_ignoring_case(value.substr(0, kUnit.size()), kUnit)) return RangeOutcome::Ignored;
    const std::string_view set = trim(value.substr(kUnit.size()));
    const std::size_t dash = set.find('-');
    if (dash == std::string_view::npos || set.find(',') != std::string_view::npos) return RangeOutcome::Ignored;
    if (dash == 0) return suffix_range(set.substr(1), size, range);

    const auto first = parse_position(set.substr(0, dash));
    const auto last = dash + 1 == set.size() ? UINT64_MAX : parse_position(set.substr(dash + 1));
    if (!first || !last || *first > *last) return RangeOutcome::Ignored;
    if (*first >= size) return RangeOutcome::Unsatisfiable;
    range.offset = *first;
    range.length = std::min(*last, size - 1) - *first + 1;
    return RangeOutcome::Satisfiable;
}

// https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
void apply_conditions(const Request& request, const Validators& validators, Response& response, Ranges ranges) {
    const bool read = request.method == Method::Get || request.method == Method::Head;
    if (response.status != 200 || !read) return;
    if (!preconditions_hold(request, validators)) {
        response = problem(412, "The content is not the one the request names.", request.request_id);
        return;
    }
    const bool current = client_is_current(request, validators);
    if (current) {
        response.status = 304;
        response.content_type.clear();
        response.body = Bytes();
    } else if (ranges == Ranges::Yes && request.method == Method::Get &&
               range_is_for_this_content(request, validators)) {
        // Step 5. HEAD has no ranges (§14.2).
        answer_range(request, response);
    }
    if (!validators.etag.empty()) response.add_header("ETag", validators.etag);
    if (validators.last_modified) {
        response.add_header("Last-Modified", codec::format_http_date(*validators.last_modified));
    }
    if (!current && ranges == Ranges::Yes) response.add_header("Accept-Ranges", "bytes");
}

bool has_write_conditions(const Request& request) {
    return request.header("If-Match") || request.header("If-None-Match") || request.header("If-Unmodified-Since");
}

// https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2, for methods that change something
bool write_conditions_hold(const Request& request, const std::optional<Validators>& current) {
    const auto listed = [&](std::string_view list, Comparison comparison) {
        if (!current) return false;
        if (trim(list) == "*") return true;
        return etag_listed(list, comparison, [&](std::string_view tag) { return names_state(tag, current->etag); });
    };
    // Steps 1 and 2.
    if (const auto match = request.header("If-Match")) {
        if (!listed(*match, Comparison::Strong)) return false;
    } else if (const auto date = request.header("If-Unmodified-Since")) {
        if (!current || modified_since(*current, *date).value_or(false)) return false;
    }
    // Step 3.
    const auto none = request.header("If-None-Match");
    return !none || !listed(*none, Comparison::Weak);
}

}  // namespace galley::net
