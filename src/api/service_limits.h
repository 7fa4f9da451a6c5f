// src/api/service_limits.h — how large and how deep the bodies of requests may be.
//
// Units    bytes; levels of nesting.
// Source   R7, docs/limits.md.
#pragma once

#include <cstddef>

#include "codec/json.h"

namespace galley::api {

struct ServiceLimits {
    std::size_t json_depth_max = codec::kJsonDepthMaxDefault;
    std::size_t json_body_bytes_max = 1 << 20;
    std::size_t room_body_bytes_max = 8 << 20;
    std::size_t batch_body_bytes_max = 16 << 20;
    std::size_t worker_body_bytes_max = 16 << 20;
    std::size_t document_body_bytes_max = 64 << 20;
};

}  // namespace galley::api
