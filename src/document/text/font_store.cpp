#include "document/text/font_store.h"

#include "document/text/utf8.h"

namespace galley::document {
namespace {

constexpr std::size_t kMatchesMax = 10'000;

std::string wish_key(const FontWish& wish) {
    std::string key = wish.family;
    key += '\0';
    key += std::to_string(wish.weight * 1000 + wish.stretch_percent);
    key += static_cast<char>('0' + static_cast<int>(wish.style));
    return key;
}

bool is_packed_web_font(std::string_view bytes) {
    return bytes.starts_with("wOFF") || bytes.starts_with("wOF2");
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

const Face* FontStore::load(const FontFileRef& ref) {
    const FaceWish wish{ref.index, ref.variations, ref.synthetic_bold, ref.synthetic_oblique};
    const FaceKey key{ref.path, ref.index, ref.variations, wish.synthetic_bold, wish.synthetic_oblique};
    if (const auto found = faces_.find(key); found != faces_.end()) return found->second.get();
    const SharedBytes* const bytes = file(ref.path);
    if (bytes == nullptr) return nullptr;
    Result<std::shared_ptr<const LoadedFace>> face = LoadedFace::create(*bytes, wish);
    if (!face) return nullptr;
    return faces_.emplace(key, *std::move(face)).first->second.get();
}

const Face* FontStore::system_face(const FontWish& wish) {
    const MutexLock lock(mutex_);
    std::string key = wish_key(wish);
    if (const auto found = matches_.find(key); found != matches_.end()) return found->second;
    const std::optional<FontFileRef> ref = directory_.match(wish);
    const Face* const face = ref ? load(*ref) : nullptr;
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
    const Face* face = ref ? load(*ref) : nullptr;
    if (face != nullptr && face->glyph(code_point) == 0) face = nullptr;
    if (fallbacks_.size() >= kFallbacksMax) fallbacks_.clear();
    fallbacks_.emplace(std::move(key), face);
    return face;
}

Result<std::shared_ptr<const Face>> FontStore::document_face(const SharedBytes& bytes, const FaceWish& wish) {
    if (is_packed_web_font(bytes.view()))  // GAP: WOFF and WOFF2 are not unpacked yet
        return fail(ErrorCode::Unsupported, "WOFF and WOFF2 fonts are not supported; use TrueType or OpenType");
    if (bytes.size() > kFontFileBytesMax) return fail(ErrorCode::LimitExceeded, "the font file is too large");
    const std::tuple key{sha256(bytes.view()), wish.synthetic_bold, wish.synthetic_oblique};
    const MutexLock lock(mutex_);
    if (const auto found = document_faces_.find(key); found != document_faces_.end()) return found->second;
    GALLEY_TRY(const std::shared_ptr<const Face> face, LoadedFace::create(bytes, wish));
    if (document_faces_.size() >= kDocumentFacesMax) document_faces_.clear();  // renders in progress hold their own
    document_faces_.emplace(key, face);
    return face;
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
