// src/tasks/list_map.h — where in the table rows with a kind, queue, tag or time of creation may stand, so that a list
// with a filter walks past stretches without a match. Costs no write: it lives in memory, read from the table at start.
//
// Shape    1,024 row numbers are a block; a block keeps its oldest and youngest creation and a Bloom filter of 2,048
//          bits over kinds, queues and tags. It may say yes wrongly, never no: what changes or goes leaves its marks
//          until the block is empty.
// Units    about 0.35 KiB a block, also where most of its rows are gone.
// Threads  all methods from any thread.
// Source   B. H. Bloom, Space/time trade-offs in hash coding with allowable errors, CACM 13 (1970).
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "base/mutex.h"
#include "tasks/task.h"

namespace galley::tasks {

class ListMap {
 public:
    static constexpr TaskSeq kBlockRows = 1'024;

    // What of a row it marks. `tags` as the table has them: "|a|b|".
    struct Row {
        TaskSeq seq = 0;
        std::string_view kind;
        std::string_view queue;
        std::string_view tags;
        std::int64_t created_ms = 0;
    };
    void add(const Row& row);
    void remove(TaskSeq seq);
    void clear();

    struct Stretch {
        TaskSeq from;    // inclusive
        TaskSeq before;  // exclusive
    };
    // The youngest rows below `before` that may match, at most rows_max of them, which is at least kBlockRows; nothing
    // when there is none. Looks at kind, queue, tag and times only.
    std::optional<Stretch> next(const TaskFilter& filter, TaskSeq before, TaskSeq rows_max) const;

    std::size_t blocks() const;

 private:
    static constexpr std::size_t kBits = 2'048;
    struct Block {
        std::int64_t rows = 0;
        std::int64_t oldest_ms = INT64_MAX;
        std::int64_t youngest_ms = INT64_MIN;
        std::bitset<kBits> marks{};
    };
    using Bits = std::array<std::size_t, 2>;
    static Bits bits_of(char part, std::string_view text);
    static void mark(Block& block, char part, std::string_view text);
    static bool may_match(const Block& block, const TaskFilter& filter);

    mutable Mutex mutex_;
    std::map<TaskSeq, Block> blocks_ GALLEY_GUARDED_BY(mutex_);  // by seq / kBlockRows
};

}  // namespace galley::tasks
