#include "document/pdf/document_images.h"

#include "document/pdf/png_image.h"

namespace galley::document {
namespace {

std::string head(int width, int height, int bits, const std::string& color_space) {
    return "/Type/XObject/Subtype/Image/Width " + std::to_string(width) + "/Height " + std::to_string(height) +
           "/BitsPerComponent " + std::to_string(bits) + "/ColorSpace" + color_space;
}

std::string device_space(int components) {
    return components == 1 ? "/DeviceGray" : components == 4 ? "/DeviceCMYK" : "/DeviceRGB";
}

// Adobe's CMYK files are inverted, and say so by an APP14 segment.
bool has_adobe_segment(std::string_view jpeg) {
    const std::size_t scan_start = jpeg.find("\xFF\xDA");
    return jpeg.substr(0, scan_start).find("Adobe") != std::string_view::npos;
}

ObjectId embed_jpeg(PdfFile& file, const ImageData& image) {
    std::string entries =
        head(image.width_px, image.height_px, 8, device_space(image.components)) + "/Filter/DCTDecode";
    if (image.components == 4 && has_adobe_segment(image.bytes.view())) entries += "/Decode[1 0 1 0 1 0 1 0]";
    return file.add_stream(entries, image.bytes.view());
}

std::string hex_string(std::string_view bytes) {
    return "<" + hex_encode(bytes) + ">";
}

ObjectId embed_png(PdfFile& file, const PngImage& png) {
    std::string space = device_space(png.components);
    if (!png.palette.empty())
        space = "[/Indexed/DeviceRGB " + std::to_string(png.palette.size() / 3 - 1) + hex_string(png.palette) + "]";
    std::string entries = head(png.width, png.height, png.bits, space);
    if (!png.alpha.empty()) {
        const ObjectId mask = file.add_deflated(head(png.width, png.height, 8, "/DeviceGray"), png.alpha);
        entries += "/SMask " + reference(mask);
    }
    if (!png.key.empty()) {
        entries += "/Mask[";
        for (const int value : png.key) entries += std::to_string(value) + ' ' + std::to_string(value) + ' ';
        entries.back() = ']';
    }
    if (png.packed.empty()) return file.add_deflated(entries, png.color);
    entries += "/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns " + std::to_string(png.width) + "/Colors " +
               std::to_string(png.components) + "/BitsPerComponent " + std::to_string(png.bits) + ">>";
    return file.add_stream(entries, png.packed);
}

}  // namespace

Result<ObjectId> DocumentImages::embed(const std::shared_ptr<const ImageData>& image) {
    const auto [place, is_new] = seen_.try_emplace(image.get());
    if (is_new) place->second = {image, sha256(image->bytes.view())};
    const Digest& digest = place->second.digest;
    const auto found = objects_.find(digest);
    if (found != objects_.end()) return found->second;
    return objects_.emplace(digest, embed_new(*image)).first->second;
}

Result<ObjectId> DocumentImages::embed_new(const ImageData& image) {
    if (image.format == ImageData::Format::Jpeg) {
        if (image.components == 2) return fail(ErrorCode::Unsupported, "a JPEG of two colours");
        return embed_jpeg(file_, image);
    }
    GALLEY_TRY(const PngImage png, read_png(image.bytes.view()));
    return embed_png(file_, png);
}

}  // namespace galley::document
