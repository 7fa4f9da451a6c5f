// src/os/terminal.h — the terminal of a full-screen program: raw keys, size, alternate screen; given back as it was.
//
// Shape    Terminal::open() takes standard input and output; draw() shows lines in place; wait() sleeps until a key, a
//          change of size, a signal to stop, or the time is up. The destructor puts everything back.
// Units    size in characters.
// Errors   open: Unsupported, when one of the two is no terminal or TERM is "dumb".
// Owner    one at a time; SIGINT, SIGTERM, SIGHUP and SIGWINCH are its own while it lives.
// Threads  the main thread, before others are made.
// Source   ECMA-48; xterm's private mode 1049.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "base/time.h"

namespace galley::os {

struct TerminalSize {
    int columns = 80;
    int rows = 24;
};

enum class TerminalEvent : std::uint8_t { TimeIsUp, Key, Resized, Stop };

class Terminal {
 public:
    static Result<std::unique_ptr<Terminal>> open();
    ~Terminal();

    TerminalSize size() const;
    // The first line is shown inverse. Lines hold printable characters alone and fit the size.
    void draw(std::span<const std::string> lines);
    // `key` is set with Key: its byte.
    TerminalEvent wait(Duration time, char& key);

 private:
    struct State;
    explicit Terminal(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

bool output_is_terminal();
// Sleeps; false when SIGINT or SIGTERM came before. For output that is no terminal.
bool wait_unless_stopped(Duration time);

}  // namespace galley::os
