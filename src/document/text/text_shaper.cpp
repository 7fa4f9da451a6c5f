// The TextShaper: cuts text into pieces and looks every word up in the shared table; only new words are shaped.

#include <algorithm>
#include <cstring>
#include <set>
#include <unordered_map>

#include "document/text/bidi.h"
#include "document/text/document_faces.h"
#include "document/text/font_choice.h"
#include "document/text/font_store.h"
#include "document/text/line_break.h"
#include "document/text/utf8.h"
#include "document/text/word_shaper.h"

namespace galley::document {
namespace {

constexpr std::size_t kTokenBytesMax = 4096;  // longer ones are cut, so that no call to HarfBuzz takes long
constexpr std::size_t kMissingNamedMax = 50;
constexpr std::size_t kSharedWhileHeld = kShapedWordsMax / 4;  // of held words so many are shared all the same
constexpr std::size_t kKernedSpacesMax = 256;  // a few per face in real text; keeps the search short in any other

enum class Stop : std::uint8_t { Text, Space, Newline, Tab, SoftHyphen, Separator };

// What stands at `at` that ends a token; its length in bytes in `size`.
Stop stop_at(std::string_view text, std::size_t at, std::size_t& size) {
    const char c = text[at];
    size = 1;
    if (c == ' ') return Stop::Space;
    if (c == '\t') return Stop::Tab;
    if (c == '\n' || c == '\f' || c == '\v') return Stop::Newline;
    if (c == '\r') {
        if (at + 1 < text.size() && text[at + 1] == '\n') size = 2;
        return Stop::Newline;
    }
    if (c == '\xC2' && at + 1 < text.size() && (text[at + 1] == '\xAD' || text[at + 1] == '\x85')) {
        size = 2;
        return text[at + 1] == '\xAD' ? Stop::SoftHyphen : Stop::Separator;
    }
    if (c == '\xE2' && at + 2 < text.size() && text[at + 1] == '\x80' &&
        (text[at + 2] == '\xA8' || text[at + 2] == '\xA9')) {
        size = 3;
        return Stop::Separator;
    }
    return Stop::Text;
}

bool is_plain(char c) {  // cannot start anything stop_at() knows
    return c > ' ' || (static_cast<unsigned char>(c) >= 0x80 && c != '\xC2' && c != '\xE2');
}

// Bit i: a line may end before byte begin + i.
std::uint64_t cuts_between(const std::vector<BreakMark>& marks, std::size_t begin, std::size_t size) {
    static_assert(sizeof(BreakMark) == 1 && static_cast<int>(BreakMark::None) == 0);
    std::uint64_t mask = 0;
    std::size_t i = 1;
    for (std::uint64_t eight = 0; i + sizeof eight <= size; i += sizeof eight) {  // mostly there is none
        std::memcpy(&eight, &marks[begin + i], sizeof eight);
        if (eight != 0) break;
    }
    for (; i < size; ++i) mask |= static_cast<std::uint64_t>(marks[begin + i] != BreakMark::None ? 1 : 0) << i;
    return mask;
}

class HeldWords final : public WordHold {
 public:
    WordArena arena;
};

class Shaper final : public TextShaper {
 public:
    Shaper(FontStore& store, const std::vector<FontFaceRule>& faces, const ResourceLoader* loader)
        : store_(store), own_faces_(store, faces, loader), tables_{store.words()} {}

    const FontInstance& font(const InheritedStyle& style) override;
    bool shape(std::string_view text, const FontInstance& font, const InheritedStyle& style, char32_t previous,
               bool preserve_breaks, std::vector<Piece>& out, const std::uint8_t* levels) override;
    const ShapedWord& shape_word(std::string_view text, const FontInstance& font, const InheritedStyle& style) override;
    WordHold* hold(WordHold* hold) override { return std::exchange(hold_, static_cast<HeldWords*>(hold)); }
    std::unique_ptr<WordHold> make_hold() override { return std::make_unique<HeldWords>(); }
    const std::vector<std::string>& warnings() const override { return warnings_; }

