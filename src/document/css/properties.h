// src/document/css/properties.h — the one table of CSS properties: names, inheritance, and how far each is supported.
//
// Shape    PropertyId numbers the rows of property_list.inc; property_table() is that list in order. What a property
//          does to a ComputedStyle stands in style/property_apply.*, one function per row.
// Threads  any; constant data.
// Source   each row names its CSS module.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace galley::document {

enum class PropertyId : std::uint16_t {
#define GALLEY_PROPERTY(id, name, inherited, state, kind, module) id,
#include "document/css/property_list.inc"
#undef GALLEY_PROPERTY
    Count
};

enum class Inherited : std::uint8_t { No, Yes };
enum class PropertyState : std::uint8_t {
    Supported,  // reaches the computed style, layout or paint acts on it
    Parsed,     // checked, then without effect
    Ignored,    // known name, dropped with a warning
};
enum class PropertyKind : std::uint8_t {
    Longhand,
    Early,      // a longhand that others depend on (font-size, color, …): computed first
    Shorthand,  // stands for several longhands
};

struct PropertyInfo {
    PropertyId id;
    std::string_view name;
    Inherited inherited;
    PropertyState state;
    PropertyKind kind;
    std::string_view module;  // e.g. "css-backgrounds-3"
};

std::span<const PropertyInfo> property_table();
const PropertyInfo& property_info(PropertyId id);
// By name in any case; aliases (page-break-after, word-wrap, …) give the property that they stand for.
std::optional<PropertyId> find_property(std::string_view name);

}  // namespace galley::document
