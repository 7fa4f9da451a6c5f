// src/jobs/render/server_render_limits.h — what no document may exceed, whatever its order says.
//
// Shape    settings `documents.…`. Plain memory: it travels to the child process as it is.
// Source   SPEC R44; docs/limits.md.
#pragma once

#include <cstdint>

namespace galley::jobs {

struct ServerRenderLimits {
    std::int64_t pages_max = 20'000;
    std::int64_t elements_max = 5'000'000;
    std::int64_t output_bytes_max = 1'000'000'000;
    std::int64_t resource_bytes_max = 512 << 20;  // of all resources that one document asks for
};

}  // namespace galley::jobs
