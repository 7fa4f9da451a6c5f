#include "codec/canonical_json.h"

#include "codec/json_text.h"

namespace galley::codec {

std::string canonical_json(const JsonValue& value) {
    std::string out;
    append_json_value(out, value, MemberOrder::Utf16);
    return out;
}

}  // namespace galley::codec
