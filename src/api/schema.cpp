#include "api/schema.h"

#include <utility>

namespace galley::api {

namespace {

const char* type_name(SchemaType type) {
    switch (type) {
        case SchemaType::Object:
        case SchemaType::Map:
            return "object";
        case SchemaType::Array:
            return "array";
        case SchemaType::Text:
        case SchemaType::Binary:
            return "string";
        case SchemaType::Integer:
            return "integer";
        case SchemaType::Number:
            return "number";
        case SchemaType::Boolean:
            return "boolean";
        case SchemaType::Any:
        case SchemaType::Ref:
            break;
    }
    return nullptr;
}

void append_type(codec::JsonWriter& json, const Schema& schema) {
    const char* name = type_name(schema.type);
    if (name == nullptr) return;
    if (!schema.nullable) return json.field("type", name);
    json.key("type");
    json.begin_array();
    json.value(name);
    json.value("null");
    json.end_array();
}

void append_bounds(codec::JsonWriter& json, const Schema& schema) {
    const char* low = "minimum";
    const char* high = "maximum";
    if (schema.type == SchemaType::Text) {
        low = "minLength";
        high = "maxLength";
    } else if (schema.type == SchemaType::Array) {
        low = "minItems";
        high = "maxItems";
    }
    if (schema.min) json.field(low, *schema.min);
    if (schema.max) json.field(high, *schema.max);
}

void append_text_rules(codec::JsonWriter& json, const Schema& schema) {
    if (!schema.format.empty()) json.field("format", schema.format);
    if (!schema.pattern.empty()) json.field("pattern", schema.pattern);
    if (schema.choices.empty()) return;
    json.key("enum");
    json.begin_array();
    for (const std::string& choice : schema.choices) json.value(choice);
    if (schema.nullable) json.null();
    json.end_array();
}

// A reference cannot say "or null" itself.
void append_reference(codec::JsonWriter& json, const Schema& schema) {
    const std::string target = "#/components/schemas/" + schema.name;
    if (!schema.nullable) return json.field("$ref", target);
    json.key("anyOf");
    json.begin_array();
    json.begin_object();
    json.field("$ref", target);
    json.end_object();
    json.begin_object();
    json.field("type", "null");
    json.end_object();
    json.end_array();
}

void append_members(codec::JsonWriter& json, const Schema& schema, std::string_view description, Objects objects);

void append_fields(codec::JsonWriter& json, const Schema& schema, Objects objects) {
    json.key("properties");
    json.begin_object();
    for (const SchemaField& field : schema.fields) {
        json.key(field.name);
        json.begin_object();
        append_members(json, field.schema, field.description, objects);
        json.end_object();
    }
    json.end_object();
    json.key("required");
    json.begin_array();
    for (const SchemaField& field : schema.fields) {
        if (field.presence == Presence::Required) json.value(field.name);
    }
    json.end_array();
    if (objects == Objects::Closed) json.field("additionalProperties", false);
}

void append_element(codec::JsonWriter& json, const Schema& schema, Objects objects) {
    json.key(schema.type == SchemaType::Array ? "items" : "additionalProperties");
    json.begin_object();
    append_members(json, schema.element.front(), {}, objects);
    json.end_object();
}

// Its depth is that of our own tables.
void append_members(codec::JsonWriter& json, const Schema& schema, std::string_view description, Objects objects) {
    if (!description.empty()) json.field("description", description);
    if (schema.type == SchemaType::Ref) return append_reference(json, schema);
    append_type(json, schema);
    append_text_rules(json, schema);
    append_bounds(json, schema);
    if (!schema.otherwise.empty()) json.raw_field("default", schema.otherwise);
    if (schema.type == SchemaType::Object) append_fields(json, schema, objects);
    if (!schema.element.empty()) append_element(json, schema, objects);
}

Schema of_type(SchemaType type, Bounds bounds = {}) {
    Schema schema;
    schema.type = type;
    schema.min = bounds.min;
    schema.max = bounds.max;
    return schema;
}

}  // namespace

Schema any() {
    return {};
}

Schema text(Bounds length) {
    return of_type(SchemaType::Text, length);
}

Schema text_like(std::string pattern, std::string format) {
    Schema schema = of_type(SchemaType::Text);
    schema.pattern = std::move(pattern);
    schema.format = std::move(format);
    return schema;
}

Schema time_text() {
    return text_like({}, "date-time");
}

Schema one_of(std::vector<std::string> choices) {
    Schema schema = of_type(SchemaType::Text);
    schema.choices = std::move(choices);
    return schema;
}

Schema integer(Bounds range) {
    return of_type(SchemaType::Integer, range);
}

Schema number(Bounds range) {
    return of_type(SchemaType::Number, range);
}

Schema boolean() {
    return of_type(SchemaType::Boolean);
}

Schema binary() {
    return of_type(SchemaType::Binary);
}

Schema array(Schema element, Bounds size) {
    Schema schema = of_type(SchemaType::Array, size);
    schema.element.push_back(std::move(element));
    return schema;
}

Schema map(Schema element) {
    Schema schema = of_type(SchemaType::Map);
    schema.element.push_back(std::move(element));
    return schema;
}

Schema object(std::vector<SchemaField> fields) {
    Schema schema = of_type(SchemaType::Object);
    schema.fields = std::move(fields);
    return schema;
}

Schema ref(std::string name) {
    Schema schema = of_type(SchemaType::Ref);
    schema.name = std::move(name);
    return schema;
}

Schema nullable(Schema schema) {
    schema.nullable = true;
    return schema;
}

Schema with_default(Schema schema, std::string json) {
    schema.otherwise = std::move(json);
    return schema;
}

SchemaField field(std::string name, Schema schema, std::string description) {
    return {std::move(name), std::move(schema), std::move(description), Presence::Required};
}

SchemaField optional(std::string name, Schema schema, std::string description) {
    return {std::move(name), std::move(schema), std::move(description), Presence::Optional};
}

Schema page_of(Schema element) {
    return object({field("items", array(std::move(element))),
                   field("next", nullable(text()), "path and query of the next page; null on the last")});
}

void append_json_schema(codec::JsonWriter& json, const Schema& schema, Objects objects, std::string_view description) {
    json.begin_object();
    append_members(json, schema, description, objects);
    json.end_object();
}

}  // namespace galley::api
