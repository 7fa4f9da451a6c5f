// src/cache/disk_index.h — what the disk tier knows of its files without looking: sizes, and who was used last.
//
// Shape    key → size, the file's time, time of last use; ordered by use.
// Threads  none of its own: DiskTier's lock guards it.
// Limits   one entry (about 200 bytes) a file.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/time.h"

namespace galley::cache {

struct DiskIndexEntry {
    Digest key;
    std::uint64_t size_bytes = 0;
    Time modified{};       // of the file, as we last saw or set it
    Time last_used{};      // never before `modified`
    bool checked = false;  // the payload was found good when the file had this size and time
};

class DiskIndex {
 public:
    // Null when unknown. Valid until the entry is erased or replaced.
    DiskIndexEntry* find(const Digest& key);
    // Inserts or replaces; the entry becomes the most recently used one.
    DiskIndexEntry& put(DiskIndexEntry entry);
    // Adds what is not known yet, all of it older than what is known.
    void add_listed(std::vector<DiskIndexEntry> entries);
    void mark_used(const Digest& key, Time now);
    bool erase(const Digest& key);

    // The entry to evict first, `spared` excepted.
    std::optional<Digest> oldest_except(const Digest& spared) const;
    std::vector<Digest> keys() const;
    std::vector<Digest> keys_used_before(Time time) const;
    std::uint64_t total_bytes() const { return total_bytes_; }
    std::size_t size() const { return by_key_.size(); }

 private:
    using Order = std::list<DiskIndexEntry>;  // least recently used first

    Order order_;
    std::unordered_map<Digest, Order::iterator> by_key_;
    std::uint64_t total_bytes_ = 0;
};

}  // namespace galley::cache
