#include "app/worker_command.h"

#include <array>

#include "app/commands.h"
#include "app/listing.h"

namespace galley::app {

namespace {

constexpr std::array<Column, 11> kWorkerColumns{{{"WORKER", "worker"},
                                                 {"CALLER", "caller"},
                                                 {"CLIENT", "client"},
                                                 {"ADDRESS", "address"},
                                                 {"KINDS", "kinds"},
                                                 {"WAITING", "waiting"},
                                                 {"RUNNING", "running"},
                                                 {"COMPLETED", "completed"},
                                                 {"FAILED", "failed"},
                                                 {"LOST", "lost"},
                                                 {"LAST SEEN", "last_seen"}}};
constexpr std::array<Column, 6> kKindColumns{{{"KIND", "name"},
                                              {"QUEUE", "queue"},
                                              {"ATTEMPTS", "max_attempts"},
                                              {"TIMEOUT S", "timeout_seconds"},
                                              {"SERVED BY", "served_by"},
                                              {"DECLARED BY", "declared_by"}}};
constexpr std::size_t kItemsMax = 10'000;

int print_list(const WorkerCommand& command, const char* path, std::span<const Column> columns) {
    const Result<Listing> listing = list_items(command.remote, path, columns, kItemsMax);
    if (!listing) return report(listing.error());
    print_listing(*listing, columns, command.json);
    return 0;
}

}  // namespace

int worker_list(const WorkerCommand& command) {
    return print_list(command, "/api/v1/workers?limit=200", kWorkerColumns);
}

int worker_kinds(const WorkerCommand& command) {
    return print_list(command, "/api/v1/kinds", kKindColumns);
}

}  // namespace galley::app
