// src/net/patience.h — how long a thread waits for the network: to a moment, and no longer than its caller wants.
//
// Shape    patience.wait_for(socket, Readiness::Readable) returns when the socket is ready.
// Errors   wait_for, check: DeadlineExceeded, Cancelled.
// Threads  one waits; the stop may be asked for by any.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stop_token>

#include "base/error.h"
#include "base/time.h"
#include "net/socket.h"

namespace galley::net {

class Patience {
 public:
    enum class Readiness : std::uint8_t { Readable, Writable };

    Patience(MonotonicTime until, std::stop_token stop);
    // The same stop, an earlier end.
    Patience until(MonotonicTime earlier) const { return {std::min(until_, earlier), stop_}; }

    MonotonicTime end() const { return until_; }
    const std::stop_token& stop() const { return stop_; }
    Result<void> check() const;
    Result<void> wait_for(int socket, Readiness readiness) const;

 private:
    struct Wake {
        int descriptor;
        void operator()() const;
    };

    MonotonicTime until_;
    std::stop_token stop_;
    Descriptor woken_;  // an eventfd
    std::stop_callback<Wake> on_stop_;
};

}  // namespace galley::net
