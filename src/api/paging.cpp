#include "api/paging.h"

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "codec/base64url.h"
#include "codec/url.h"

namespace galley::api {

namespace {

constexpr std::size_t kCheckBytes = 8;

std::string check_bytes(std::string_view scope, std::string_view position) {
    const Digest digest = sha256("galley cursor\n" + std::string(scope) + "\n" + std::string(position));
    return std::string(digest.view().substr(0, kCheckBytes));
}

// Path and filters, the same for every spelling of them.
Result<std::string> scope_of(const net::Request& request) {
    GALLEY_TRY(auto pairs, codec::parse_query(request.query));
    std::erase_if(pairs, [](const auto& pair) { return pair.first == "cursor" || pair.first == "limit"; });
    std::ranges::sort(pairs);
    std::string scope(request.path);
    for (const auto& [name, value] : pairs) scope += "\n" + name + "=" + value;
    return scope;
}

std::unexpected<Error> foreign_cursor() {
    return fail(ErrorCode::InvalidInput,
                "the query parameter 'cursor' is not one that this list gave for these filters");
}

}  // namespace

std::string make_cursor(std::string_view scope, std::string_view position) {
    return codec::base64url_encode(check_bytes(scope, position) + std::string(position));
}

Result<std::string> read_cursor(std::string_view scope, std::string_view cursor) {
    const Result<std::string> bytes = codec::base64url_decode(cursor);
    if (!bytes || bytes->size() <= kCheckBytes) return foreign_cursor();
    std::string position = bytes->substr(kCheckBytes);
    if (check_bytes(scope, position) != bytes->substr(0, kCheckBytes)) return foreign_cursor();
    if (codec::base64url_encode(*bytes) != cursor) return foreign_cursor();  // another spelling of the same bytes
    return position;
}

Result<PageRequest> page_request(const Call& call) {
    PageRequest page;
    GALLEY_TRY(const auto limit, query_number(call, "limit"));
    if (limit) page.limit = static_cast<int>(*limit);
    GALLEY_TRY(const auto cursor, query_parameter(call, "cursor"));
    if (!cursor) return page;
    GALLEY_TRY(const std::string scope, scope_of(call.request()));
    GALLEY_TRY(page.after, read_cursor(scope, *cursor));
    return page;
}

Result<NumberedPageRequest> numbered_page_request(const Call& call) {
    GALLEY_TRY(const PageRequest page, page_request(call));
    NumberedPageRequest numbered{.before = {}, .limit = page.limit};
    if (!page.after) return numbered;
    std::int64_t number = 0;
    const char* end = page.after->data() + page.after->size();
    const auto [parsed, error] = std::from_chars(page.after->data(), end, number);
    if (error != std::errc() || parsed != end) return foreign_cursor();
    numbered.before = number;
    return numbered;
}

std::string next_link(const net::Request& request, std::string_view position) {
    const Result<std::string> scope = scope_of(request);
    GALLEY_CHECK(scope.has_value());  // the query was parsed before
    std::string link = std::string(request.path) + "?cursor=" + make_cursor(*scope, position);
    std::string_view rest = request.query;
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        if (!part.empty() && !part.starts_with("cursor=")) link += '&' + std::string(part);
    }
    return link;
}

}  // namespace galley::api
