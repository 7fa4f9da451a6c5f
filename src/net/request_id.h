// src/net/request_id.h — the id that names a request in answers, logs, tasks and audit entries (R2).
//
// Shape    a client's own id is kept when it is 1–64 of [A-Za-z0-9._-]; else "<16 hex digits of this
//          generator>-<count>".
// Threads  a generator is one loop's; is_request_id is free.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "os/random.h"

namespace galley::net {

inline constexpr std::size_t kRequestIdBytesMax = 64;

bool is_request_id(std::string_view text);

class RequestIds {
 public:
    explicit RequestIds(os::Random& random);
    std::string next();

 private:
    std::string prefix_;
    std::uint64_t count_ = 0;
};

}  // namespace galley::net