 private:
    // Only make_hold() makes holds.
    WordArena& words() { return hold_ != nullptr ? hold_->arena : own_words_; }
    struct Request {  // one call of shape()
        std::string_view text;
        FontChoice& choice;
        bool preserve_breaks;
        const std::vector<BreakMark>& marks;
        const std::uint8_t* levels;  // null: all `level`
        std::uint8_t level;
        std::vector<Piece>& out;

        std::uint8_t level_at(std::size_t i) const { return levels == nullptr ? level : levels[i]; }
        bool breaks_at(std::size_t i) const { return marks[i] != BreakMark::None; }
    };

    std::size_t add_stop(Request& request, std::size_t at, Stop stop, std::size_t size);
    std::size_t add_space(Request& request, std::size_t at);
    std::size_t add_token(Request& request, std::size_t at);
    std::size_t token_end(const Request& request, std::size_t begin) const;
    const ShapedWord& spaces(FontChoice& choice, std::size_t count);
    const ShapedWord* space_word(const Request& request, std::size_t begin, std::size_t end);
    const Face* space_face(const Request& request, std::size_t begin, std::size_t end) const;
    const ShapedWord& spaces_of(const Face& face, FontChoice& choice, std::size_t count);
    const ShapedWord* kerned_space(const ShapedWord& plain, int kerning);

    const WordEntry& word(std::string_view text, FontChoice& choice, Direction direction, std::uint64_t split_mask);
    const WordEntry& new_word(std::string_view text, FontChoice& choice, Direction direction, std::uint64_t split_mask);
    const WordEntry& long_word(const Request& request, std::size_t begin, std::size_t end);
    void name_missing(const WordEntry& entry, FontChoice& choice);
    void name_language(const std::string& lang);

