// src/store/sqlite/readers.h — a small pool of read-only connections, opened when first needed.
//
// Errors   with_connection: Unavailable (cannot open, closed), or what `use` returns.
// Owner    owns the connections.
// Threads  any; waits while all connections are in use.
// Limits   connections_max.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "store/sqlite/connection.h"

namespace galley::store {

class Readers {
 public:
    Readers(ConnectionOptions options, int connections_max)
        : options_(std::move(options)), connections_max_(connections_max) {}

    Result<void> with_connection(const std::function<Result<void>(Connection&)>& use);
    // Calls of with_connection() so far.
    std::uint64_t reads() const { return reads_; }
    void close();  // waits for those in use; later calls get Unavailable

 private:
    Result<std::unique_ptr<Connection>> borrow();
    void give_back(std::unique_ptr<Connection> connection, bool healthy);

    const ConnectionOptions options_;
    const int connections_max_;
    std::atomic<std::uint64_t> reads_ = 0;
    Mutex mutex_;
    CondVar changed_;
    std::vector<std::unique_ptr<Connection>> free_ GALLEY_GUARDED_BY(mutex_);
    int in_use_ GALLEY_GUARDED_BY(mutex_) = 0;
    bool closed_ GALLEY_GUARDED_BY(mutex_) = false;
};

}  // namespace galley::store
