#include "document/box/image_store.h"

namespace galley::document {

namespace {

constexpr std::size_t kWarningsMax = 200;

std::shared_ptr<const ImageData> drawing_image(std::shared_ptr<const VectorImage> vector) {
    auto image = std::make_shared<ImageData>();
    image->vector = std::move(vector);
    return image;
}

}  // namespace

void ImageStore::warn(std::string text) {
    if (warnings_.size() < kWarningsMax && std::ranges::find(warnings_, text) == warnings_.end())
        warnings_.push_back(std::move(text));
}

Result<std::shared_ptr<const ImageData>> ImageStore::fetch(const std::string& url) {
    if (loader_ == nullptr) return fail(ErrorCode::Forbidden, "no resources are allowed");
    GALLEY_TRY(SharedBytes bytes, loader_->load(url));
    if (!looks_like_svg(bytes.view())) return probe_image(std::move(bytes));
    GALLEY_TRY(std::shared_ptr<const VectorImage> vector, parse_svg(bytes.view(), url, *this));
    return drawing_image(std::move(vector));
}

std::shared_ptr<const ImageData> ImageStore::get(std::string_view reference) {
    if (reference.empty()) return nullptr;
    const std::string url = resolve_url(base_url_, reference);
    if (const auto found = images_.find(url); found != images_.end()) return found->second;
    std::shared_ptr<const ImageData> image;
    if (auto fetched = fetch(url))
        image = std::move(*fetched);
    else
        warn("image " + url.substr(0, 200) + " is left out: " + fetched.error().message);
    images_.emplace(url, image);
    return image;
}

std::shared_ptr<const ImageData> ImageStore::inline_svg(const Node& element, const StyledDocument& styled) {
    std::shared_ptr<const ImageData>& image = inline_[&element];
    if (image) return image;
    if (!ids_) ids_ = collect_ids(styled.dom());
    image = drawing_image(make_inline_svg({&element, &styled, &*ids_, base_url_}, *this));
    return image;
}

}  // namespace galley::document
