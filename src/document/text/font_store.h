// src/document/text/font_store.h — what the process keeps about fonts between renders: the FontLibrary behind its
// interface.
//
// Shape    system_face(wish) and fallback_face(c, wish) answer from memory after the first time; document_face(bytes)
//          serves @font-face files by content, WOFF unpacked; named_face(name) serves local(); context(key) numbers
//          what shaping depends on; words() is the current word table.
// Errors   none: what cannot be found or read is a null face. document_face: InvalidInput, LimitExceeded.
// Owner    faces of system fonts live as long as the store; document faces and word tables are shared with their users.
// Threads  any; one mutex over maps, held while a file is read.
// Limits   kDocumentFacesMax faces kept, kContextsMax context numbers and kFallbacksMax answers remembered,
//          kFontFileBytesMax.
#pragma once

#include <hb.h>

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <unordered_map>

#include "base/digest.h"
#include "base/mutex.h"
#include "document/text/font_directory.h"
#include "document/text/hyphenation.h"
#include "document/text/loaded_face.h"
#include "document/text/scaled_face.h"
#include "document/text/shaper.h"
#include "document/text/word_table.h"

namespace galley::document {

inline constexpr std::size_t kDocumentFacesMax = 64;
inline constexpr std::size_t kContextsMax = 4096;
inline constexpr std::size_t kFallbacksMax = 100'000;
inline constexpr std::size_t kLanguageTagsMax = 128;
inline constexpr std::size_t kScaledFacesMax = 512;
inline constexpr double kSmallCapsScale = 0.8;
inline constexpr std::size_t kFontFileBytesMax = 64 * 1024 * 1024;

class FontStore final : public FontLibrary {
 public:
    explicit FontStore(const FontSource& source) : source_(source) {}

    FontAttachment& attachment(std::unique_ptr<FontAttachment> (*make)()) override;

    const Face* system_face(const FontWish& wish, const std::string& variations = {})
        GALLEY_EXCLUDES(mutex_);  // null: no such family
    const Face* named_face(const std::string& name, const FaceWish& wish) GALLEY_EXCLUDES(mutex_);
    const Face* fallback_face(char32_t code_point, const FontWish& wish) GALLEY_EXCLUDES(mutex_);
    Result<std::shared_ptr<const Face>> document_face(const SharedBytes& file, const FaceWish& wish)
        GALLEY_EXCLUDES(mutex_);

    const HyphenationDictionary* hyphenation(std::string_view lang) GALLEY_EXCLUDES(mutex_);  // null: none

    // The face at kSmallCapsScale of its size; null: kScaledFacesMax are made already.
    const Face* small_caps_face(const Face& face) GALLEY_EXCLUDES(mutex_);
    // HarfBuzz's language for an OpenType tag; it keeps each name for ever, so only kLanguageTagsMax are made.
    hb_language_t override_language(const std::string& tag) GALLEY_EXCLUDES(mutex_);

    // Equal keys have equal numbers while remembered; a number is never used again for another key.
    std::uint32_t context(const std::string& key) GALLEY_EXCLUDES(mutex_);
    std::shared_ptr<WordTable> words() GALLEY_EXCLUDES(mutex_);
    // A fresh table in place of `full` (unless another thread has put one there already).
    std::shared_ptr<WordTable> replace_words(const std::shared_ptr<WordTable>& full) GALLEY_EXCLUDES(mutex_);

 private:
    using FaceKey =
        std::tuple<std::string, unsigned, std::string, bool, bool>;  // path, index, variations, bold, oblique

    const Face* load(const FontFileRef& ref, const std::string& variations) GALLEY_REQUIRES(mutex_);
    const SharedBytes* file(const std::string& path) GALLEY_REQUIRES(mutex_);

    const FontSource& source_;
    FontDirectory directory_;
    Mutex mutex_;
    std::unique_ptr<FontAttachment> attachment_ GALLEY_GUARDED_BY(mutex_);
    std::map<std::string, SharedBytes> files_ GALLEY_GUARDED_BY(mutex_);
    std::map<FaceKey, std::shared_ptr<const Face>> faces_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_map<std::string, const Face*> matches_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_map<std::string, const Face*> fallbacks_ GALLEY_GUARDED_BY(mutex_);
    using DocumentKey = std::tuple<Digest, bool, bool, std::string>;  // bold, oblique, variations
    std::map<DocumentKey, std::shared_ptr<const Face>> document_faces_ GALLEY_GUARDED_BY(mutex_);
    std::unordered_map<std::string, std::uint32_t> contexts_ GALLEY_GUARDED_BY(mutex_);
    std::uint32_t next_context_ GALLEY_GUARDED_BY(mutex_) = 1;
    // By the face's id, which is never used again.
    std::map<std::uint32_t, std::unique_ptr<ScaledFace>> scaled_faces_ GALLEY_GUARDED_BY(mutex_);
    std::map<std::string, hb_language_t> languages_ GALLEY_GUARDED_BY(mutex_);
    HyphenationLibrary hyphenation_ GALLEY_GUARDED_BY(mutex_);
    std::shared_ptr<WordTable> words_ GALLEY_GUARDED_BY(mutex_);
};

}  // namespace galley::document
