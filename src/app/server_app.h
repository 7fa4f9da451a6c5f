// src/app/server_app.h — one running Galley: every room put together, started and drained in order.
//
// Shape    start(config) opens the store, rescues tasks, listens; port() tells where; stop() drains: no new
//          connections, requests in
//          flight end, running tasks end or are put back, metrics are flushed, the store closes.
//          reload(config) takes up the settings that are Live (settings.h) and what files hold anew (log file).
// Errors   reload: Unavailable, when something could not be taken up; the rest is, and the server goes on.
//          start: what opening gave (folder, database, newer schema, secret, address); InvalidInput (a kind of the
//          program's own has a name that is taken).
// Owner    copies `program`.
// Threads  the main thread.
#pragma once

#include <memory>
#include <string>

#include "app/config.h"
#include "app/own_program.h"
#include "base/error.h"

namespace galley::app {

class ServerApp {
 public:
    static Result<std::unique_ptr<ServerApp>> start(const ServeConfig& config, const OwnProgram& program = {});
    ~ServerApp();

    std::uint16_t port() const;
    Result<void> reload(const ServeConfig& wanted);
    // True when all requests in flight were finished in the grace time.
    bool stop();

 private:
    struct Parts;
    explicit ServerApp(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace galley::app
