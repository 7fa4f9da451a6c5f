// src/api/paging.h — pages of lists (R4): `limit`, an opaque `cursor`, and the link to the next page.
//
// Shape    a cursor = base64url(8 bytes of SHA-256 over scope and position, then the position). The scope is the path
//          and the filters, so a cursor that was changed, or taken to another list or other filters, is refused. It is
//          no secret: rights are checked at every page. A position names the last entry seen, so that entries which
//          come in meanwhile shift nothing.
// Errors   InvalidInput: a cursor that this list did not give.
// Threads  any.
// Limits   kPageLimitMax entries a page; kCursorBytesMax.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/call.h"
#include "codec/json_writer.h"

namespace galley::api {

inline constexpr int kPageLimitDefault = 50;
inline constexpr int kPageLimitMax = 200;
inline constexpr std::size_t kCursorBytesMax = 400;

struct PageRequest {
    std::optional<std::string> after{};  // the position behind which the page begins
    int limit = kPageLimitDefault;
};
// Precondition: check_query() passed.
Result<PageRequest> page_request(const Call& call);

struct NumberedPageRequest {
    std::optional<std::int64_t> before{};
    int limit = kPageLimitDefault;
};
Result<NumberedPageRequest> numbered_page_request(const Call& call);  // lists that go down by row number

// The request's own path and query with the cursor replaced.
std::string next_link(const net::Request& request, std::string_view position);

std::string make_cursor(std::string_view scope, std::string_view position);
Result<std::string> read_cursor(std::string_view scope, std::string_view cursor);

// {"items":[…],"next":…}: append(json, item) writes one.
template <typename Items, typename Append>
std::string page_json(const net::Request& request, const Items& items, const std::optional<std::string>& next,
                      Append append) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.key("items");
    json.begin_array();
    for (const auto& item : items) append(json, item);
    json.end_array();
    if (next) {
        json.field("next", next_link(request, *next));
    } else {
        json.null_field("next");
    }
    json.end_object();
    return out;
}

inline std::optional<std::string> position_of(std::optional<std::int64_t> number) {
    return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

}  // namespace galley::api
