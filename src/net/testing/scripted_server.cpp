#include "net/testing/scripted_server.h"

#include <fcntl.h>
#include <poll.h>

#include <array>

namespace galley::net::testing {

bool ScriptedServer::Visit::say(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void ScriptedServer::Visit::wait_until_it_leaves() {
    std::array<char, 256> buffer;
    while (::recv(socket_, buffer.data(), buffer.size(), 0) > 0) {
    }
}

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)),
      listener_(*listen_on("127.0.0.1", 0)),
      port_(*local_port(listener_)),
      thread_([this] { serve(); }) {}

ScriptedServer::~ScriptedServer() {
    shutdown(listener_.get(), SHUT_RDWR);  // wakes accept()
}

std::vector<std::string> ScriptedServer::requests() {
    const MutexLock lock(mutex_);
    return requests_;
}

void ScriptedServer::serve() {
    fcntl(listener_.get(), F_SETFL, 0);  // blocking, as all here
    while (true) {
        const Descriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket.valid()) return;
        std::string head;
        std::array<char, 4096> buffer;
        while (!head.ends_with("\r\n\r\n")) {
            const ssize_t size = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
            if (size <= 0) break;
            head.append(buffer.data(), static_cast<std::size_t>(size));
            if (head.starts_with('\x16')) break;  // a TLS handshake has no empty line
        }
        {
            const MutexLock lock(mutex_);
            requests_.push_back(head);
        }
        Visit visit(socket.get(), head);
        script_(visit);
    }
}

}  // namespace galley::net::testing
