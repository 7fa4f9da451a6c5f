#include "net/body_stream.h"

#include <utility>

namespace galley::net {

BodyStream::Push BodyStream::push(std::string_view bytes) {
    {
        const MutexLock lock(mutex_);
        if (over_ || ended_ || cut_) return Push::Over;
        if (bytes.size() > bytes_max_ - pending_.size() - in_flight_) return Push::Full;
        pending_ += bytes;
    }
    wake_reader();
    return Push::Taken;
}

void BodyStream::end() {
    {
        const MutexLock lock(mutex_);
        ended_ = true;
    }
    wake_reader();
}

void BodyStream::cut() {
    {
        const MutexLock lock(mutex_);
        cut_ = true;
    }
    wake_reader();
}

std::size_t BodyStream::bytes_held() const {
    const MutexLock lock(mutex_);
    return pending_.size() + in_flight_;
}

void BodyStream::when_over(std::move_only_function<void()> task) {
    {
        const MutexLock lock(mutex_);
        if (!over_) {
            when_over_ = std::move(task);
            return;
        }
    }
    task();
}

void BodyStream::attach(std::function<void()> wake) {
    {
        const MutexLock lock(mutex_);
        wake_ = std::make_shared<const std::function<void()>>(std::move(wake));
        awake_ = false;
        if (pending_.empty() && !ended_ && !cut_) return;
    }
    wake_reader();
}

void BodyStream::wake_reader() {
    std::shared_ptr<const std::function<void()>> wake;
    {
        const MutexLock lock(mutex_);
        if (over_ || std::exchange(awake_, true)) return;
        wake = wake_;
    }
    if (wake) (*wake)();
}

BodyStream::Taken BodyStream::take() {
    const MutexLock lock(mutex_);
    awake_ = false;
    in_flight_ = pending_.size();
    return {std::exchange(pending_, {}), ended_, cut_};
}

void BodyStream::sent() {
    {
        const MutexLock lock(mutex_);
        in_flight_ = 0;
    }
    if (sent_) sent_();
}

void BodyStream::close() {
    std::move_only_function<void()> task;
    std::shared_ptr<const std::function<void()>> wake;  // dropped without the lock
    {
        const MutexLock lock(mutex_);
        if (std::exchange(over_, true)) return;
        pending_ = Bytes();
        in_flight_ = 0;
        task = std::exchange(when_over_, nullptr);
        wake = std::exchange(wake_, nullptr);
    }
    if (task) task();
}

}  // namespace galley::net
