#include "document/layout/flex_lines.h"

#include <algorithm>

namespace galley::document {

namespace {

// Percentages that make up a whole may come out a little wider, as each is rounded by itself.
constexpr LayoutUnit kFitSlack = LayoutUnit::from_raw(8);

// One round of §9.7 step 4: shares the free space, finds violations, freezes. False when all are frozen.
class Resolver {
 public:
    Resolver(std::span<FlexItem> items, LayoutUnit available)
        : items_(items), available_(available), frozen_(items.size(), false) {}

    void run() {
        LayoutUnit sum;
        for (const FlexItem& item : items_) sum += item.hypothetical() + item.margins;
        growing_ = sum < available_;
        for (std::size_t i = 0; i < items_.size(); ++i) freeze_inflexible(i);
        initial_ = free_space();
        for (std::size_t round = 0; round <= items_.size() && !std::ranges::all_of(frozen_, std::identity{}); ++round)
            step();
    }

 private:
    void freeze_inflexible(std::size_t i) {
        FlexItem& item = items_[i];
        const double factor = growing_ ? item.grow : item.shrink;
        const bool fixed = factor == 0 || (growing_ && item.base > item.hypothetical()) ||
                           (!growing_ && item.base < item.hypothetical());
        item.size = fixed ? item.hypothetical() : item.base;
        frozen_[i] = fixed;
    }

    LayoutUnit free_space() const {
        LayoutUnit used;
        for (std::size_t i = 0; i < items_.size(); ++i)
            used += (frozen_[i] ? items_[i].size : items_[i].base) + items_[i].margins;
        return available_ - used;
    }

    // Shrinking is weighted by what can shrink: the content box.
    double weight(const FlexItem& item) const {
        return growing_ ? item.grow : item.shrink * std::max(LayoutUnit(), item.base - item.edges).px();
    }

    void step() {
        LayoutUnit free = free_space();
        double factors = 0, weights = 0;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (frozen_[i]) continue;
            factors += growing_ ? items_[i].grow : items_[i].shrink;
            weights += weight(items_[i]);
        }
        if (factors < 1) {
            const LayoutUnit part = initial_.scaled(factors);
            if (std::abs(part.raw()) < std::abs(free.raw())) free = part;
        }
        LayoutUnit violation;
        std::vector<int> direction(items_.size(), 0);
        double seen = 0;
        std::int32_t given = 0;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (frozen_[i]) continue;
            FlexItem& item = items_[i];
            seen += weight(item);
            const std::int32_t upto = weights > 0 ? free.scaled(std::min(1.0, seen / weights)).raw() : 0;
            const LayoutUnit wanted = item.base + LayoutUnit::from_raw(upto - given);
            given = upto;
            item.size = std::max(item.least, std::min(wanted, item.most));
            direction[i] = item.size > wanted ? 1 : item.size < wanted ? -1 : 0;
            violation += item.size - wanted;
        }
        for (std::size_t i = 0; i < items_.size(); ++i)
            if (!frozen_[i] &&
                (violation == LayoutUnit() || (violation > LayoutUnit() ? direction[i] > 0 : direction[i] < 0)))
                frozen_[i] = true;
    }

    std::span<FlexItem> items_;
    LayoutUnit available_, initial_;
    std::vector<bool> frozen_;
    bool growing_ = false;
};

}  // namespace

void resolve_flexible_lengths(std::span<FlexItem> items, LayoutUnit available) {
    Resolver(items, available).run();
}

std::vector<std::size_t> break_flex_lines(std::span<const FlexItem> items, LayoutUnit available, LayoutUnit gap,
                                          bool wraps) {
    std::vector<std::size_t> ends;
    LayoutUnit used;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const LayoutUnit outer = items[i].hypothetical() + items[i].margins;
        if (wraps && i > begin && used + gap + outer > available + kFitSlack) {
            ends.push_back(i);
            begin = i;
            used = {};
        }
        used += (i > begin ? gap : LayoutUnit()) + outer;
    }
    if (!items.empty()) ends.push_back(items.size());
    return ends;
}

Distribution distribute_space(Align align, LayoutUnit rest, std::size_t count, bool reversed) {
    const int n = static_cast<int>(count);
    if (rest < LayoutUnit() &&
        (align == Align::SpaceBetween || align == Align::SpaceAround || align == Align::SpaceEvenly))
        align = Align::Normal;
    switch (align) {
        case Align::Center:
            return {rest / 2, {}};
        case Align::End:
        case Align::Right:
            return {reversed ? LayoutUnit() : rest, {}};
        case Align::FlexEnd:
            return {rest, {}};
        case Align::SpaceBetween:
            return {{}, n > 1 ? rest / (n - 1) : LayoutUnit()};
        case Align::SpaceAround:
            return n > 0 ? Distribution{rest / (2 * n), rest / n} : Distribution{};
        case Align::SpaceEvenly:
            return {rest / (n + 1), rest / (n + 1)};
        case Align::Start:
        case Align::Left:
            return {reversed ? rest : LayoutUnit(), {}};
        default:
            return {};
    }
}

}  // namespace galley::document
