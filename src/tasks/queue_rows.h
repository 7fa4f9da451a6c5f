// src/tasks/queue_rows.h — the SQL of what is set of queues. Queues of which nothing is set have no row.
//
// Errors   the database's.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/executor.h"
#include "tasks/queue_settings.h"

namespace galley::tasks::rows {

Result<std::vector<std::pair<std::string, QueueSettings>>> queue_settings(store::Executor& executor);
Result<void> put_queue_settings(store::Executor& executor, std::string_view queue, const QueueSettings& settings);

}  // namespace galley::tasks::rows
