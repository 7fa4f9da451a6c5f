// src/document/resource_loader.h — how the engine asks for bytes that a document refers to. It never opens anything
// itself.
//
// Errors   load: NotFound, Forbidden (policy), LimitExceeded, Unavailable. The engine warns and goes on without the
// resource. Threads  called from the rendering thread only.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace galley::document {

class ResourceLoader {
 public:
    virtual ~ResourceLoader() = default;
    virtual Result<SharedBytes> load(std::string_view absolute_url) const = 0;
};

// `reference` against `base`, as far as documents need it: absolute URLs, data:, paths with . and .., query kept.
std::string resolve_url(std::string_view base, std::string_view reference);

struct DataUrl {
    std::string media_type;  // lower case, without parameters; "text/plain" when absent
    Bytes bytes;
};
// "data:[type][;base64],…" (RFC 2397). Errors: InvalidInput when it is no data URL or its base64 is broken.
Result<DataUrl> decode_data_url(std::string_view url);

}  // namespace galley::document
