// src/cache/single_flight.h — however many ask for the same thing at once, it is made once.
//
// Shape    get(key, maker): the first caller of a key runs maker(); others wait and get the same result.
// Errors   the maker's, delivered to all who waited. Nothing is remembered: the next caller tries anew.
// Owner    the result is copied to every waiter; make T cheap to copy (SharedBytes). The maker runs on the caller's
//          thread.
// Threads  any; waiters block. A maker must not ask for its own key (deadlock) and must not throw.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/mutex.h"

namespace galley::cache {

template <typename Key, typename T>
class SingleFlight {
 public:
    struct Outcome {
        Result<T> result;
        bool joined = false;  // somebody else's work
    };

    template <typename Maker>
        requires std::same_as<std::invoke_result_t<Maker&>, Result<T>>
    Outcome get(const Key& key, Maker&& maker) {
        std::shared_ptr<Flight> flight;
        {
            MutexLock lock(mutex_);
            std::shared_ptr<Flight>& slot = flights_[key];
            if (slot) {
                flight = slot;
                ++flight->waiting;
                while (!flight->result) landed_.wait(lock);
                return {*flight->result, true};
            }
            slot = flight = std::make_shared<Flight>();
        }
        Result<T> result = maker();
        land(key, *flight, result);
        return {std::move(result), false};
    }

    // Makers at work.
    std::size_t in_flight() const {
        const MutexLock lock(mutex_);
        return flights_.size();
    }
    // Callers who wait for `key` right now.
    std::size_t waiting_for(const Key& key) const {
        const MutexLock lock(mutex_);
        const auto found = flights_.find(key);
        return found == flights_.end() ? 0 : found->second->waiting;
    }

 private:
    struct Flight {
        std::optional<Result<T>> result;
        std::size_t waiting = 0;
    };

    void land(const Key& key, Flight& flight, const Result<T>& result) {
        const MutexLock lock(mutex_);
        flight.result = result;
        flights_.erase(key);
        landed_.notify_all();
    }

    mutable Mutex mutex_;
    CondVar landed_;
    std::unordered_map<Key, std::shared_ptr<Flight>> flights_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::cache
