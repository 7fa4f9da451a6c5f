#include "net/memory_budget.h"

#include <utility>

namespace galley::net {

std::size_t MemoryBudget::bytes_held() const {
    const MutexLock lock(mutex_);
    return held_;
}

bool MemoryBudget::exchange(const std::string& group, std::size_t held, std::size_t wanted) {
    const MutexLock lock(mutex_);
    const auto place = per_group_.find(group);
    const std::size_t others_of_group = (place == per_group_.end() ? 0 : place->second) - held;
    const std::size_t others = held_ - held;
    if (wanted > held) {
        if (wanted > bytes_max_ || others > bytes_max_ - wanted) return false;
        if (others_of_group > 0 && others_of_group + wanted > bytes_max_ / 2) return false;
    }
    held_ = others + wanted;
    if (others_of_group + wanted > 0) {
        per_group_[group] = others_of_group + wanted;
    } else if (place != per_group_.end()) {
        per_group_.erase(place);
    }
    return true;
}

BudgetShare& BudgetShare::operator=(BudgetShare&& other) noexcept {
    if (this == &other) return *this;
    release();
    budget_ = std::move(other.budget_);
    group_ = std::move(other.group_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
}

bool BudgetShare::grow_to(std::size_t bytes, const std::shared_ptr<MemoryBudget>& budget, const std::string& group) {
    if (bytes <= bytes_) return true;
    if (!budget->exchange(group, bytes_, bytes)) return false;
    if (!budget_) group_ = group;
    budget_ = budget;
    bytes_ = bytes;
    return true;
}

void BudgetShare::release() {
    if (!budget_) return;
    budget_->exchange(group_, std::exchange(bytes_, 0), 0);
    budget_ = nullptr;
}

}  // namespace galley::net
