#include "net/router.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/url.h"
#include "net/problem.h"

namespace galley::net {

// One segment position of the trie. Children are few, so a linear look is the fastest.
struct Router::Node {
    std::vector<std::pair<std::string, int>> literals;
    int parameter = -1;          // the child that takes any one segment
    int rest = -1;               // the child that takes all that is left
    std::vector<int> by_method;  // endpoint per Method, RouteMatch::kNone for none; empty where no pattern ends
};

namespace {

using Segments = std::vector<std::string_view>;

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}
bool is_rest(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with("*}");
}

// "/a/b" → a, b; "/a/" → a, "". False when there are too many.
bool split_path(std::string_view path, Segments& segments) {
    path.remove_prefix(1);
    while (true) {
        if (segments.size() == kPathSegmentsMax) return false;
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return true;
        path.remove_prefix(slash + 1);
    }
}

// The decoded segments as views: into the path where nothing was encoded, else into `decoded`.
bool decode_segments(Segments& segments, std::vector<std::string>& decoded) {
    for (std::string_view& segment : segments) {
        if (segment.find('%') != std::string_view::npos) {
            Result<std::string> text = codec::percent_decode(segment);
            if (!text || text->find('/') != std::string::npos) return false;
            decoded.push_back(std::move(*text));
            segment = decoded.back();
        }
        if (segment == "." || segment == "..") return false;
    }
    return true;
}

bool patterns_compete(const std::vector<int>& by_method, Method method) {
    return by_method[static_cast<std::size_t>(method)] != RouteMatch::kNone;
}

int endpoint_for(const std::vector<int>& by_method, Method method) {
    const int own = by_method[static_cast<std::size_t>(method)];
    if (own != RouteMatch::kNone || method != Method::Head) return own;
    return by_method[static_cast<std::size_t>(Method::Get)];
}

Response refuse_method(const Request& request) {
    if (request.method != Method::Options) {
        return problem(405, "This path does not take this method.", request.request_id);
    }
    Response options;
    options.status = 204;
    return options;
}

std::string join_rest(const Segments& segments, std::size_t from) {
    std::string joined;
    for (std::size_t i = from; i < segments.size(); ++i) {
        if (i > from) joined += '/';
        joined += segments[i];
    }
    return joined;
}

}  // namespace

// Depth-first through the trie, literals first. Its depth is that of the patterns, which the program chose.
struct Router::Search {
    const Router& router;
    const Segments& segments;
    Method method;
    std::vector<std::string> values{};
    std::vector<int> allowed = std::vector<int>(kMethodCount, RouteMatch::kNone);
    int found = RouteMatch::kNone;
    bool path_exists = false;

    bool try_node(int node_index, std::size_t depth) {
        const Node& node = router.nodes_[static_cast<std::size_t>(node_index)];
        if (depth == segments.size()) return try_end(node);
        for (const auto& [literal, child] : node.literals) {
            if (literal == segments[depth] && try_node(child, depth + 1)) return true;
        }
        if (node.parameter >= 0 && !segments[depth].empty()) {
            values.emplace_back(segments[depth]);
            if (try_node(node.parameter, depth + 1)) return true;
            values.pop_back();
        }
        if (node.rest < 0) return false;
        values.push_back(join_rest(segments, depth));
        if (try_end(router.nodes_[static_cast<std::size_t>(node.rest)])) return true;
        values.pop_back();
        return false;
    }

    bool try_end(const Node& node) {
        if (node.by_method.empty()) return false;
        path_exists = true;
        found = endpoint_for(node.by_method, method);
        if (found != RouteMatch::kNone) return true;
        for (std::size_t i = 0; i < allowed.size(); ++i) allowed[i] = std::max(allowed[i], node.by_method[i]);
        return false;
    }
};

