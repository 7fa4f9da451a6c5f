// bench/load/connections.h — many keep-alive HTTP connections to one address, driven by one thread with epoll.
//
// Shape    send(request, tag) takes a free connection, or says that there is none; poll() gives the answers that came.
//          A connection that the server closes between requests is opened again; one that it closes within a request
//          gives an answer with status 0.
// Errors   the constructor throws std::runtime_error when nothing listens there.
// Threads  one.
// Limits   one request at a time on a connection; answers must have a Content-Length.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace galley::load {

struct Reply {
    std::size_t tag = 0;
    int status = 0;  // 0: the connection ended, or it was no HTTP
    std::string_view head{};
    std::string_view body{};
};

class Connections {
 public:
    Connections(std::uint16_t port, std::size_t count);
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    bool has_free() const { return !free_.empty(); }
    std::size_t busy() const { return all_.size() - free_.size(); }
    // Precondition: has_free().
    void send(std::string_view request, std::size_t tag);
    // Waits at most so long (epoll_pwait2, so that a busy test needs no spinning), then calls on_reply(const Reply&)
    // for each answer that is whole. The views live during the call; on_reply may send.
    template <typename OnReply>
    void poll(std::chrono::nanoseconds time_max, OnReply on_reply) {
        for (const std::size_t index : ready(time_max)) {
            Reply reply;
            if (!take(index, reply)) continue;
            on_reply(static_cast<const Reply&>(reply));
            give_back(index);
        }
    }

 private:
    struct One {
        int socket = -1;
        bool busy = false;
        bool close_after = false;
        std::size_t tag = 0;
        std::string unsent;
        std::string received;
    };

    void open(std::size_t index);
    void close(One& one);
    void flush(One& one);
    const std::vector<std::size_t>& ready(std::chrono::nanoseconds time_max);
    bool take(std::size_t index, Reply& reply);
    void give_back(std::size_t index);

    std::uint16_t port_;
    int epoll_;
    std::vector<One> all_;
    std::vector<std::size_t> free_;
    std::vector<std::size_t> ready_;
    std::vector<char> buffer_;
};

}  // namespace galley::load
