#include "document/layout/visual_order.h"

#include <algorithm>

namespace galley::document {

void VisualLine::open(const Box& box) {
    facts_[&box].starts = !box.continuation;
    open_.push_back({&box, leaves_.size()});
}

void VisualLine::close(std::uint32_t index, const Box& box) {
    facts_[&box].ends = !box.continued;
    const bool here = !open_.empty() && open_.back().box == &box;
    const std::size_t before = here ? open_.back().leaves : 0;
    if (here) open_.pop_back();
    if (leaves_.size() == before) leaves_.push_back({index, last_level(), false, &box});
}

void VisualLine::add(std::uint32_t index, std::uint8_t level, const Box& parent, bool blank, bool tab) {
    if (tab) {
        level_blanks();
        level = base_level_;
    }
    leaves_.push_back({index, level, blank, &parent});
}

// https://www.unicode.org/reports/tr9/#L1 — of the blanks at the end so far.
void VisualLine::level_blanks() {
    for (auto leaf = leaves_.rbegin(); leaf != leaves_.rend() && leaf->blank; ++leaf) leaf->level = base_level_;
}

// https://www.unicode.org/reports/tr9/#L2
void VisualLine::reorder() {
    level_blanks();
    std::uint8_t highest = 0, lowest_odd = 255;
    for (const VisualLeaf& leaf : leaves_) {
        highest = std::max(highest, leaf.level);
        if ((leaf.level & 1U) != 0) lowest_odd = std::min(lowest_odd, leaf.level);
    }
    for (int level = highest; level >= lowest_odd; --level)
        for (auto begin = leaves_.begin(); begin != leaves_.end();) {
            begin = std::find_if(begin, leaves_.end(), [level](const VisualLeaf& leaf) { return leaf.level >= level; });
            const auto end =
                std::find_if(begin, leaves_.end(), [level](const VisualLeaf& leaf) { return leaf.level < level; });
            std::reverse(begin, end);
            begin = end;
        }
    make_steps();
    mark_edges();
}

void VisualLine::make_steps() {
    using Kind = VisualStep::Kind;
    std::vector<const Box*> open, chain;  // outermost first
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
        const Box* const parent = leaves_[i].parent;
        if (i == 0 || parent != leaves_[i - 1].parent) {
            chain.clear();
            for (const Box* box = parent; box != nullptr && box != &container_; box = box->parent) chain.push_back(box);
            std::ranges::reverse(chain);
            const auto common = static_cast<std::size_t>(std::ranges::mismatch(open, chain).in1 - open.begin());
            for (; open.size() > common; open.pop_back()) steps_.push_back({Kind::Close, false, open.back(), 0});
            for (std::size_t at = common; at < chain.size(); ++at) {
                steps_.push_back({Kind::Open, false, chain[at], 0});
                open.push_back(chain[at]);
            }
        }
        steps_.push_back({Kind::Leaf, false, nullptr, i});
    }
    for (; !open.empty(); open.pop_back()) steps_.push_back({Kind::Close, false, open.back(), 0});
}

void VisualLine::mark_edges() {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const VisualStep& step = steps_[i];
        if (step.kind == VisualStep::Kind::Leaf) continue;
        BoxFacts& facts = facts_[step.box];
        if (!facts.seen) facts.first_open = i;
        facts.seen = true;
        if (step.kind == VisualStep::Kind::Close) facts.last_close = i;
    }
    for (const auto& [box, facts] : facts_) {
        if (!facts.seen) continue;
        const bool rtl = box->text_style().direction == Direction::Rtl;
        steps_[facts.first_open].edge = rtl ? facts.ends : facts.starts;
        steps_[facts.last_close].edge = rtl ? facts.starts : facts.ends;
    }
}

}  // namespace galley::document
