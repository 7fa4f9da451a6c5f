// src/document/pdf/document_images.h — the images of one document, each embedded once.
//
// Shape    embed(image) → the XObject. The same ImageData, and files of equal bytes, give the same object.
// Errors   embed: InvalidInput (does not decode), Unsupported (kind of image), LimitExceeded (kImagePixelsMax).
//          Errors are kept, so a broken image is looked at once.
// Owner    keeps the ImageData it has seen, so that addresses stay unique.
// Threads  one.
// Source   ISO 32000-1 §8.9.5, §11.6.5.3 (soft-mask images).
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "base/digest.h"
#include "document/geometry/image_info.h"
#include "document/pdf/pdf_file.h"

namespace galley::document {

inline constexpr std::int64_t kImagePixelsMax = 64'000'000;

class DocumentImages {
 public:
    explicit DocumentImages(PdfFile& file) : file_(file) {}
    Result<ObjectId> embed(const std::shared_ptr<const ImageData>& image);

 private:
    Result<ObjectId> embed_new(const ImageData& image);

    PdfFile& file_;
    struct Seen {
        std::shared_ptr<const ImageData> image;
        Digest digest;
    };
    std::unordered_map<const ImageData*, Seen> seen_;
    std::map<Digest, Result<ObjectId>> objects_;
};

}  // namespace galley::document
