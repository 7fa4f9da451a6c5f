// src/document/pdf/image_cache.h — images as they are embedded, kept between documents: a logo is decoded and packed
// once.
//
// Shape    find(digest of the file, level) → the packed image or null; keep(…) stores it.
// Owner    entries are shared with the documents that use them.
// Threads  any.
// Limits   kImageCacheBytesMax; images above kCachedImageBytesMax are not kept. When full it is emptied.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "base/digest.h"
#include "base/mutex.h"
#include "document/pdf/png_image.h"

namespace galley::document {

inline constexpr std::size_t kImageCacheBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kCachedImageBytesMax = 2 * 1024 * 1024;

struct PackedImage {
    PngImage image;      // without rows
    Bytes color, alpha;  // rows, deflated; empty where image.packed is the data, and where there is no alpha

    std::size_t size() const { return image.packed.size() + color.size() + alpha.size() + sizeof(PackedImage); }
};

class ImageCache {
 public:
    std::shared_ptr<const PackedImage> find(const Digest& digest, int deflate_level) const GALLEY_EXCLUDES(mutex_);
    void keep(const Digest& digest, int deflate_level, std::shared_ptr<const PackedImage> image)
        GALLEY_EXCLUDES(mutex_);

 private:
    using Key = std::pair<Digest, int>;

    mutable Mutex mutex_;
    std::map<Key, std::shared_ptr<const PackedImage>> images_ GALLEY_GUARDED_BY(mutex_);
    std::size_t bytes_ GALLEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace galley::document
