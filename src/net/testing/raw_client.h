// src/net/testing/raw_client.h — a client for tests that sends exactly the bytes it is told and reads answers one by
// one.
//
// Shape    RawClient client(port); client.send("GET / HTTP/1.1\r\n…"); RawAnswer answer = client.read();
// Errors   a test that waits longer than kPatience, or an answer that is no HTTP, gives an answer with status 0.
// Threads  one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/socket.h"

namespace galley::net::testing {

inline constexpr std::chrono::seconds kPatience{20};

struct RawAnswer {
    int status = 0;
    std::string head;  // with the status line and the empty line
    std::string body;

    bool has_line(std::string_view line) const;      // "Connection: close"
    std::string field(std::string_view name) const;  // "" when absent
};

enum class Expected : std::uint8_t { WithBody, HeadOnly };

class RawClient {
 public:
    explicit RawClient(std::uint16_t port);

    void send(std::string_view bytes);
    // send(bytes), then read().
    RawAnswer ask(std::string_view bytes, Expected expected = Expected::WithBody);
    RawAnswer read(Expected expected = Expected::WithBody);
    // Exactly so many bytes of a body that goes on; fewer at the end of the connection.
    std::string read_bytes(std::size_t size);
    // Says that nothing more will be sent; reading goes on.
    void end_sending();
    // Leaves: by a proper close, or by a reset.
    enum class Leave : std::uint8_t { Close, Reset };
    void leave(Leave how);
    // True when the server closed and sent nothing more.
    bool at_end();

 private:
    bool fill();

    Descriptor socket_;
    std::string buffer_;
};

// "GET <target> HTTP/1.1" with a Host and the given further lines, each ending in CR LF.
std::string get(std::string_view target, std::string_view more_lines = {});

}  // namespace galley::net::testing