Router::Router(std::vector<Endpoint> endpoints) : endpoints_(std::move(endpoints)), nodes_(1) {
    for (std::size_t i = 0; i < endpoints_.size(); ++i) insert(static_cast<int>(i));
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

int Router::child_of(int parent, std::string_view segment) {
    Node& node = nodes_[static_cast<std::size_t>(parent)];
    int* slot = nullptr;
    if (is_rest(segment)) {
        slot = &node.rest;
    } else if (is_parameter(segment)) {
        slot = &node.parameter;
    } else {
        for (auto& [literal, child] : node.literals) {
            if (literal == segment) return child;
        }
        slot = &node.literals.emplace_back(std::string(segment), -1).second;
    }
    if (*slot < 0) {
        *slot = static_cast<int>(nodes_.size());
        const int made = *slot;
        nodes_.emplace_back();
        return made;
    }
    return *slot;
}

void Router::insert(int index) {
    const Endpoint& endpoint = endpoints_[static_cast<std::size_t>(index)];
    Segments segments;
    GALLEY_CHECK(endpoint.pattern.starts_with('/') && split_path(endpoint.pattern, segments));
    std::vector<std::string>& names = parameter_names_.emplace_back();
    int node = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const std::string_view segment = segments[i];
        GALLEY_CHECK(!is_rest(segment) || i + 1 == segments.size());
        if (is_parameter(segment)) names.emplace_back(segment.substr(1, segment.size() - (is_rest(segment) ? 3 : 2)));
        node = child_of(node, segment);
    }
    std::vector<int>& by_method = nodes_[static_cast<std::size_t>(node)].by_method;
    if (by_method.empty()) by_method.assign(kMethodCount, RouteMatch::kNone);
    GALLEY_CHECK(!patterns_compete(by_method, endpoint.method));
    by_method[static_cast<std::size_t>(endpoint.method)] = index;
}

std::string Router::allow_list(const std::vector<int>& by_method) {
    std::string list;
    for (std::size_t i = 0; i < by_method.size(); ++i) {
        const Method method = static_cast<Method>(i);
        if (method == Method::Options || endpoint_for(by_method, method) == RouteMatch::kNone) continue;
        list += method_name(method);
        list += ", ";
    }
    return list + "OPTIONS";
}

Router::Match Router::match(Method method, std::string_view path) const {
    Match result;
    Segments segments;
    std::vector<std::string> decoded;
    decoded.reserve(kPathSegmentsMax);  // views into its elements must stay
    if (!path.starts_with('/') || !split_path(path, segments)) return result;
    if (!decode_segments(segments, decoded)) {
        result.outcome = Outcome::BadPath;
        return result;
    }
    Search search{*this, segments, method};
    if (search.try_node(0, 0)) {
        result.outcome = Outcome::Found;
        result.route.endpoint = search.found;
        const auto& names = parameter_names_[static_cast<std::size_t>(search.found)];
        for (std::size_t i = 0; i < names.size(); ++i) {
            result.route.parameters.emplace_back(names[i], std::move(search.values[i]));
        }
    } else if (search.path_exists) {
        result.outcome = Outcome::MethodNotAllowed;
        result.allow = allow_list(search.allowed);
    }
    return result;
}

HeadVerdict Router::admit(Request& request) const {
    HeadVerdict verdict;
    if (request.path == "*") {  // OPTIONS *: the server as a whole
        verdict.answer = refuse_method(request);
        return verdict;
    }
    Match found = match(request.method, request.path);
    switch (found.outcome) {
        case Outcome::Found:
            request.route = std::move(found.route);
            verdict.body_bytes_max = endpoints_[static_cast<std::size_t>(request.route.endpoint)].body_bytes_max;
            break;
        case Outcome::NotFound:
            verdict.answer = problem(404, "There is nothing at this path.", request.request_id);
            break;
        case Outcome::BadPath:
            verdict.answer = problem(400, "The path is not well-formed.", request.request_id);
            break;
        case Outcome::MethodNotAllowed:
            verdict.answer = refuse_method(request);
            verdict.answer->add_header("Allow", std::move(found.allow));
    }
    return verdict;
}

void Router::dispatch(RequestPtr request, Reply reply) const {
    const Endpoint* row = endpoint(*request);
    GALLEY_CHECK(row != nullptr && row->handler);
    row->handler(std::move(request), std::move(reply));
}

const Endpoint* Router::endpoint(const Request& request) const {
    const int index = request.route.endpoint;
    return index == RouteMatch::kNone ? nullptr : &endpoints_[static_cast<std::size_t>(index)];
}

}  // namespace galley::net
