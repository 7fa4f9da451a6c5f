#include "document/pdf/document_images.h"

#include <utility>

#include "document/pdf/number_text.h"
#include "document/pdf/png_image.h"

namespace galley::document {
namespace {

constexpr std::string_view kSmooth = "/Interpolate true";

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

ObjectId embed_jpeg(PdfFile& file, const ImageData& image, bool smooth) {
    const bool turned = image.orientation >= 5;
    const int width = turned ? image.height_px : image.width_px, height = turned ? image.width_px : image.height_px;
    std::string entries = head(width, height, 8, device_space(image.components)) + "/Filter/DCTDecode";
    if (smooth) entries += kSmooth;
    if (image.components == 4 && has_adobe_segment(image.bytes.view())) entries += "/Decode[1 0 1 0 1 0 1 0]";
    return file.add_stream(entries, image.bytes.view());
}

std::string hex_string(std::string_view bytes) {
    return "<" + hex_encode(bytes) + ">";
}

PackedImage pack(PdfFile& file, PngImage image) {
    PackedImage packed;
    if (image.packed.empty()) packed.color = file.deflated(std::exchange(image.color, {}));
    if (!image.alpha.empty()) packed.alpha = file.deflated(std::exchange(image.alpha, {}));
    packed.image = std::move(image);
    return packed;
}

ObjectId embed_packed(PdfFile& file, const PackedImage& packed, bool smooth) {
    constexpr const char* kDeflated = "/Filter/FlateDecode";
    const PngImage& png = packed.image;
    std::string space = device_space(png.components);
    if (!png.palette.empty())
        space = "[/Indexed/DeviceRGB " + std::to_string(png.palette.size() / 3 - 1) + hex_string(png.palette) + "]";
    std::string entries = head(png.width, png.height, png.bits, space);
    if (smooth) entries += kSmooth;
    if (!packed.alpha.empty()) {
        const ObjectId mask = file.add_stream(head(png.width, png.height, 8, "/DeviceGray") + kDeflated, packed.alpha);
        entries += "/SMask " + reference(mask);
    }
    if (!png.key.empty()) {
        entries += "/Mask[";
        for (const int value : png.key) entries += std::to_string(value) + ' ' + std::to_string(value) + ' ';
        entries.back() = ']';
    }
    entries += kDeflated;
    if (png.packed.empty()) return file.add_stream(entries, packed.color);
    entries += "/DecodeParms<</Predictor 15/Columns " + std::to_string(png.width) + "/Colors " +
               std::to_string(png.components) + "/BitsPerComponent " + std::to_string(png.bits) + ">>";
    return file.add_stream(entries, png.packed);
}

Result<PngImage> as_png(Result<RasterImage> raster) {
    if (!raster) return std::unexpected(raster.error());
    PngImage image;
    image.width = raster->width;
    image.height = raster->height;
    image.color = std::move(raster->color);
    image.alpha = std::move(raster->alpha);
    return image;
}

Result<PngImage> decode(const ImageData& image) {
    if (image.format == ImageData::Format::Gif) return as_png(read_gif(image.bytes.view()));
    if (image.format == ImageData::Format::Webp) return as_png(read_webp(image.bytes.view()));
    return read_png(image.bytes.view());
}

}  // namespace

// Exif 2.3 table 2, "orientation": where row 0 and column 0 of the stored picture belong.
Matrix orientation_matrix(int orientation) {
    switch (orientation) {
        case 2:
            return {-1, 0, 0, 1, 1, 0};
        case 3:
            return {-1, 0, 0, -1, 1, 1};
        case 4:
            return {1, 0, 0, -1, 0, 1};
        case 5:
            return {0, -1, -1, 0, 1, 1};
        case 6:
            return {0, -1, 1, 0, 0, 1};
        case 7:
            return {0, 1, 1, 0, 0, 0};
        case 8:
            return {0, 1, -1, 0, 1, 0};
        default:
            return {};
    }
}

std::string orientation_operator(int orientation) {
    const Matrix m = orientation_matrix(orientation);
    std::string out;
    for (const double value : {m.a, m.b, m.c, m.d, m.e, m.f}) {
        append_real(out, value, 0);
        out += ' ';
    }
    return out + "cm\n";
}

Result<ObjectId> DocumentImages::embed(const std::shared_ptr<const ImageData>& image, bool smooth) {
    const auto [place, is_new] = seen_.try_emplace(image.get());
    if (is_new) place->second = {image, sha256(image->bytes.view())};
    const std::pair key(place->second.digest, smooth);
    const auto found = objects_.find(key);
    if (found != objects_.end()) return found->second;
    return objects_.emplace(key, embed_new(*image, key.first, smooth)).first->second;
}

Result<std::shared_ptr<const PackedImage>> DocumentImages::packed(const ImageData& image, const Digest& digest) {
    if (auto known = cache_.find(digest, file_.level())) return known;
    GALLEY_TRY(PngImage decoded, decode(image));
    auto fresh = std::make_shared<const PackedImage>(pack(file_, std::move(decoded)));
    cache_.keep(digest, file_.level(), fresh);
    return fresh;
}

Result<ObjectId> DocumentImages::embed_new(const ImageData& image, const Digest& digest, bool smooth) {
    if (image.format == ImageData::Format::Jpeg) {
        if (image.components == 2) return fail(ErrorCode::Unsupported, "a JPEG of two colours");
        return embed_jpeg(file_, image, smooth);
    }
    GALLEY_TRY(const std::shared_ptr<const PackedImage> packed_image, packed(image, digest));
    return embed_packed(file_, *packed_image, smooth);
}

}  // namespace galley::document
