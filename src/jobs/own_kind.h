// src/jobs/own_kind.h — a kind of task that the program around Galley brings along (include/galley).
//
// Shape    what TaskEngine::register_kind() takes. POST /tasks accepts such a kind, GET /kinds shows it.
// Owner    the handler lives as long as the engine.
// Threads  as tasks/handler.h.
#pragma once

#include <vector>

#include "tasks/handler.h"

namespace galley::jobs {

struct OwnKind {
    tasks::KindOptions options;
    tasks::Handler handler;
};
using OwnKinds = std::vector<OwnKind>;

}  // namespace galley::jobs
