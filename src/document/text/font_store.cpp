#include "document/text/font_store.h"

#include <hb-ot.h>

#include "document/text/utf8.h"
#include "document/text/web_font.h"

namespace galley::document {
namespace {

constexpr std::size_t kMatchesMax = 10'000;

std::string wish_key(const FontWish& wish) {
    std::string key = wish.family;
    key += '\0';
    key += std::to_string(wish.weight * 1000 + wish.stretch_percent);
    key += static_cast<char>('0' + static_cast<int>(wish.style));
    if (!wish.lang.empty()) key += wish.lang + '\0';
    if (wish.substitute) key += "~";
    for (const std::string& family : wish.others) key += family + '\0';
    return key;
}

}  // namespace

std::unique_ptr<FontLibrary> FontLibrary::create(const FontSource& source) {
    return std::make_unique<FontStore>(source);
}

FontAttachment& FontStore::attachment(std::unique_ptr<FontAttachment> (*make)()) {
    const MutexLock lock(mutex_);
    if (!attachment_) attachment_ = make();
    return *attachment_;
}

const SharedBytes* FontStore::file(const std::string& path) {
    const auto found = files_.find(path);
    if (found != files_.end()) return &found->second;
    Result<Bytes> bytes = source_.read(path);
    if (!bytes || bytes->size() > kFontFileBytesMax) return nullptr;
    return &files_.emplace(path, SharedBytes(std::move(*bytes))).first->second;
}

const Face* FontStore::load(const FontFileRef& ref, const std::string& variations) {
    FaceWish wish{ref.index, ref.variations, ref.synthetic_bold, ref.synthetic_oblique};
    if (!variations.empty()) wish.variations += (wish.variations.empty() ? "" : ",") + variations;
    const FaceKey key{ref.path, ref.index, wish.variations, wish.synthetic_bold, wish.synthetic_oblique};
    if (const auto found = faces_.find(key); found != faces_.end()) return found->second.get();
    const SharedBytes* const bytes = file(ref.path);
    if (bytes == nullptr) return nullptr;
    Result<std::shared_ptr<const LoadedFace>> face = LoadedFace::create(*bytes, wish);
    if (!face) return nullptr;
    return faces_.emplace(key, *std::move(face)).first->second.get();
}

const Face* FontStore::named_face(const std::string& name, const FaceWish& wish) {
    const MutexLock lock(mutex_);
    std::optional<FontFileRef> ref = directory_.named(name);
    if (!ref) return nullptr;
    ref->synthetic_bold = wish.synthetic_bold;
    ref->synthetic_oblique = wish.synthetic_oblique;
    return load(*ref, wish.variations);
}

const Face* FontStore::system_face(const FontWish& wish, const std::string& variations) {
    const MutexLock lock(mutex_);
    std::string key = wish_key(wish);
    key.append(1, '\0').append(variations);
    if (const auto found = matches_.find(key); found != matches_.end()) return found->second;
    const std::optional<FontFileRef> ref = directory_.match(wish);
    const Face* const face = ref ? load(*ref, variations) : nullptr;
    if (matches_.size() >= kMatchesMax) matches_.clear();
    matches_.emplace(std::move(key), face);
    return face;
}

const Face* FontStore::fallback_face(char32_t code_point, const FontWish& wish) {
    const MutexLock lock(mutex_);
    std::string key = wish_key(wish);
    append_utf8(key, code_point);
    if (const auto found = fallbacks_.find(key); found != fallbacks_.end()) return found->second;
    const std::optional<FontFileRef> ref = directory_.fallback(code_point, wish);
    const Face* face = ref ? load(*ref, {}) : nullptr;
    if (face != nullptr && face->glyph(code_point) == 0) face = nullptr;
    if (fallbacks_.size() >= kFallbacksMax) fallbacks_.clear();
    fallbacks_.emplace(std::move(key), face);
    return face;
}

Result<std::shared_ptr<const Face>> FontStore::document_face(const SharedBytes& bytes, const FaceWish& wish) {
    if (bytes.size() > kFontFileBytesMax) return fail(ErrorCode::LimitExceeded, "the font file is too large");
    const DocumentKey key{sha256(bytes.view()), wish.synthetic_bold, wish.synthetic_oblique, wish.variations};
    const MutexLock lock(mutex_);
    if (const auto found = document_faces_.find(key); found != document_faces_.end()) return found->second;
    GALLEY_TRY(const SharedBytes font, unpack_font(bytes, kFontFileBytesMax));
    GALLEY_TRY(const std::shared_ptr<const Face> face, LoadedFace::create(font, wish));
    if (document_faces_.size() >= kDocumentFacesMax) document_faces_.clear();  // renders in progress hold their own
    document_faces_.emplace(key, face);
    return face;
}

const HyphenationDictionary* FontStore::hyphenation(std::string_view lang) {
    const MutexLock lock(mutex_);
    return hyphenation_.find(lang, source_);
}

const Face* FontStore::small_caps_face(const Face& face) {
    const MutexLock lock(mutex_);
    if (const auto found = scaled_faces_.find(face.id()); found != scaled_faces_.end()) return found->second.get();
    if (scaled_faces_.size() >= kScaledFacesMax) return nullptr;
    return scaled_faces_.emplace(face.id(), std::make_unique<ScaledFace>(face, kSmallCapsScale)).first->second.get();
}

hb_language_t FontStore::override_language(const std::string& tag) {
    const MutexLock lock(mutex_);
    if (const auto found = languages_.find(tag); found != languages_.end()) return found->second;
    if (languages_.size() >= kLanguageTagsMax) return HB_LANGUAGE_INVALID;
    const hb_language_t language = hb_ot_tag_to_language(hb_tag_from_string(tag.data(), static_cast<int>(tag.size())));
    return languages_.emplace(tag, language).first->second;
}

std::uint32_t FontStore::context(const std::string& key) {
    const MutexLock lock(mutex_);
    if (contexts_.size() >= kContextsMax) contexts_.clear();
    const auto [place, is_new] = contexts_.try_emplace(key, next_context_);
    if (is_new) ++next_context_;
    return place->second;
}

std::shared_ptr<WordTable> FontStore::words() {
    const MutexLock lock(mutex_);
    if (!words_) words_ = std::make_shared<WordTable>();
    return words_;
}

std::shared_ptr<WordTable> FontStore::replace_words(const std::shared_ptr<WordTable>& full) {
    const MutexLock lock(mutex_);
    if (words_ == full) words_ = std::make_shared<WordTable>();
    return words_;
}

}  // namespace galley::document
