// src/net/router.h — from method and path to an endpoint: a row in a table (ARCHITECTURE, rule 7).
//
// Shape    pattern = literal segments, `{name}` for one segment, `{name*}` last for all the rest:
// "/api/v1/rooms/{room_id}".
//          Literals win over parameters. Paths are exact: a trailing slash is another path. HEAD finds GET's row.
// Errors   match: NotFound; InvalidInput (broken % sequence, encoded slash or NUL, `.` and `..` segments).
//          Construction: GALLEY_CHECK for two rows of one method and pattern, or a pattern that does not begin with '/'
//          or has `{name*}` before its end.
// Owner    keeps the rows. RouteMatch's names point into the router, which outlives its requests.
// Threads  immutable once built: any.
// Limits   kPathSegmentsMax segments; more is NotFound.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/http.h"

namespace galley::net {

inline constexpr std::size_t kPathSegmentsMax = 32;
inline constexpr std::size_t kBodyBytesMaxDefault = 1 << 20;

struct Endpoint {
    Method method = Method::Get;
    std::string pattern;
    std::string name;  // for metrics and logs
    std::size_t body_bytes_max = kBodyBytesMaxDefault;
    Handler handler{};
    const void* extra = nullptr;  // the table owner's own row: rights, schema, …
};

// What is decided once the head is read, before the body is: how much body may come, or an answer at once.
struct HeadVerdict {
    std::size_t body_bytes_max = kBodyBytesMaxDefault;
    std::optional<Response> answer{};
};

class Router {
 public:
    explicit Router(std::vector<Endpoint> endpoints);
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    enum class Outcome : std::uint8_t { Found, NotFound, MethodNotAllowed, BadPath };
    struct Match {
        Outcome outcome = Outcome::NotFound;
        RouteMatch route{};
        std::string allow{};  // for MethodNotAllowed (and OPTIONS): "GET, HEAD, POST, OPTIONS"
    };
    Match match(Method method, std::string_view path) const;

    // As HttpServerOptions::on_head: sets request.route, or answers 400, 404, 405 (with Allow), or 204 to OPTIONS.
    HeadVerdict admit(Request& request) const;
    // As the server's Handler: calls the matched endpoint's.
    void dispatch(RequestPtr request, Reply reply) const;

    const std::vector<Endpoint>& endpoints() const { return endpoints_; }
    const Endpoint* endpoint(const Request& request) const;  // null when none matched

 private:
    struct Node;
    struct Search;
    void insert(int index);
    int child_of(int parent, std::string_view segment);
    static std::string allow_list(const std::vector<int>& by_method);

    std::vector<Endpoint> endpoints_;
    std::vector<std::vector<std::string>> parameter_names_;  // per endpoint
    std::vector<Node> nodes_;
};

}  // namespace galley::net
