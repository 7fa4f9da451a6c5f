// src/document/text/word_table.h — the shaped words that all renders share: grows up to a bound, never forgets, is then
// replaced as a whole.
//
// Shape    key = (context, text): the context stands for everything else that shaping depends on. find() costs a hash
//          and a comparison; insert() copies glyphs and text into the table's own memory.
// Owner    the table owns its entries; whoever uses one keeps the table alive (shared_ptr).
// Threads  find: any thread, no lock (entries are published by a release store and never change). insert: any thread,
//          one mutex.
// Limits   kShapedWordsMax entries, kProbesMax steps per look-up (so crafted collisions cost little); insert() gives
//          null when either is reached.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "document/text/shaper.h"

namespace galley::document {

inline constexpr std::size_t kShapedWordsMax = 60'000;
inline constexpr std::size_t kCachedWordBytesMax = 64;  // so that split_mask has a bit for each

// A run of one face inside an entry. Offsets are bytes in the entry's text.
struct WordPart {
    ShapedWord word;
    std::uint32_t begin = 0, end = 0;
};

// OPTIMIZATION: a stored entry's characters stand right behind it, so that a look-up reads one cache line.
class WordEntry {
 public:
    std::uint32_t check = 0;  // the upper half of the hash
    std::uint32_t context = 0;
    std::uint64_t split_mask = 0;   // bit i: parts were cut before byte i for a line break
    std::uint64_t hyphen_mask = 0;  // likewise, where the word may be divided by a hyphen

    std::string_view text() const { return {characters_, size_}; }
    std::span<const WordPart> parts() const { return {parts_, part_count_}; }
    void set_text(std::string_view text) {
        characters_ = text.data();
        size_ = static_cast<std::uint32_t>(text.size());
    }
    void set_parts(std::span<const WordPart> parts) {
        parts_ = parts.data();
        part_count_ = static_cast<std::uint16_t>(parts.size());
    }

 private:
    const char* characters_ = nullptr;
    const WordPart* parts_ = nullptr;
    std::uint32_t size_ = 0;
    std::uint16_t part_count_ = 0;

 public:
    bool missing = false;  // a character of it has no glyph in any font; here it fills a gap
};
static_assert(sizeof(WordEntry) == 48);

// Memory that is only ever given back as a whole.
class WordArena {
 public:
    const WordEntry* store(const WordEntry& entry);

 private:
    void* allocate(std::size_t size);
    std::vector<std::unique_ptr<std::byte[]>> blocks_;
    std::byte* next_ = nullptr;
    std::size_t left_ = 0;
};

std::uint64_t hash_word(std::uint32_t context, std::string_view text);

class WordTable {
 public:
    WordTable();
    const WordEntry* find(std::uint64_t hash, std::uint32_t context, std::string_view text) const;
    // False: find() gives null. Looks at less memory than find() does.
    bool may_hold(std::uint64_t hash) const {
        return (seen_[seen_word(hash)].load(std::memory_order_relaxed) & seen_bit(hash)) != 0;
    }
    // The stored copy (or the one another thread stored first); null when full.
    const WordEntry* insert(std::uint64_t hash, const WordEntry& entry) GALLEY_EXCLUDES(mutex_);
    std::size_t size() GALLEY_EXCLUDES(mutex_);

 private:
    static constexpr std::size_t kSlots = 131'072;  // a power of two, above 2 × kShapedWordsMax
    static constexpr std::size_t kProbesMax = 64;
    static_assert(kSlots >= 2 * kShapedWordsMax && (kSlots & (kSlots - 1)) == 0);

    // A bit for each hash that was inserted, at a place that other hashes share.
    static constexpr std::size_t kSeenWords = 8192;
    static std::size_t seen_word(std::uint64_t hash) { return (hash >> 6) % kSeenWords; }
    static std::uint64_t seen_bit(std::uint64_t hash) { return std::uint64_t{1} << (hash & 63); }

    std::unique_ptr<std::atomic<const WordEntry*>[]> slots_;
    std::unique_ptr<std::atomic<std::uint64_t>[]> seen_;
    Mutex mutex_;
    WordArena arena_ GALLEY_GUARDED_BY(mutex_);
    std::size_t count_ GALLEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace galley::document
