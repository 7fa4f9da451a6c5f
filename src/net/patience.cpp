#include "net/patience.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>

#include "os/clock.h"

namespace galley::net {

void Patience::Wake::operator()() const {
    (void)eventfd_write(descriptor, 1);
}

Patience::Patience(MonotonicTime until, std::stop_token stop)
    : until_(until),
      stop_(std::move(stop)),
      woken_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      on_stop_(stop_, Wake{woken_.get()}) {}

Result<void> Patience::check() const {
    if (stop_.stop_requested()) return fail(ErrorCode::Cancelled, "cancelled");
    if (os::system_clock().monotonic() >= until_) return fail(ErrorCode::DeadlineExceeded, "the time is up");
    return {};
}

Result<void> Patience::wait_for(int socket, Readiness readiness) const {
    while (true) {
        GALLEY_TRY_VOID(check());
        const short events = readiness == Readiness::Readable ? POLLIN : POLLOUT;
        std::array<pollfd, 2> polled{{{socket, events, 0}, {woken_.get(), POLLIN, 0}}};
        const auto left = std::chrono::ceil<Duration>(until_ - os::system_clock().monotonic());
        const int ready = poll(polled.data(), polled.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) return fail(ErrorCode::Unavailable, "poll failed");
        if (ready > 0 && polled[0].revents != 0 && polled[1].revents == 0) return {};
    }
}

}  // namespace galley::net
