#include "api/openapi.h"

#include <algorithm>

#include "api/schemas.h"
#include "base/version.h"
#include "net/problem.h"

namespace galley::api {

namespace {

constexpr Tag kTags[] = {
    {"rooms", "Rooms", "Deal rooms, their members and their activity."},
    {"snapshots", "Snapshots", "A room's state rendered to PDF at a moment."},
    {"documents", "Documents", "HTML, CSS and templates rendered to PDF."},
    {"tasks", "Tasks", "Background work: enqueue, follow, cancel, try again."},
    {"queues", "Queues", "How queues of tasks stand; pause, drain and limit them."},
    {"workers", "Workers", "Tasks for programs that are not this server: lease, report, complete."},
    {"monitoring", "Monitoring", "Status of tasks, workers and queues, at the paths of older clients too."},
    {"schedules", "Schedules", "Tasks that are enqueued at the times of a cron expression."},
    {"metrics", "Metrics", "Figures of the last hours and Prometheus' text."},
    {"cache", "Document cache", "Statistics and care of the cache that documents are served from."},
    {"accounts", "Accounts", "Who may sign in."},
    {"audit", "Audit", "Who did what: an append-only, hash-chained log."},
    {"health", "Health", "Whether the process lives and can serve; open to all."},
    {"description", "Description", "This interface, described; open to all."},
};

constexpr std::string_view kNotes[] = {
    "JSON in and out, `snake_case`; times are RFC 3339 UTC with `Z` and milliseconds. Members and query parameters "
    "that "
    "are not known are refused.",
    "Errors are `application/problem+json` (RFC 9457); `errors` names each fault by JSON pointer.",
    "Every answer has `X-Request-Id`; send your own (1 to 64 letters, digits, `.`, `_`, `-`) to find the call again in "
    "logs, tasks and audit entries.",
    "Creating calls take an `Idempotency-Key`: the same key and body give the first answer again for 24 hours.",
    "Lists are paged: follow `next` until it is null. HEAD answers wherever GET does.",
    "A task or snapshot is waited for by `?wait=SECONDS`, at most 60.",
    "What you may not know to exist answers 404; what you may see but not do answers 403.",
};

constexpr std::string_view kKeyDescription =
    "1 to 255 visible ASCII characters, bare or as a quoted string. The same key with the same request gives the first "
    "answer again, marked `Idempotency-Replayed: true`; with another body it answers 422.";

std::string openapi_path(std::string_view pattern) {
    std::string path(pattern);
    std::erase(path, '*');
    return path;
}

std::string_view lower_method(net::Method method) {
    switch (method) {
        case net::Method::Get:
            return "get";
        case net::Method::Head:
            return "head";
        case net::Method::Post:
            return "post";
        case net::Method::Put:
            return "put";
        case net::Method::Patch:
            return "patch";
        case net::Method::Delete:
            return "delete";
        case net::Method::Options:
            break;
    }
    return "options";
}

// ---- parts that operations refer to

void append_tags(codec::JsonWriter& json) {
    json.key("tags");
    json.begin_array();
    for (const Tag& tag : kTags) {
        json.begin_object();
        json.field("name", tag.name);
        json.field("description", tag.description);
        json.end_object();
    }
    json.end_array();
}

void append_schemas(codec::JsonWriter& json) {
    json.key("schemas");
    json.begin_object();
    for (const NamedSchema& named : all_schemas()) {
        json.key(named.name);
        append_json_schema(json, named.schema, named.objects, named.description);
    }
    json.end_object();
}

void append_key_parameter(codec::JsonWriter& json) {
    json.key("parameters");
    json.begin_object();
    json.key("IdempotencyKey");
    json.begin_object();
    json.field("name", "Idempotency-Key");
    json.field("in", "header");
    json.field("description", kKeyDescription);
    json.field("required", false);
    json.key("schema");
    append_json_schema(json, text({.min = 1, .max = 257}), Objects::Open);
    json.end_object();
    json.end_object();
}

void append_header(codec::JsonWriter& json, std::string_view name, std::string_view description) {
    json.key(name);
    json.begin_object();
    json.field("description", description);
    json.key("schema");
    append_json_schema(json, text(), Objects::Open);
    json.end_object();
}

// What comes beside a problem, by its status; each is a component.
struct ProblemHeader {
    int status;
    const char* component;
    const char* name;
    const char* description;
};
constexpr ProblemHeader kProblemHeaders[] = {
    {401, "WwwAuthenticate", "WWW-Authenticate", "Bearer"},
    {415, "Accept", "Accept", "what would have been read"},
    {429, "RetryAfter", "Retry-After", "seconds to wait before the next try"},
    {429, "RateLimitLimit", "RateLimit-Limit", "calls a minute"},
    {429, "RateLimitRemaining", "RateLimit-Remaining", "calls that are left now"},
    {429, "RateLimitReset", "RateLimit-Reset", "seconds until all are there again"},
    {429, "RateLimitPolicy", "RateLimit-Policy", "the limit and its window, as in 600;w=60"},
    {503, "RetryAfter", "Retry-After", "seconds to wait before the next try"},
};

void append_header_components(codec::JsonWriter& json) {
    json.key("headers");
    json.begin_object();
    append_header(json, "RequestId", "the call's id, in logs and audit entries too");
    for (const ProblemHeader& header : kProblemHeaders) {
        if (header.status != 503) append_header(json, header.component, header.description);
    }
    json.end_object();
}

void append_header_reference(codec::JsonWriter& json, std::string_view name, std::string_view component) {
    json.key(name);
    json.begin_object();
    json.field("$ref", "#/components/headers/" + std::string(component));
    json.end_object();
}

void append_security_schemes(codec::JsonWriter& json) {
    json.key("securitySchemes");
    json.begin_object();
    json.key("bearer");
    json.begin_object();
    json.field("type", "http");
    json.field("scheme", "bearer");
    json.field("bearerFormat", "JWT");
    json.field("description", "a token as `galley token` mints it; its `sub` is the caller's e-mail address");
    json.end_object();
    json.end_object();
}

void append_components(codec::JsonWriter& json) {
    json.key("components");
    json.begin_object();
    append_schemas(json);
    append_key_parameter(json);
    append_header_components(json);
    append_security_schemes(json);
    json.end_object();
}

// ---- one operation

void append_parameter(codec::JsonWriter& json, std::string_view name, std::string_view where,
                      std::string_view description, const Schema& schema) {
    json.begin_object();
    json.field("name", name);
    json.field("in", where);
    if (!description.empty()) json.field("description", description);
    json.field("required", where == "path");
    json.key("schema");
    append_json_schema(json, schema, Objects::Open);
    json.end_object();
}

void append_parameters(codec::JsonWriter& json, const EndpointRow& row) {
    const std::vector<std::string> in_path = path_parameters(row.pattern);
    if (in_path.empty() && row.query.empty() && row.idempotency == Idempotency::None) return;
    json.key("parameters");
    json.begin_array();
    for (const std::string& name : in_path) {
        append_parameter(json, name, "path", path_parameter_description(name), path_parameter_schema(name));
    }
    for (const QueryParameter& parameter : row.query) {
        append_parameter(json, parameter.name, "query", parameter.description, parameter.schema);
    }
    if (row.idempotency == Idempotency::Keyed) {
        json.begin_object();
        json.field("$ref", "#/components/parameters/IdempotencyKey");
        json.end_object();
    }
    json.end_array();
}

void append_content(codec::JsonWriter& json, std::string_view content_type, const Schema& schema, Objects objects,
                    const char* example) {
    json.key("content");
    json.begin_object();
    json.key(content_type);
    json.begin_object();
    json.key("schema");
    append_json_schema(json, schema, objects);
    if (example != nullptr) json.raw_field("example", example);
    json.end_object();
    json.end_object();
}

void append_body(codec::JsonWriter& json, const EndpointRow& row) {
    if (!row.body) return;
    json.key("requestBody");
    json.begin_object();
    json.field("required", true);
    append_content(json, "application/json", *row.body, Objects::Closed, row.body_example);
    json.end_object();
}

void append_answer_headers(codec::JsonWriter& json, const EndpointRow& row, const Answer& answer) {
    json.key("headers");
    json.begin_object();
    append_header_reference(json, "X-Request-Id", "RequestId");
    for (const AnswerHeader& header : answer.headers) append_header(json, header.name, header.description);
    if (row.idempotency == Idempotency::Keyed && answer.status < 300) {
        append_header(json, "Idempotency-Replayed", "true when this is an earlier answer given again");
    }
    json.end_object();
}

void append_answer(codec::JsonWriter& json, const EndpointRow& row, const Answer& answer) {
    json.key(std::to_string(answer.status));
    json.begin_object();
    json.field("description", answer.description);
    append_answer_headers(json, row, answer);
    if (answer.schema) append_content(json, answer.content_type, *answer.schema, Objects::Open, nullptr);
    json.end_object();
}

void append_problem(codec::JsonWriter& json, const std::string& status, std::string_view description) {
    json.key(status);
    json.begin_object();
    json.field("description", description);
    json.key("headers");
    json.begin_object();
    append_header_reference(json, "X-Request-Id", "RequestId");
    for (const ProblemHeader& header : kProblemHeaders) {
        if (std::to_string(header.status) == status) append_header_reference(json, header.name, header.component);
    }
    json.end_object();
    append_content(json, net::kProblemContentType, ref("Problem"), Objects::Open, nullptr);
    json.end_object();
}

void append_answers(codec::JsonWriter& json, const EndpointRow& row) {
    json.key("responses");
    json.begin_object();
    for (const Answer& answer : row.answers) append_answer(json, row, answer);
    if (row.method == net::Method::Get && std::ranges::find(row.answers, 304, &Answer::status) == row.answers.end()) {
        append_answer(json, row, {.status = 304, .description = "the caller's copy is current (If-None-Match)"});
    }
    for (const ProblemAnswer& problem : problems_of(row)) {
        append_problem(json, std::to_string(problem.status), problem.description);
    }
    append_problem(json, "default",
                   "any other problem, such as a request that took too long (408), or a fault of ours (500)");
    json.end_object();
}

void append_security(codec::JsonWriter& json, Access access) {
    json.key("security");
    json.begin_array();
    if (access != Access::Public) {
        json.begin_object();
        json.key("bearer");
        json.begin_array();
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void append_operation(codec::JsonWriter& json, const EndpointRow& row) {
    GALLEY_CHECK(std::ranges::find(kTags, std::string_view(row.tag), &Tag::name) != std::end(kTags));
    json.key(lower_method(row.method));
    json.begin_object();
    json.field("operationId", row.name);
    json.field("summary", row.summary);
    if (*row.description != '\0') json.field("description", row.description);
    json.key("tags");
    json.begin_array();
    json.value(row.tag);
    json.end_array();
    append_security(json, row.access);
    json.field("x-rate-class", auth::rate_class_name(row.rate_class));
    append_parameters(json, row);
    append_body(json, row);
    append_answers(json, row);
    json.end_object();
}

void append_paths(codec::JsonWriter& json, const std::vector<EndpointRow>& rows) {
    std::vector<std::string_view> patterns;
    for (const EndpointRow& row : rows) {
        if (std::ranges::find(patterns, row.pattern) == patterns.end()) patterns.emplace_back(row.pattern);
    }
    json.key("paths");
    json.begin_object();
    for (const std::string_view pattern : patterns) {
        json.key(openapi_path(pattern));
        json.begin_object();
        for (const EndpointRow& row : rows) {
            if (row.pattern == pattern) append_operation(json, row);
        }
        json.end_object();
    }
    json.end_object();
}

void append_info(codec::JsonWriter& json) {
    json.key("info");
    json.begin_object();
    json.field("title", "Galley");
    json.field("version", kVersion);
    std::string description = "Documents and background tasks, made durable in about a millisecond.\n\n";
    for (const std::string_view note : kNotes) description += "- " + std::string(note) + "\n";
    json.field("description", description);
    json.end_object();
    json.key("servers");
    json.begin_array();
    json.begin_object();
    json.field("url", "/");
    json.end_object();
    json.end_array();
}

}  // namespace

std::span<const Tag> all_tags() {
    return kTags;
}

std::span<const std::string_view> interface_notes() {
    return kNotes;
}

std::vector<std::string> path_parameters(std::string_view pattern) {
    std::vector<std::string> names;
    for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1)) {
        std::string name(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
        std::erase(name, '*');
        names.push_back(std::move(name));
    }
    return names;
}

std::vector<ProblemAnswer> problems_of(const EndpointRow& row) {
    std::vector<ProblemAnswer> problems = row.problems;
    const auto add = [&](int status, const char* description) {
        const auto has_status = [&](const auto& own) { return own.status == status; };
        const bool stated = std::ranges::any_of(problems, has_status) || std::ranges::any_of(row.answers, has_status);
        if (!stated) problems.push_back({status, description});
    };
    if (row.access != Access::Public) {
        add(400, "the path, the query or the body has faults");
        add(401, "no valid token");
        add(403, "the account is switched off, or the caller's role does not allow this");
    }
    if (std::string_view(row.pattern).find('{') != std::string_view::npos)
        add(404, "there is none that the caller may know of");
    if (row.method == net::Method::Get) {
        add(406, "the answer is not available in a content coding that Accept-Encoding allows");
        add(412, "If-Match or If-Unmodified-Since names another state");
    }
    if (row.body) {
        add(413, "the body is too large");
        add(415, "the body is not application/json in UTF-8 without a content coding");
        add(422, "a limit is exceeded");
    }
    if (row.idempotency == Idempotency::Keyed) add(422, "the Idempotency-Key was used with another request");
    add(414, "path and query are too long");
    add(431, "the head is too large");
    add(429, "too many calls; Retry-After says when to come again");
    add(503, "a part is busy or out of order; nothing was done; Retry-After says when to come again");
    std::ranges::sort(problems, {}, &ProblemAnswer::status);
    return problems;
}

std::string openapi_json(const std::vector<EndpointRow>& rows) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("openapi", "3.1.0");
    append_info(json);
    append_tags(json);
    append_paths(json, rows);
    append_components(json);
    json.end_object();
    return out;
}

}  // namespace galley::api
