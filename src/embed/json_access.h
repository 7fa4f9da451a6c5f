// src/embed/json_access.h — between the public JsonView and JsonSink and codec's JsonValue and JsonWriter.
//
// Owner    as the two sides say: views borrow the document, a sink borrows the writer.
// Threads  any.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "codec/json.h"
#include "codec/json_writer.h"
#include "galley/json.h"

namespace galley::detail {

struct JsonAccess {
    static_assert(sizeof(codec::JsonValue) == sizeof(JsonView) && alignof(codec::JsonValue) <= alignof(JsonView));
    static_assert(std::is_trivially_copyable_v<codec::JsonValue>);

    static JsonView view(const codec::JsonValue& value) {
        JsonView view;
        std::memcpy(view.storage_, &value, sizeof value);
        return view;
    }
    static codec::JsonValue value(const JsonView& view) {
        codec::JsonValue value;
        std::memcpy(static_cast<void*>(&value), view.storage_, sizeof value);
        return value;
    }
    static JsonSink sink(codec::JsonWriter& writer) { return JsonSink(&writer); }
};

}  // namespace galley::detail

namespace galley::embed {

// Each byte that is not UTF-8 becomes U+FFFD.
std::string clean_utf8(std::string_view text);

}  // namespace galley::embed
