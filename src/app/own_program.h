// src/app/own_program.h — what a program that has Galley as a library (include/galley) adds to the server.
//
// Shape    its name and one line about it for --help, its kinds; attach() is called before the first of its handlers
//          runs, detach() when none runs any more and before the engine goes.
// Owner    outlives the server.
// Threads  attach and detach: the thread that starts and stops the server.
#pragma once

#include <functional>
#include <string>

#include "jobs/own_kind.h"
#include "tasks/engine.h"

namespace galley::app {

struct OwnProgram {
    std::string name = "galley";
    std::string summary = "Galley: documents and background tasks, made durable in about a millisecond";
    jobs::OwnKinds kinds{};
    std::function<void(tasks::TaskEngine&)> attach{};
    std::function<void()> detach{};
};

}  // namespace galley::app
