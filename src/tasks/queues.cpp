// Queues: what is set of them, and how they stand.
#include <fmt/format.h>

#include "tasks/engine_impl.h"
#include "tasks/queue_rows.h"

namespace galley::tasks {

Result<void> TaskEngine::Impl::load_queues() {
    GALLEY_TRY(const auto queues,
               database_.read([](store::Executor& executor) { return rows::queue_settings(executor); }));
    MutexLock lock(mutex_);
    for (const auto& [name, settings] : queues) lanes_.set_queue(name, settings);
    return {};
}

// Changes are made one after the other on the writer thread, each to what the one before has left.
Result<QueueStatus> TaskEngine::Impl::set_queue(std::string_view name, const QueueChange& change) {
    GALLEY_TRY_VOID(check_queue_name(name, "/name"));
    GALLEY_TRY_VOID(database_.write([&](store::Executor& executor) -> Result<void> {
        QueueSettings settings;
        {
            MutexLock lock(mutex_);
            settings = lanes_.queue_settings(name);
            if (settings == QueueSettings{} && lanes_.queues_set() >= kQueuesSetMax) {
                return fail(ErrorCode::LimitExceeded, fmt::format("at most {} queues have settings", kQueuesSetMax));
            }
        }
        GALLEY_TRY_VOID(change(settings));
        GALLEY_TRY_VOID(validate(settings));
        GALLEY_TRY_VOID(rows::put_queue_settings(executor, name, settings));
        executor.after_commit([this, settings, queue = std::string(name)] {
            {
                MutexLock lock(mutex_);
                lanes_.set_queue(queue, settings);
                work_wanted_.notify_all();
                outside_wanted_ = !desk_.waiting.empty();
            }
            wake_outside();
        });
        return {};
    }));
    return queue(name);
}

QueueStatus TaskEngine::Impl::queue(std::string_view name) const {
    MutexLock lock(mutex_);
    return {std::string(name), lanes_.queue_settings(name), counters_.queue(name)};
}

std::vector<QueueStatus> TaskEngine::Impl::queues() const {
    std::map<std::string, QueueStatus> found;
    {
        MutexLock lock(mutex_);
        for (const auto& [name, counts] : counters_.by_queue()) found.emplace(name, QueueStatus{name, {}, counts});
        lanes_.each_set_queue([&](const std::string& name, const QueueSettings& settings) {
            found.try_emplace(name, QueueStatus{name, {}, {}}).first->second.settings = settings;
        });
    }
    std::vector<QueueStatus> queues;
    for (auto& [name, status] : found) queues.push_back(std::move(status));
    return queues;
}

}  // namespace galley::tasks
