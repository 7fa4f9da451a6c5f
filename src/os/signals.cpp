#include "os/signals.h"

#include <pthread.h>
#include <signal.h>

#include <initializer_list>

namespace galley::os {

namespace {

sigset_t handled() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
    return set;
}

}  // namespace

void block_signals() {
    const sigset_t set = handled();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

Signal wait_for_signal() {
    const sigset_t set = handled();
    int signal = 0;
    while (sigwait(&set, &signal) != 0) {
    }
    if (signal == SIGUSR1) return Signal::ReopenLog;
    return signal == SIGHUP ? Signal::Reload : Signal::Stop;
}

}  // namespace galley::os
