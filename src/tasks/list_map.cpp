#include "tasks/list_map.h"

#include <algorithm>
#include <functional>

namespace galley::tasks {

ListMap::Bits ListMap::bits_of(char part, std::string_view text) {
    std::uint64_t hash = std::hash<std::string_view>{}(text) ^ (static_cast<std::uint64_t>(part) << 56);
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdULL;
    hash ^= hash >> 33;
    return {hash % kBits, (hash >> 32) % kBits};
}

void ListMap::mark(Block& block, char part, std::string_view text) {
    for (const std::size_t bit : bits_of(part, text)) block.marks.set(bit);
}

void ListMap::add(const Row& row) {
    MutexLock lock(mutex_);
    Block& block = blocks_[row.seq / kBlockRows];
    ++block.rows;
    block.oldest_ms = std::min(block.oldest_ms, row.created_ms);
    block.youngest_ms = std::max(block.youngest_ms, row.created_ms);
    mark(block, 'k', row.kind);
    mark(block, 'q', row.queue);
    for (std::string_view rest = row.tags; rest.size() > 1;) {
        rest.remove_prefix(1);
        const std::size_t end = std::min(rest.find('|'), rest.size());
        mark(block, 't', rest.substr(0, end));
        rest.remove_prefix(end);
    }
}

void ListMap::remove(TaskSeq seq) {
    MutexLock lock(mutex_);
    const auto found = blocks_.find(seq / kBlockRows);
    if (found != blocks_.end() && --found->second.rows <= 0) blocks_.erase(found);
}

void ListMap::clear() {
    MutexLock lock(mutex_);
    blocks_.clear();
}

bool ListMap::may_match(const Block& block, const TaskFilter& filter) {
    const auto has = [&](char part, const std::optional<std::string>& text) {
        return !text || std::ranges::all_of(bits_of(part, *text), [&](std::size_t bit) { return block.marks[bit]; });
    };
    return has('k', filter.kind) && has('q', filter.queue) && has('t', filter.tag) &&
           (!filter.created_after || block.youngest_ms >= to_unix_ms(*filter.created_after)) &&
           (!filter.created_before || block.oldest_ms < to_unix_ms(*filter.created_before));
}

std::optional<ListMap::Stretch> ListMap::next(const TaskFilter& filter, TaskSeq before, TaskSeq rows_max) const {
    if (before <= 0) return std::nullopt;
    MutexLock lock(mutex_);
    std::optional<Stretch> found;
    auto at = blocks_.upper_bound((before - 1) / kBlockRows);
    while (at != blocks_.begin()) {
        --at;
        const TaskSeq from = at->first * kBlockRows;
        const bool joins = found && found->from == from + kBlockRows && found->before - from <= rows_max;
        if (found && !joins) break;
        if (!may_match(at->second, filter)) {
            if (found) break;
            continue;
        }
        if (!found) found = {from, std::min(before, from + kBlockRows)};
        found->from = from;
    }
    return found;
}

std::size_t ListMap::blocks() const {
    MutexLock lock(mutex_);
    return blocks_.size();
}

}  // namespace galley::tasks
