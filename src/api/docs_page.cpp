#include "api/docs_page.h"

#include <algorithm>
#include <string_view>

#include "api/openapi.h"
#include "api/schemas.h"
#include "base/digest.h"
#include "base/version.h"
#include "codec/base64url.h"
#include "codec/json.h"
#include "template/template.h"

namespace galley::api {

extern const std::string_view kDocsTemplate;

namespace {

// Text with `code` in it, as [{"code":…,"text":…}…].
void append_parts(codec::JsonWriter& json, std::string_view text) {
    json.begin_array();
    bool code = false;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('`'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        if (!part.empty()) {
            json.begin_object();
            json.field("code", code);
            json.field("text", part);
            json.end_object();
        }
        code = !code;
    }
    json.end_array();
}

// ---- types in words: before, a shape to link to, after

struct TypeText {
    std::string before{};
    std::string ref{};
    std::string after{};
};

std::string range_text(const Schema& schema) {
    if (schema.min && schema.max) return ", " + std::to_string(*schema.min) + " to " + std::to_string(*schema.max);
    if (schema.min) return ", at least " + std::to_string(*schema.min);
    if (schema.max) return ", at most " + std::to_string(*schema.max);
    return {};
}

std::string plain_type(const Schema& schema) {
    if (!schema.choices.empty()) {
        std::string out = "one of ";
        for (const std::string& choice : schema.choices)
            out += (&choice == &schema.choices.front() ? "" : ", ") + choice;
        return out;
    }
    switch (schema.type) {
        case SchemaType::Object:
            return "object";
        case SchemaType::Text:
            return (schema.format == "date-time" ? "time" : "string") + range_text(schema);
        case SchemaType::Integer:
            return "integer" + range_text(schema);
        case SchemaType::Number:
            return "number" + range_text(schema);
        case SchemaType::Boolean:
            return "boolean";
        case SchemaType::Binary:
            return "bytes";
        default:
            return "any JSON";
    }
}

// {"items":[…],…}: every list.
const Schema* page_element(const Schema& schema) {
    if (schema.fields.empty() || schema.fields.front().name != "items") return nullptr;
    return &schema.fields.front().schema.element.front();
}

TypeText type_text(const Schema& schema) {
    TypeText out;
    if (const Schema* element = page_element(schema)) return {"page of ", element->name, {}};
    const Schema* inner = &schema;
    if (!schema.element.empty()) {
        out.before = schema.type == SchemaType::Array ? "list of " : "object of ";
        out.after = range_text(schema);
        inner = &schema.element.front();
    }
    if (inner->type == SchemaType::Ref) {
        out.ref = inner->name;
    } else {
        out.before += plain_type(*inner);
    }
    if (schema.nullable) out.after += " or null";
    if (!schema.otherwise.empty()) out.after += ", default " + schema.otherwise;
    return out;
}

void append_type(codec::JsonWriter& json, const TypeText& type) {
    json.key("type");
    json.begin_object();
    json.field("before", type.before);
    json.field("ref", type.ref);
    json.field("after", type.after);
    json.end_object();
}

// ---- members of a shape, objects in objects flattened: "parties[].name"

void append_field_rows(codec::JsonWriter& json, const Schema& schema, const std::string& prefix);

void append_field_row(codec::JsonWriter& json, const SchemaField& field, const std::string& prefix) {
    const std::string name = prefix + field.name;
    json.begin_object();
    json.field("name", name);
    append_type(json, type_text(field.schema));
    json.field("required", field.presence == Presence::Required);
    json.field("description", field.description);
    json.end_object();
    const bool list = field.schema.type == SchemaType::Array;
    append_field_rows(json, list ? field.schema.element.front() : field.schema, name + (list ? "[]." : "."));
}

// As deep as our own tables.
void append_field_rows(codec::JsonWriter& json, const Schema& schema, const std::string& prefix) {
    for (const SchemaField& field : schema.fields) append_field_row(json, field, prefix);
}

void append_fields(codec::JsonWriter& json, const Schema& schema) {
    json.key("fields");
    json.begin_array();
    append_field_rows(json, schema, "");
    json.end_array();
}

// ---- one operation

std::string example_path(std::string_view pattern) {
    std::string out;
    while (!pattern.empty()) {
        const std::size_t open = pattern.find('{');
        out += pattern.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = pattern.find('}', open);
        out += path_parameter_example(pattern.substr(open + 1, close - open - 1));
        pattern.remove_prefix(close + 1);
    }
    return out;
}

std::string curl_line(const EndpointRow& row) {
    std::string line = "curl -sS";
    const bool post_of_body = row.method == net::Method::Post && row.body;
    if (row.method != net::Method::Get && !post_of_body) line += " -X " + std::string(net::method_name(row.method));
    if (row.access != Access::Public) line += " -H \"Authorization: Bearer $TOKEN\"";
    if (row.body) line += " \\\n  -H 'Content-Type: application/json' -d '" + std::string(row.body_example) + "' \\\n ";
    if (!row.answers.empty() && std::string_view(row.answers.front().content_type) == "application/pdf") line += " -O";
    return line + " $URL" + example_path(row.pattern);
}

void append_parameter(codec::JsonWriter& json, std::string_view name, std::string_view where, const Schema& schema,
                      std::string_view description) {
    json.begin_object();
    json.field("name", name);
    json.field("where", where);
    append_type(json, type_text(schema));
    json.field("description", description);
    json.end_object();
}

void append_parameters(codec::JsonWriter& json, const EndpointRow& row) {
    json.key("parameters");
    json.begin_array();
    for (const std::string& name : path_parameters(row.pattern)) {
        append_parameter(json, name, "path", path_parameter_schema(name), path_parameter_description(name));
    }
    for (const QueryParameter& parameter : row.query) {
        append_parameter(json, parameter.name, "query", parameter.schema, parameter.description);
    }
    json.end_array();
}

void append_answers(codec::JsonWriter& json, const EndpointRow& row) {
    json.key("answers");
    json.begin_array();
    for (const Answer& answer : row.answers) {
        json.begin_object();
        json.field("status", answer.status);
        json.field("description", answer.description);
        append_type(json, answer.schema ? type_text(*answer.schema) : TypeText{"none", {}, {}});
        json.end_object();
    }
    json.end_array();
    json.key("problems");
    json.begin_array();
    for (const ProblemAnswer& problem : problems_of(row)) {
        json.begin_object();
        json.field("status", problem.status);
        json.field("description", problem.description);
        json.end_object();
    }
    json.end_array();
}

std::string_view access_text(Access access) {
    switch (access) {
        case Access::Public:
            return "open to all";
        case Access::Token:
            return "needs a token";
        case Access::Metrics:
            return "needs an administrator's token, or none when metrics_public is set";
    }
    return {};
}

std::string_view method_class(net::Method method) {
    switch (method) {
        case net::Method::Get:
            return "get";
        case net::Method::Delete:
            return "delete";
        case net::Method::Put:
        case net::Method::Patch:
            return "put";
        default:
            return "post";
    }
}

void append_operation(codec::JsonWriter& json, const EndpointRow& row) {
    json.begin_object();
    json.field("id", row.name);
    json.field("method", net::method_name(row.method));
    json.field("method_class", method_class(row.method));
    json.field("path", row.pattern);
    json.field("summary", row.summary);
    json.key("description");
    append_parts(json, row.description);
    json.field("access", access_text(row.access));
    json.field("rate_class", auth::rate_class_name(row.rate_class));
    json.field("keyed", row.idempotency == Idempotency::Keyed);
    append_parameters(json, row);
    json.key("body");
    if (row.body) {
        json.begin_object();
        append_type(json, type_text(*row.body));
        append_fields(json, *row.body);
        json.end_object();
    } else {
        json.null();
    }
    json.field("curl", curl_line(row));
    append_answers(json, row);
    json.end_object();
}

void append_tag(codec::JsonWriter& json, const Tag& tag, const std::vector<EndpointRow>& rows) {
    json.begin_object();
    json.field("name", tag.name);
    json.field("title", tag.title);
    json.field("description", tag.description);
    json.key("operations");
    json.begin_array();
    for (const EndpointRow& row : rows)
        if (row.tag == tag.name) append_operation(json, row);
    json.end_array();
    json.end_object();
}

void append_shapes(codec::JsonWriter& json) {
    json.key("schemas");
    json.begin_array();
    for (const NamedSchema& named : all_schemas()) {
        json.begin_object();
        json.field("name", named.name);
        json.field("description", named.description);
        append_fields(json, named.schema);
        json.end_object();
    }
    json.end_array();
}

// The hash as Content-Security-Policy writes it: base64 with its own two letters and padding.
std::string policy_hash(std::string_view text) {
    std::string out = codec::base64url_encode(sha256(text).view());
    for (char& c : out) c = c == '-' ? '+' : c == '_' ? '/' : c;
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::string_view style_of(std::string_view html) {
    constexpr std::string_view kOpen = "<style>";
    const std::size_t begin = html.find(kOpen);
    const std::size_t end = html.find("</style>");
    GALLEY_CHECK(begin != std::string_view::npos && end != std::string_view::npos);
    return html.substr(begin + kOpen.size(), end - begin - kOpen.size());
}

}  // namespace

std::string docs_model(const std::vector<EndpointRow>& rows) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("version", kVersion);
    json.key("notes");
    json.begin_array();
    for (const std::string_view note : interface_notes()) append_parts(json, note);
    json.end_array();
    json.key("tags");
    json.begin_array();
    for (const Tag& tag : all_tags()) {
        const bool used = std::ranges::any_of(rows, [&](const EndpointRow& row) { return row.tag == tag.name; });
        if (used) append_tag(json, tag, rows);
    }
    json.end_array();
    append_shapes(json);
    json.end_object();
    return out;
}

DocsPage docs_page(const std::vector<EndpointRow>& rows) {
    const auto page = templates::Template::parse(kDocsTemplate);
    GALLEY_CHECK(page.has_value());
    const auto model = codec::JsonDocument::parse(docs_model(rows));
    GALLEY_CHECK(model.has_value());
    Result<std::string> html = page->render(model->root());
    GALLEY_CHECK(html.has_value());
    const std::string policy = "default-src 'none'; style-src 'sha256-" + policy_hash(style_of(*html)) +
                               "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return {std::move(*html), policy};
}

}  // namespace galley::api
