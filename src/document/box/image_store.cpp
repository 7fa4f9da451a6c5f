#include "document/box/image_store.h"

namespace galley::document {

Result<std::shared_ptr<const ImageData>> ImageStore::fetch(const std::string& url) const {
    if (loader_ == nullptr) return fail(ErrorCode::Forbidden, "no resources are allowed");
    GALLEY_TRY(SharedBytes bytes, loader_->load(url));
    return probe_image(std::move(bytes));
}

std::shared_ptr<const ImageData> ImageStore::get(std::string_view reference, std::vector<std::string>& warnings) {
    if (reference.empty()) return nullptr;
    const std::string url = resolve_url(base_url_, reference);
    if (const auto found = images_.find(url); found != images_.end()) return found->second;
    std::shared_ptr<const ImageData> image;
    if (auto fetched = fetch(url))
        image = std::move(*fetched);
    else
        warnings.push_back("image " + url.substr(0, 200) + " is left out: " + fetched.error().message);
    images_.emplace(url, image);
    return image;
}

}  // namespace galley::document
