// src/document/pdf/font_cache.h — what the process keeps about embedding faces: codes of one-byte text, font programs
// ready to be written, compressors. Lives in the FontLibrary as its attachment.
//
// Shape    codes(face) → glyph and advance of each WinAnsi code. simple(face, blocks) and composite(face, glyphs) →
//          the deflated subset with all that its font dictionary needs.
// Errors   simple, composite: InvalidInput (the face's tables are broken).
// Owner    results are shared and immutable.
// Threads  any; building happens outside the lock, so two threads may build the same subset, and one is kept.
// Limits   kFontProgramBytesMax of cached programs, then all are dropped; kFaceCodesMax faces' codes.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/mutex.h"
#include "codec/deflate.h"
#include "document/pdf/image_cache.h"
#include "document/text/face.h"
#include "document/text/shaper.h"

namespace galley::document {

inline constexpr std::size_t kFontProgramBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kFaceCodesMax = 512;

struct FaceCodes {
    bool one_byte = false;  // static TrueType outlines: a simple font is possible
    std::array<std::uint16_t, 256> glyphs{};
    std::array<std::int32_t, 256> advances{};
    std::vector<std::uint16_t> cids;  // CID-keyed CFF: CID of each glyph; else empty = the glyph's number
};

struct FontProgram {
    enum class Kind : std::uint8_t { TrueType, Cff } kind = Kind::TrueType;
    Bytes deflated;
    std::size_t raw_bytes = 0;
    Digest digest;
    std::string subset_name;  // "ABCDEF+LiberationSans"
    std::string widths;       // simple: entries of /Widths from code 32; composite: of /W
    unsigned last_code = 0;   // simple
    Bytes cid_to_glyph;       // composite TrueType: deflated map, empty = identity
};

class FontCache final : public FontAttachment {
 public:
    static FontCache& of(FontLibrary& library);

    std::shared_ptr<const FaceCodes> codes(const Face& face) GALLEY_EXCLUDES(mutex_);
    Result<std::shared_ptr<const FontProgram>> simple(const Face& face, const FaceCodes& codes, std::uint8_t blocks)
        GALLEY_EXCLUDES(mutex_);
    // `glyphs` ascending.
    Result<std::shared_ptr<const FontProgram>> composite(const Face& face, const FaceCodes& codes,
                                                         std::span<const std::uint32_t> glyphs) GALLEY_EXCLUDES(mutex_);
    codec::DeflatePool& deflate() { return deflate_; }
    ImageCache& images() { return images_; }

 private:
    using Key = std::pair<std::uint32_t, std::string>;  // face, glyph set

    std::shared_ptr<const FontProgram> find(const Key& key) GALLEY_EXCLUDES(mutex_);
    std::shared_ptr<const FontProgram> keep(const Key& key, FontProgram program) GALLEY_EXCLUDES(mutex_);
    void pack(FontProgram& program, std::string_view bytes);

    codec::DeflatePool deflate_;
    ImageCache images_;
    Mutex mutex_;
    std::unordered_map<std::uint32_t, std::shared_ptr<const FaceCodes>> codes_ GALLEY_GUARDED_BY(mutex_);
    std::map<Key, std::shared_ptr<const FontProgram>> programs_ GALLEY_GUARDED_BY(mutex_);
    std::size_t program_bytes_ GALLEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace galley::document
