// src/document/box/image_store.h — loads each image of a document once and says how large it is.
//
// Errors   none: an image that cannot be had is null, with one warning per URL.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "document/geometry/image_info.h"
#include "document/resource_loader.h"

namespace galley::document {

class ImageStore {
 public:
    ImageStore(const ResourceLoader* loader, std::string base_url) : loader_(loader), base_url_(std::move(base_url)) {}
    // `reference` may be relative to the document.
    std::shared_ptr<const ImageData> get(std::string_view reference, std::vector<std::string>& warnings);

 private:
    Result<std::shared_ptr<const ImageData>> fetch(const std::string& url) const;
    const ResourceLoader* loader_;
    std::string base_url_;
    std::map<std::string, std::shared_ptr<const ImageData>, std::less<>> images_;
};

}  // namespace galley::document
