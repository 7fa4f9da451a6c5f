#include "api/waiting.h"

namespace galley::api {

void wait_for_task(Call call, const std::string& task_id, Duration wait, std::function<void(Call)> answer) {
    Services& services = call.services();
    auto shared = std::make_shared<Call>(std::move(call));
    const auto deadline = services.clock.monotonic() + wait;
    const tasks::WaitId id = services.tasks.when_finished(task_id, deadline, [shared, answer](tasks::WaitEnd end) {
        shared->on_loop([shared, answer, end] {
            if (end == tasks::WaitEnd::Cancelled) return std::move(*shared).abandon();
            answer(std::move(*shared));
        });
    });
    shared->on_abandoned([&services, id] { services.tasks.cancel_wait(id); });
}

}  // namespace galley::api
