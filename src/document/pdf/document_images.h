// src/document/pdf/document_images.h — the images of one document, each embedded once.
//
// Shape    embed(image) → the XObject. The same ImageData, and files of equal bytes, give the same object; what other
//          documents embedded before comes from the cache.
// Errors   embed: InvalidInput (does not decode), Unsupported (kind of image), LimitExceeded (kImagePixelsMax).
//          Errors are kept, so a broken image is looked at once.
// Owner    keeps the ImageData it has seen, so that addresses stay unique.
// Threads  one.
// Source   ISO 32000-1 §8.9.5, §11.6.5.3 (soft-mask images).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/digest.h"
#include "document/geometry/image_info.h"
#include "document/geometry/matrix.h"
#include "document/pdf/image_cache.h"
#include "document/pdf/pdf_file.h"
#include "document/pdf/raster_image.h"

namespace galley::document {

inline constexpr std::int64_t kImagePixelsMax = 64'000'000;

// From the unit square of the stored picture to that of the picture as it is to be seen; y upwards.
Matrix orientation_matrix(int orientation);
std::string orientation_operator(int orientation);  // "0 -1 1 0 0 1 cm\n"

class DocumentImages {
 public:
    DocumentImages(PdfFile& file, ImageCache& cache) : file_(file), cache_(cache) {}
    // `smooth`: viewers are asked to interpolate where they enlarge it.
    Result<ObjectId> embed(const std::shared_ptr<const ImageData>& image, bool smooth = true);

 private:
    Result<ObjectId> embed_new(const ImageData& image, const Digest& digest, bool smooth);
    Result<std::shared_ptr<const PackedImage>> packed(const ImageData& image, const Digest& digest);

    PdfFile& file_;
    ImageCache& cache_;
    struct Seen {
        std::shared_ptr<const ImageData> image;
        Digest digest;
    };
    std::unordered_map<const ImageData*, Seen> seen_;
    std::map<std::pair<Digest, bool>, Result<ObjectId>> objects_;
};

}  // namespace galley::document
