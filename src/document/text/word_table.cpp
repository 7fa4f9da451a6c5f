#include "document/text/word_table.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace galley::document {
namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;

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
    constexpr std::size_t kAlign = alignof(std::max_align_t);
    size = (size + kAlign - 1) / kAlign * kAlign;
    if (size > left_) {
        left_ = std::max(size, kBlockBytes);
        blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(left_));
        next_ = blocks_.back().get();
    }
    void* const place = next_;
    next_ += size;
    left_ -= size;
    return place;
}

const WordEntry* WordArena::store(const WordEntry& entry) {
    std::size_t glyph_count = 0;
    for (const WordPart& part : entry.parts) glyph_count += part.word.glyphs.size();
    const std::size_t parts_bytes = entry.parts.size() * sizeof(WordPart);
    // The text comes before the glyphs: comparing and writing a word seldom needs more than its first bytes.
    const std::size_t text_bytes = (entry.text.size() + alignof(Glyph) - 1) / alignof(Glyph) * alignof(Glyph);
    auto* const memory =
        static_cast<std::byte*>(allocate(sizeof(WordEntry) + parts_bytes + text_bytes + glyph_count * sizeof(Glyph)));
    auto* const parts = reinterpret_cast<WordPart*>(memory + sizeof(WordEntry));
    auto* const text = reinterpret_cast<char*>(memory + sizeof(WordEntry) + parts_bytes);
    auto* glyphs = reinterpret_cast<Glyph*>(text + text_bytes);
    std::copy(entry.text.begin(), entry.text.end(), text);
    const std::string_view stored_text(text, entry.text.size());
    for (std::size_t i = 0; i < entry.parts.size(); ++i) {
        WordPart* const part = new (&parts[i]) WordPart(entry.parts[i]);
        std::uninitialized_copy(part->word.glyphs.begin(), part->word.glyphs.end(), glyphs);
        part->word.glyphs = {glyphs, part->word.glyphs.size()};
        part->word.text = stored_text.substr(part->begin, part->end - part->begin);
        part->word.form = form_of(part->word);
        glyphs += part->word.glyphs.size();
    }
    return new (memory) WordEntry{entry.hash,
                                  entry.context,
                                  entry.missing,
                                  entry.split_mask,
                                  entry.hyphen_mask,
                                  stored_text,
                                  {parts, entry.parts.size()}};
}

WordTable::WordTable() : slots_(std::make_unique<std::atomic<const WordEntry*>[]>(kSlots)) {}

const WordEntry* WordTable::find(std::uint64_t hash, std::uint32_t context, std::string_view text) const {
    for (std::size_t probe = 0; probe < kProbesMax; ++probe) {
        const WordEntry* const entry = slots_[(hash + probe) & (kSlots - 1)].load(std::memory_order_acquire);
        if (entry == nullptr) return nullptr;
        if (entry->hash == hash && entry->context == context && entry->text == text) return entry;
    }
    return nullptr;
}

const WordEntry* WordTable::insert(const WordEntry& entry) {
    const MutexLock lock(mutex_);
    if (const WordEntry* const present = find(entry.hash, entry.context, entry.text)) return present;
    if (count_ >= kShapedWordsMax) return nullptr;
    for (std::size_t probe = 0; probe < kProbesMax; ++probe) {
        std::atomic<const WordEntry*>& slot = slots_[(entry.hash + probe) & (kSlots - 1)];
        if (slot.load(std::memory_order_relaxed) != nullptr) continue;
        const WordEntry* const stored = arena_.store(entry);
        slot.store(stored, std::memory_order_release);
        ++count_;
        return stored;
    }
    return nullptr;
}

bool WordTable::full() {
    const MutexLock lock(mutex_);
    return count_ >= kShapedWordsMax;
}

}  // namespace galley::document
