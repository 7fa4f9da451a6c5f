#include "document/pdf/image_cache.h"

namespace galley::document {

std::shared_ptr<const PackedImage> ImageCache::find(const Digest& digest, int deflate_level) const {
    const MutexLock lock(mutex_);
    const auto found = images_.find(Key(digest, deflate_level));
    return found == images_.end() ? nullptr : found->second;
}

void ImageCache::keep(const Digest& digest, int deflate_level, std::shared_ptr<const PackedImage> image) {
    const std::size_t size = image->size();
    if (size > kCachedImageBytesMax) return;
    const MutexLock lock(mutex_);
    if (bytes_ + size > kImageCacheBytesMax) {
        images_.clear();
        bytes_ = 0;
    }
    if (images_.try_emplace(Key(digest, deflate_level), std::move(image)).second) bytes_ += size;
}

}  // namespace galley::document
