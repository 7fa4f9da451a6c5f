// src/net/memory_budget.h — how much memory clients may make a server hold together: bodies of requests that come, or
// answers that are not taken.
//
// Shape    MemoryBudget counts; BudgetShare is what one request or answer holds of it, and gives it back at its end.
// Errors   grow_to() is false when it does not fit: the share stays what it was. One group (an address) gets at most
//          half of the budget, unless that is for one share alone: a crowd at one address leaves room for others.
// Owner    shares hold the budget; a request may outlive its server.
// Threads  a budget: any. A share: one at a time.
// Limits   bytes_max, and an entry for each group that holds something.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/mutex.h"

namespace galley::net {

class MemoryBudget {
 public:
    explicit MemoryBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    std::size_t bytes_held() const;

 private:
    friend class BudgetShare;
    // A group's share of `held` bytes becomes one of `wanted`.
    bool exchange(const std::string& group, std::size_t held, std::size_t wanted);

    const std::size_t bytes_max_;
    mutable Mutex mutex_;
    std::size_t held_ GALLEY_GUARDED_BY(mutex_) = 0;
    std::unordered_map<std::string, std::size_t> per_group_ GALLEY_GUARDED_BY(mutex_);
};

class BudgetShare {
 public:
    BudgetShare() = default;
    ~BudgetShare() { release(); }
    BudgetShare(BudgetShare&& other) noexcept { *this = std::move(other); }
    BudgetShare& operator=(BudgetShare&& other) noexcept;
    BudgetShare(const BudgetShare&) = delete;
    BudgetShare& operator=(const BudgetShare&) = delete;

    std::size_t bytes() const { return bytes_; }
    // Always of the same budget and group, until release(). True when it holds as much already.
    bool grow_to(std::size_t bytes, const std::shared_ptr<MemoryBudget>& budget, const std::string& group);
    void release();

 private:
    std::shared_ptr<MemoryBudget> budget_;  // null: holds nothing
    std::string group_;
    std::size_t bytes_ = 0;
};

}  // namespace galley::net
