#include "document/text/word_table.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace galley::document {
namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;
constexpr std::size_t kCacheLine = 64;

std::size_t aligned(std::size_t size, std::size_t alignment) {
    return (size + alignment - 1) / alignment * alignment;
}

std::uint32_t check_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32);
}

WordForm form_of(const ShapedWord& word) {
    if (word.glyphs.size() != word.text.size()) return WordForm::Any;
    WordForm form = WordForm::Plain;
    for (std::size_t i = 0; i < word.glyphs.size(); ++i) {
        const Glyph& glyph = word.glyphs[i];
        const auto c = static_cast<unsigned char>(word.text[i]);
        const bool own = c >= 0x20 && c < 0x7F && glyph.id != 0 && glyph.cluster == i && glyph.x_offset == 0 &&
                         glyph.y_offset == 0 && word.face->glyph(c) == glyph.id;
        if (!own) return WordForm::Any;
        if (word.face->advance(glyph.id) != glyph.advance || c == '(' || c == ')' || c == '\\') form = WordForm::Ascii;
    }
    return form;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

std::uint64_t hash_word(std::uint32_t context, std::string_view text) {
    constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15U;
    constexpr std::uint64_t kStep = 0xD6E8FEB86659FD93U;
    std::uint64_t state = kSeed ^ (std::uint64_t{context} << 32) ^ text.size();
    const char* data = text.data();
    std::size_t left = text.size();
    std::uint64_t chunk = 0;
    for (; left >= sizeof chunk; left -= sizeof chunk, data += sizeof chunk) {
        std::memcpy(&chunk, data, sizeof chunk);
        state = mix(state ^ chunk, kStep);
    }
    chunk = 0;
    std::memcpy(&chunk, data, left);
    return mix(state ^ chunk, kStep);
}

void* WordArena::allocate(std::size_t size) {
    size = aligned(size, kCacheLine);
    if (size > left_) {
        left_ = std::max(size, kBlockBytes);
        std::size_t space = left_ + kCacheLine;
        blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(space));
        void* begin = blocks_.back().get();
        next_ = static_cast<std::byte*>(std::align(kCacheLine, left_, begin, space));
    }
    void* const place = next_;
    next_ += size;
    left_ -= size;
    return place;
}

const WordEntry* WordArena::store(const WordEntry& entry) {
    std::size_t glyph_count = 0;
    for (const WordPart& part : entry.parts()) glyph_count += part.word.glyphs.size();
    const std::size_t head_bytes = aligned(sizeof(WordEntry) + entry.text().size(), alignof(WordPart));
    const std::size_t parts_bytes = entry.parts().size() * sizeof(WordPart);
    static_assert(alignof(Glyph) <= alignof(WordPart));
    auto* const memory = static_cast<std::byte*>(allocate(head_bytes + parts_bytes + glyph_count * sizeof(Glyph)));
    auto* const text = reinterpret_cast<char*>(memory + sizeof(WordEntry));
    auto* const parts = reinterpret_cast<WordPart*>(memory + head_bytes);
    auto* glyphs = reinterpret_cast<Glyph*>(memory + head_bytes + parts_bytes);
    std::ranges::copy(entry.text(), text);
    const std::string_view stored_text(text, entry.text().size());
    for (std::size_t i = 0; i < entry.parts().size(); ++i) {
        WordPart* const part = new (&parts[i]) WordPart(entry.parts()[i]);
        std::uninitialized_copy(part->word.glyphs.begin(), part->word.glyphs.end(), glyphs);
        part->word.glyphs = {glyphs, part->word.glyphs.size()};
        part->word.text = stored_text.substr(part->begin, part->end - part->begin);
        part->word.form = form_of(part->word);
        glyphs += part->word.glyphs.size();
    }
    auto* const stored = new (memory) WordEntry(entry);
    stored->set_text(stored_text);
    stored->set_parts({parts, entry.parts().size()});
    return stored;
}

WordTable::WordTable()
    : slots_(std::make_unique<std::atomic<const WordEntry*>[]>(kSlots)),
      seen_(std::make_unique<std::atomic<std::uint64_t>[]>(kSeenWords)) {}

const WordEntry* WordTable::find(std::uint64_t hash, std::uint32_t context, std::string_view text) const {
    for (std::size_t probe = 0; probe < kProbesMax; ++probe) {
        const WordEntry* const entry = slots_[(hash + probe) & (kSlots - 1)].load(std::memory_order_acquire);
        if (entry == nullptr) return nullptr;
        if (entry->check == check_of(hash) && entry->context == context && entry->text() == text) return entry;
    }
    return nullptr;
}

const WordEntry* WordTable::insert(std::uint64_t hash, const WordEntry& entry) {
    const MutexLock lock(mutex_);
    if (const WordEntry* const present = find(hash, entry.context, entry.text())) return present;
    if (count_ >= kShapedWordsMax) return nullptr;
    for (std::size_t probe = 0; probe < kProbesMax; ++probe) {
        std::atomic<const WordEntry*>& slot = slots_[(hash + probe) & (kSlots - 1)];
        if (slot.load(std::memory_order_relaxed) != nullptr) continue;
        WordEntry keyed = entry;
        keyed.check = check_of(hash);
        const WordEntry* const stored = arena_.store(keyed);
        slot.store(stored, std::memory_order_release);
        seen_[seen_word(hash)].fetch_or(seen_bit(hash), std::memory_order_relaxed);
        ++count_;
        return stored;
    }
    return nullptr;
}

std::size_t WordTable::size() {
    const MutexLock lock(mutex_);
    return count_;
}

}  // namespace galley::document
