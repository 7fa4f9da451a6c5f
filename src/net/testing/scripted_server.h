// src/net/testing/scripted_server.h — a server for tests that says exactly the bytes it is told, one connection after
// another.
//
// Shape    ScriptedServer server([](ScriptedServer::Visit& visit) { visit.say("HTTP/1.1 200 OK\r\n…"); });
//          requests() are the heads that came, in their order.
// Threads  the script runs on the server's own thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "net/socket.h"

namespace galley::net::testing {

class ScriptedServer {
 public:
    class Visit {
     public:
        Visit(int socket, std::string head) : socket_(socket), head_(std::move(head)) {}
        const std::string& head() const { return head_; }
        // False when the client has gone.
        bool say(std::string_view bytes);
        void wait_until_it_leaves();

     private:
        int socket_;
        std::string head_;
    };
    using Script = std::function<void(Visit&)>;

    explicit ScriptedServer(Script script);
    ~ScriptedServer();

    std::uint16_t port() const { return port_; }
    std::vector<std::string> requests() GALLEY_EXCLUDES(mutex_);

 private:
    void serve();

    Script script_;
    Descriptor listener_;
    std::uint16_t port_;
    Mutex mutex_;
    std::vector<std::string> requests_ GALLEY_GUARDED_BY(mutex_);
    std::jthread thread_;
};

}  // namespace galley::net::testing
