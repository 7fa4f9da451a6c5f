#include "jobs/echo/echo_kind.h"

#include <algorithm>

namespace galley::jobs {

namespace {
constexpr std::string_view kEcho = "echo";
}

void register_echo(tasks::TaskEngine& engine) {
    engine.register_kind({.name = std::string(kEcho)},
                         [](tasks::TaskContext& task) { return tasks::Outcome::done(task.input()); });
}

bool is_public_kind(std::string_view kind, const OwnKinds& own_kinds) {
    const auto is_it = [kind](const OwnKind& own) { return own.options.name == kind; };
    return kind == kEcho || std::ranges::any_of(own_kinds, is_it);
}

}  // namespace galley::jobs
