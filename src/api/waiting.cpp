#include "api/waiting.h"

namespace galley::api {

void wait_for_task(Call call, const std::string& task_id, Duration wait, void (*answer)(Call)) {
    Services& services = call.services();
    auto shared = std::make_shared<Call>(std::move(call));
    services.tasks.when_finished(task_id, services.clock.monotonic() + wait, [shared, answer](tasks::WaitEnd) {
        shared->on_loop([shared, answer] { answer(std::move(*shared)); });
    });
}

}  // namespace galley::api
