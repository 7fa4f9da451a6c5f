#include "tasks/queue_rows.h"

namespace galley::tasks::rows {

using store::Executor;
using store::Row;

Result<std::vector<std::pair<std::string, QueueSettings>>> queue_settings(Executor& executor) {
    std::vector<std::pair<std::string, QueueSettings>> found;
    GALLEY_TRY_VOID(
        executor.each("SELECT name, mode, running_max, running_per_key_max, rate_starts, rate_per_ms, key_rate_starts, "
                      "key_rate_per_ms FROM task_queue ORDER BY name",
                      {}, [&](const Row& row) -> Result<void> {
                          QueueSettings settings;
                          settings.mode = static_cast<QueueMode>(row.integer(1));
                          settings.running_max = static_cast<int>(row.integer(2));
                          settings.running_per_key_max = static_cast<int>(row.integer(3));
                          settings.rate = {static_cast<int>(row.integer(4)), Duration(row.integer(5))};
                          settings.rate_per_key = {static_cast<int>(row.integer(6)), Duration(row.integer(7))};
                          found.emplace_back(row.text(0), settings);
                          return {};
                      }));
    return found;
}

Result<void> put_queue_settings(Executor& executor, std::string_view queue, const QueueSettings& settings) {
    if (settings == QueueSettings{}) {
        GALLEY_TRY_VOID(executor.execute("DELETE FROM task_queue WHERE name = $1", {queue}));
        return {};
    }
    GALLEY_TRY_VOID(executor.execute(
        "INSERT INTO task_queue(name, mode, running_max, running_per_key_max, rate_starts, rate_per_ms, "
        "key_rate_starts, key_rate_per_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8) "
        "ON CONFLICT(name) DO UPDATE SET mode = excluded.mode, running_max = excluded.running_max, "
        "running_per_key_max = excluded.running_per_key_max, rate_starts = excluded.rate_starts, "
        "rate_per_ms = excluded.rate_per_ms, key_rate_starts = excluded.key_rate_starts, "
        "key_rate_per_ms = excluded.key_rate_per_ms",
        {queue, static_cast<int>(settings.mode), settings.running_max, settings.running_per_key_max,
         settings.rate.starts, settings.rate.per.count(), settings.rate_per_key.starts,
         settings.rate_per_key.per.count()}));
    return {};
}

}  // namespace galley::tasks::rows
