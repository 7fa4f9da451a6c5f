// src/app/top_command.h — `galley top`: a running server as a live screen, as text, or as JSON.
//
// Shape    on a terminal: the screen, every `seconds`, until q. Else, and with `count`: so many frames as text, with
//          --json one object a line. The first frame comes at once; --once waits for a second look, to have rates.
//          Gives the exit code: 0 good, 1 the server cannot be asked (on the screen that is shown instead).
// Threads  the main thread.
#pragma once

#include "app/remote.h"

namespace galley::app {

struct TopCommand {
    RemoteOptions remote;
    double seconds = 1;
    bool once = false;
    bool json = false;
};
int top(const TopCommand& command);

}  // namespace galley::app
