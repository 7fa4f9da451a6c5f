// src/net/server_core.h — what the loops of one server share: options, handler, and the count of connections.
//
// Owner    shared by the loops and, through them, by every connection; so a late Reply finds it alive.
// Threads  options and handler never change; the rest from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/background_queue.h"
#include "base/mutex.h"
#include "net/http_server.h"
#include "net/memory_budget.h"

namespace galley::net {

class ServerLoop;

class ServerCore {
 public:
    ServerCore(HttpServerOptions server_options, Handler server_handler);

    const HttpServerOptions options;
    const Handler handler;
    const std::string strict_transport;  // the field's value; "" = none
    const std::shared_ptr<MemoryBudget> bodies;
    const std::shared_ptr<MemoryBudget> answers;
    std::atomic<bool> draining = false;
    // Puts large answers into their content coding (connection.cpp); stopped before the loops are.
    BackgroundQueue encoder;
    // Filled before the threads start and emptied after they ended.
    std::vector<std::shared_ptr<ServerLoop>> loops;

    // The certificate for new connections; null: the server speaks plainly. Errors of load: TlsContext::load()'s, and
    // what was loaded before stays.
    std::shared_ptr<const TlsContext> tls() const;
    Result<void> load_tls(const TlsFiles& files);

    // 0 when one more connection from this group may come, else the status to turn it away with. Pair 0 with leave().
    int enter(const std::string& group);
    void leave(const std::string& group);
    std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }
    // True when there is none left before the deadline.
    bool wait_until_empty(MonotonicTime deadline);

 private:
    mutable Mutex tls_mutex_;
    std::shared_ptr<const TlsContext> tls_ GALLEY_GUARDED_BY(tls_mutex_);
    std::atomic<bool> has_tls_ = false;

    Mutex mutex_;
    CondVar changed_;
    std::unordered_map<std::string, std::size_t> per_group_ GALLEY_GUARDED_BY(mutex_);
    std::atomic<std::size_t> connections_ = 0;  // written under the mutex
};

}  // namespace galley::net