    FontStore& store_;
    DocumentFaces own_faces_;
    std::vector<std::shared_ptr<WordTable>> tables_;  // the last is in use; the others hold words given out
    WordArena own_words_;
    HeldWords* hold_ = nullptr;
    std::vector<const ShapedWord*> kerned_spaces_;
    std::vector<const ShapedWord*> other_spaces_;  // of faces that are not their style's first
    std::unordered_multimap<std::size_t, std::unique_ptr<FontChoice>> choices_;  // by FontChoice::hash
    std::vector<std::pair<const InheritedStyle*, FontChoice*>> recent_;          // a hint, verified by value
    LineBreaker breaker_;
    BidiLevels bidi_;
    WordShaper shaper_;
    std::vector<std::uint32_t> cuts_;
    std::set<char32_t> missing_;
    std::vector<std::string> warnings_;
};

const FontInstance& Shaper::font(const InheritedStyle& style) {
    constexpr std::size_t kRecentSlots = 64;
    if (recent_.empty()) recent_.resize(kRecentSlots);
    auto& [seen, choice] = recent_[(reinterpret_cast<std::uintptr_t>(&style) >> 5) % kRecentSlots];
    if (seen == &style && choice->fits(style)) return *choice;
    seen = &style;
    const std::size_t hash = FontChoice::hash(style);
    const auto [first, last] = choices_.equal_range(hash);
    for (auto known = first; known != last; ++known)
        if (known->second->fits(style)) return *(choice = known->second.get());
    std::vector<std::vector<RangedFace>> own;
    for (const std::string& family : style.font_families) own.push_back(own_faces_.find(family, style, warnings_));
    const auto fresh = choices_.emplace(hash, std::make_unique<FontChoice>(store_, style, std::move(own)));
    choice = fresh->second.get();
    if (choice->lacks_dictionary()) name_language(choice->lang());
    return *choice;
}

bool Shaper::shape(std::string_view text, const FontInstance& font, const InheritedStyle& style, char32_t previous,
                   bool preserve_breaks, std::vector<Piece>& out, const std::uint8_t* levels) {
    if (text.empty()) return false;
    // Only font() makes instances, so each of them is a FontChoice.
    FontChoice& choice = const_cast<FontChoice&>(static_cast<const FontChoice&>(font));
    const std::vector<BreakMark>& marks =
        breaker_.find(text, previous, {style.lang, style.rare->line_break, style.word_break == WordBreak::KeepAll});
    if (levels == nullptr && (style.direction == Direction::Rtl || needs_bidi(text)))
        levels = bidi_.find(text, style.direction == Direction::Rtl ? ParagraphBase::Rtl : ParagraphBase::Ltr).data();
    Request request{text, choice, preserve_breaks, marks, levels, 0, out};
    for (std::size_t at = 0; at < text.size();) {
        std::size_t size = 0;
        const Stop stop = stop_at(text, at, size);
        at = stop == Stop::Text ? add_token(request, at) : add_stop(request, at, stop, size);
    }
    return previous != 0 && marks[0] != BreakMark::None;
}

std::size_t Shaper::add_stop(Request& request, std::size_t at, Stop stop, std::size_t size) {
    const std::size_t end = at + size;
    const auto add = [&](PieceKind kind, bool break_after, const ShapedWord* word) {
        request.out.push_back({kind, break_after, request.level_at(at), static_cast<std::uint32_t>(at),
                               static_cast<std::uint32_t>(end), word});
        return end;
    };
    if (stop == Stop::Separator || (stop == Stop::Newline && request.preserve_breaks))
        return add(PieceKind::ForcedBreak, true, nullptr);
    if (stop == Stop::Tab && request.preserve_breaks) return add(PieceKind::Tab, request.breaks_at(end), nullptr);
    if (stop != Stop::SoftHyphen) return add_space(request, at);
    return add(PieceKind::SoftHyphen, request.breaks_at(end), nullptr);
}

std::size_t Shaper::add_space(Request& request, std::size_t at) {
    std::size_t end = at;
    while (end < request.text.size() && request.level_at(end) == request.level_at(at)) {
        std::size_t size = 0;
        const Stop stop = stop_at(request.text, end, size);
        if (stop != Stop::Space && (request.preserve_breaks || (stop != Stop::Newline && stop != Stop::Tab))) break;
        end += size;
    }
    const bool break_after = request.breaks_at(end);
    request.out.push_back({PieceKind::Space, break_after, request.level_at(at), static_cast<std::uint32_t>(at),
                           static_cast<std::uint32_t>(end), space_word(request, at, end)});
    return end;
}

const ShapedWord& Shaper::spaces(FontChoice& choice, std::size_t count) {
    constexpr std::string_view kSpaces = "                                ";
    if (count == 1 && choice.single_space != nullptr) return *choice.single_space;
    HeldWords* const outer = std::exchange(hold_, nullptr);  // spaces are remembered
    const WordEntry& entry =
        count <= kSpaces.size() ? word(kSpaces.substr(0, count), choice, Direction::Ltr, 0)
                                : *own_words_.store(shaper_.shape(std::string(count, ' '), choice, Direction::Ltr, {}));
    hold_ = outer;
    if (count == 1) choice.single_space = &entry.parts()[0].word;
    return entry.parts()[0].word;
}

// A space alone selects no face: that of the character before it draws it, at a text's start that of the one after it
// (as Pango does). Null: the style's first.
const Face* Shaper::space_face(const Request& request, std::size_t begin, std::size_t end) const {
    const Face* face = nullptr;
    if (begin > 0 && !request.out.empty() && request.out.back().end == begin && request.out.back().word != nullptr) {
        face = request.out.back().word->face;
    } else if (begin == 0 && end < request.text.size()) {
        std::size_t at = end;
        face = request.choice.face_for(decode_utf8(request.text, at));
    }
    if (face == nullptr || face == &request.choice.primary()) return nullptr;
    face = &face->unscaled();
    const bool letters = face->outlines() != Face::Outlines::Bitmap && face->glyph(U' ') != 0;
    return letters ? face : nullptr;
}

const ShapedWord& Shaper::spaces_of(const Face& face, FontChoice& choice, std::size_t count) {
    for (const ShapedWord* const known : other_spaces_)
        if (known->face == &face && known->text.size() == count) return *known;
    const std::string text(count, ' ');  // the entry points into it
    const WordEntry& entry = shaper_.shape_with(face, text, choice, Direction::Ltr);
    const ShapedWord& made = own_words_.store(entry)->parts()[0].word;
    if (other_spaces_.size() < kKernedSpacesMax) other_spaces_.push_back(&made);
    return made;
}

const ShapedWord* Shaper::space_word(const Request& request, std::size_t begin, std::size_t end) {
    if (const Face* const other = space_face(request, begin, end))
        return &spaces_of(*other, request.choice, end - begin);
    const Face& face = request.choice.primary();
    const ShapedWord& plain = spaces(request.choice, end - begin);
    if (!face.kerns_spaces() || request.level_at(begin) != 0 || plain.face != &face) return &plain;
    int kerning = 0;
    if (begin > 0 && !request.out.empty() && request.out.back().end == begin && request.out.back().word != nullptr &&
        request.out.back().word->face == &face)
        kerning += face.kerning_before_space(static_cast<unsigned char>(request.text[begin - 1]));
    if (end < request.text.size()) kerning += face.kerning_after_space(static_cast<unsigned char>(request.text[end]));
    return kerning == 0 ? &plain : kerned_space(plain, kerning);
}

const ShapedWord* Shaper::kerned_space(const ShapedWord& plain, int kerning) {
    for (const ShapedWord* const space : kerned_spaces_)
        if (space->face == plain.face && space->text == plain.text && space->advance == plain.advance + kerning)
            return space;
    if (kerned_spaces_.size() >= kKernedSpacesMax) return &plain;
    std::vector<Glyph> glyphs(plain.glyphs.begin(), plain.glyphs.end());
    if (!glyphs.empty()) glyphs.back().advance += kerning;
    const WordPart part{
        {plain.face, plain.text, glyphs, plain.advance + kerning}, 0, static_cast<std::uint32_t>(plain.text.size())};
    WordEntry entry;
    entry.set_text(plain.text);
    entry.set_parts({&part, 1});
    kerned_spaces_.push_back(&own_words_.store(entry)->parts()[0].word);
    return kerned_spaces_.back();
}

std::size_t Shaper::token_end(const Request& request, std::size_t begin) const {
    const std::string_view text = request.text;
    const std::size_t limit = std::min(text.size(), begin + kTokenBytesMax);
    std::size_t end = begin;
    for (std::size_t size = 0; end < limit; ++end) {
        if (!is_plain(text[end]) && stop_at(text, end, size) != Stop::Text) break;
        if (request.levels != nullptr && request.levels[end] != request.levels[begin]) break;
    }
    if (end == limit && end < text.size())
        while (end > begin + 1 && is_utf8_continuation(text[end])) --end;
    return end;
}

std::size_t Shaper::add_token(Request& request, std::size_t begin) {
    const std::size_t end = token_end(request, begin);
    const std::size_t size = end - begin;
    const std::uint8_t level = request.level_at(begin);
    const Direction direction = level % 2 == 0 ? Direction::Ltr : Direction::Rtl;
    const WordEntry* entry = nullptr;
    if (size <= kCachedWordBytesMax) {
        const std::uint64_t split_mask = cuts_between(request.marks, begin, size);
        entry = &word(request.text.substr(begin, size), request.choice, direction, split_mask);
    } else {
        entry = &long_word(request, begin, end);
    }
    for (const WordPart& part : entry->parts()) {
        const auto part_end = static_cast<std::uint32_t>(begin + part.end);
        const bool break_after = request.breaks_at(part_end);
        request.out.push_back({PieceKind::Word, break_after, level, static_cast<std::uint32_t>(begin + part.begin),
                               part_end, &part.word});
        if (entry->hyphen_mask != 0 && !break_after && part.end < size && (entry->hyphen_mask >> part.end & 1) != 0)
            request.out.push_back({PieceKind::SoftHyphen, true, level, part_end, part_end, nullptr});
    }
    return end;
}

const WordEntry& Shaper::word(std::string_view text, FontChoice& choice, Direction direction,
                              std::uint64_t split_mask) {
    const std::uint32_t context = choice.context(direction);
    const std::uint64_t hash = hash_word(context, text);
    const WordTable& table = *tables_.back();
    // OPTIMIZATION: most words of many rows are new.
    const bool known = hold_ == nullptr || table.may_hold(hash);
    const WordEntry* const found = known ? table.find(hash, context, text) : nullptr;
    if (found == nullptr || found->split_mask != split_mask) [[unlikely]]
        return new_word(text, choice, direction, split_mask);
    if (found->missing) [[unlikely]]
        name_missing(*found, choice);
    return *found;
}

const WordEntry& Shaper::new_word(std::string_view text, FontChoice& choice, Direction direction,
                                  std::uint64_t split_mask) {
    cuts_.clear();
    const std::uint64_t hyphen_mask = choice.hyphen_mask(text);
    for (std::uint32_t i = 1; i < text.size() && i < kCachedWordBytesMax; ++i)
        if (((split_mask | hyphen_mask) >> i & 1) != 0) cuts_.push_back(i);
    WordEntry entry = shaper_.shape(text, choice, direction, cuts_);
    entry.context = choice.context(direction);
    const std::uint64_t hash = hash_word(entry.context, text);
    entry.split_mask = split_mask;
    entry.hyphen_mask = hyphen_mask;
    if (entry.missing) name_missing(entry, choice);
    if (hold_ != nullptr && tables_.back()->size() >= kSharedWhileHeld) return *hold_->arena.store(entry);
    const WordEntry* stored = tables_.back()->insert(hash, entry);
    if (stored == nullptr && tables_.back()->size() >= kShapedWordsMax) {
        tables_.push_back(store_.replace_words(tables_.back()));
        stored = tables_.back()->insert(hash, entry);
    }
    // Cut elsewhere by its surroundings (or no room at all): this render keeps its own copy.
    return stored != nullptr && stored->split_mask == split_mask ? *stored : *words().store(entry);
}

const WordEntry& Shaper::long_word(const Request& request, std::size_t begin, std::size_t end) {
    cuts_.clear();
    for (std::size_t i = begin + 1; i < end; ++i)
        if (request.breaks_at(i)) cuts_.push_back(static_cast<std::uint32_t>(i - begin));
    const Direction direction = request.level_at(begin) % 2 == 0 ? Direction::Ltr : Direction::Rtl;
    const WordEntry& entry = shaper_.shape(request.text.substr(begin, end - begin), request.choice, direction, cuts_);
    if (entry.missing) name_missing(entry, request.choice);
    return *words().store(entry);
}

const ShapedWord& Shaper::shape_word(std::string_view text, const FontInstance& font, const InheritedStyle& style) {
    FontChoice& choice = const_cast<FontChoice&>(static_cast<const FontChoice&>(font));
    text = text.substr(0, kTokenBytesMax);
    const bool right_to_left = needs_bidi(text) && style.direction == Direction::Rtl;
    const Direction direction = right_to_left ? Direction::Rtl : Direction::Ltr;
    if (text.size() <= kCachedWordBytesMax) {
        const WordEntry& entry = word(text, choice, direction, 0);
        if (entry.parts().size() == 1) return entry.parts()[0].word;
    }
    const Face* face = nullptr;
    for (std::size_t at = 0; at < text.size() && face == nullptr;) face = choice.face_for(decode_utf8(text, at));
    const WordEntry& entry = shaper_.shape_with(face != nullptr ? *face : choice.primary(), text, choice, direction);
    return words().store(entry)->parts()[0].word;
}

void Shaper::name_language(const std::string& lang) {
    constexpr std::size_t kShownMax = 35;  // the longest tag that makes sense
    const std::string warning =
        "hyphens: auto: no dictionary for the language \"" + lang.substr(0, kShownMax) + "\" is installed";
    if (std::ranges::find(warnings_, warning) == warnings_.end()) warnings_.push_back(warning);
}

void Shaper::name_missing(const WordEntry& entry, FontChoice& choice) {
    for (std::size_t at = 0; at < entry.text().size() && missing_.size() < kMissingNamedMax;) {
        const char32_t c = decode_utf8(entry.text(), at);
        if (choice.face_for(c) != nullptr || !missing_.insert(c).second) continue;
        constexpr char kHex[] = "0123456789ABCDEF";
        std::string code;
        for (int shift = c > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) code += kHex[c >> shift & 0xF];
        std::string shown;
        append_utf8(shown, c);
        warnings_.push_back("no font has the character U+" + code + " (" + shown + ")");
    }
}

}  // namespace

std::unique_ptr<TextShaper> TextShaper::create(FontLibrary& library, const std::vector<FontFaceRule>& faces,
                                               const ResourceLoader* loader) {
    // FontLibrary::create is the only maker of libraries.
    return std::make_unique<Shaper>(static_cast<FontStore&>(library), faces, loader);
}

}  // namespace galley::document
