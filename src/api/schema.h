// src/api/schema.h — the shapes of our JSON as data: what OpenAPI publishes, and what tests hold real answers against.
//
// Shape    a Schema is a value made by the functions below; object({field("title", text({.max = 300}), "…"), …}).
//          Larger shapes have a name and are referred to: ref("Task"). The names live in api/schemas.cpp.
// Duty     requests: optional() for what may be absent. Handlers read bodies by codec::ObjectReader; the contract test
//          (tests/openapi) sends each stated fault to the real server, so that reader and table cannot drift apart.
// Threads  values; any.
// Source   OpenAPI 3.1, JSON Schema 2020-12.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_writer.h"

namespace galley::api {

enum class SchemaType : std::uint8_t { Any, Object, Map, Array, Text, Integer, Number, Boolean, Binary, Ref };

struct SchemaField;

struct Schema {
    SchemaType type = SchemaType::Any;
    std::string name{};                  // Ref: whose
    std::string format{};                // Text: "date-time", "email", …
    std::string pattern{};               // Text
    std::vector<std::string> choices{};  // Text: one of these
    std::optional<std::int64_t> min{};   // of the number, the text's length, the array's size
    std::optional<std::int64_t> max{};
    bool nullable = false;
    std::vector<SchemaField> fields;  // Object
    std::vector<Schema> element;      // Array, Map: exactly one
    std::string otherwise{};          // JSON of the value that an absent one stands for
};

enum class Presence : std::uint8_t { Required, Optional };

struct SchemaField {
    std::string name;
    Schema schema;
    std::string description{};
    Presence presence = Presence::Required;
};

// Whether objects refuse members that the schema does not name: requests do (R1), answers may grow.
enum class Objects : std::uint8_t { Closed, Open };

struct NamedSchema {
    std::string name;
    std::string description;
    Schema schema;
    Objects objects = Objects::Open;
};

struct Bounds {
    std::optional<std::int64_t> min{};
    std::optional<std::int64_t> max{};
};

Schema any();
Schema text(Bounds length = {});
Schema text_like(std::string pattern, std::string format = {});
Schema time_text();  // RFC 3339 UTC with milliseconds (R1)
Schema one_of(std::vector<std::string> choices);
Schema integer(Bounds range = {});
Schema number(Bounds range = {});
Schema boolean();
Schema binary();  // a body that is no JSON
Schema array(Schema element, Bounds size = {});
Schema map(Schema element);  // an object whose members have any names
Schema object(std::vector<SchemaField> fields);
Schema ref(std::string name);
Schema nullable(Schema schema);
Schema with_default(Schema schema, std::string json);

SchemaField field(std::string name, Schema schema, std::string description = {});
SchemaField optional(std::string name, Schema schema, std::string description = {});

// {"items": […of that…], "next": a path or null}: every list (R4).
Schema page_of(Schema element);

// The schema in JSON Schema's words.
void append_json_schema(codec::JsonWriter& json, const Schema& schema, Objects objects,
                        std::string_view description = {});

}  // namespace galley::api
