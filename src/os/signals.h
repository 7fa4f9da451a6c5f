// src/os/signals.h — waiting for the signals that stop or reload a server, on the main thread.
//
// Duty     block_signals() before any thread is made, so that all inherit the mask.
// Threads  the main thread.
#pragma once

namespace galley::os {

enum class Signal : unsigned char { Stop, Reload, ReopenLog };  // SIGTERM or SIGINT; SIGHUP; SIGUSR1

void block_signals();  // these four; SIGPIPE is ignored
Signal wait_for_signal();

}  // namespace galley::os
