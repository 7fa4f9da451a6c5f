// src/document/box/image_store.h — loads each image of a document once and says what it is: pixels or a drawing.
//
// Shape    get(reference) for images by URL, inline_svg(element) for drawings in the document itself.
// Errors   none: an image that cannot be had is null, with one warning per URL.
// Owner    borrows loader, shaper and styled document for its life; images point back to it.
// Threads  one render, one thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/geometry/image_info.h"
#include "document/resource_loader.h"
#include "document/style/style_engine.h"
#include "document/svg/svg_image.h"

namespace galley::document {

class ImageStore final : public SvgResources {
 public:
    // Without a shaper drawings can be measured, not drawn.
    ImageStore(const ResourceLoader* loader, std::string base_url, TextShaper* shaper)
        : loader_(loader), base_url_(std::move(base_url)), shaper_(shaper) {}
    ImageStore(const ImageStore&) = delete;
    ImageStore& operator=(const ImageStore&) = delete;

    // `reference` may be relative to the document.
    std::shared_ptr<const ImageData> get(std::string_view reference);
    std::shared_ptr<const ImageData> inline_svg(const Node& element, const StyledDocument& styled);
    std::vector<std::string> take_warnings() { return std::move(warnings_); }

    // SvgResources
    TextShaper& shaper() override { return *shaper_; }
    std::shared_ptr<const ImageData> image(std::string_view absolute_url) override { return get(absolute_url); }
    void warn(std::string text) override;

 private:
    Result<std::shared_ptr<const ImageData>> fetch(const std::string& url);
    const ResourceLoader* loader_;
    std::string base_url_;
    TextShaper* shaper_;
    std::map<std::string, std::shared_ptr<const ImageData>, std::less<>> images_;
    std::map<const Node*, std::shared_ptr<const ImageData>> inline_;
    std::optional<SvgIds> ids_;
    std::vector<std::string> warnings_;
};

}  // namespace galley::document
