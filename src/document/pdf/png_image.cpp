#include "document/pdf/png_image.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "codec/deflate.h"
#include "document/pdf/document_images.h"

namespace galley::document {
namespace {

constexpr std::size_t kSignatureBytes = 8;

std::uint32_t u32(std::string_view bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}
unsigned u8(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

enum ColorType : unsigned { kGray = 0, kRgb = 2, kPalette = 3, kGrayAlpha = 4, kRgba = 6 };

struct Chunks {
    std::size_t width = 0, height = 0;
    unsigned bits = 0, color_type = 0;
    bool interlaced = false;
    std::string_view palette, transparency;
    Bytes data;

    std::size_t channels() const {
        constexpr std::size_t kChannels[7] = {1, 0, 3, 1, 2, 0, 4};
        return kChannels[color_type];
    }
    std::size_t row_bytes(std::size_t pixels) const { return (pixels * channels() * bits + 7) / 8; }
};

Result<void> read_header(std::string_view body, Chunks& out) {
    if (body.size() != 13) return fail(ErrorCode::InvalidInput, "the PNG header has a wrong size");
    out.width = u32(body, 0);
    out.height = u32(body, 4);
    out.bits = u8(body, 8);
    out.color_type = u8(body, 9);
    out.interlaced = u8(body, 12) != 0;
    if (out.width == 0 || out.height == 0 || out.width > kImageSideMax || out.height > kImageSideMax ||
        static_cast<std::int64_t>(out.width * out.height) > kImagePixelsMax)
        return fail(ErrorCode::LimitExceeded, "the PNG has too many pixels");
    const bool low = out.bits == 1 || out.bits == 2 || out.bits == 4;
    const bool known = (out.color_type == kGray && (low || out.bits == 8 || out.bits == 16)) ||
                       (out.color_type == kPalette && (low || out.bits == 8)) ||
                       ((out.color_type == kRgb || out.color_type == kGrayAlpha || out.color_type == kRgba) &&
                        (out.bits == 8 || out.bits == 16));
    if (!known || u8(body, 10) != 0 || u8(body, 11) != 0 || u8(body, 12) > 1)
        return fail(ErrorCode::InvalidInput, "the PNG header is not valid");
    return {};
}

Result<Chunks> read_chunks(std::string_view bytes) {
    Chunks chunks;
    std::size_t at = kSignatureBytes;
    while (at + 12 <= bytes.size()) {
        const std::size_t length = u32(bytes, at);
        const std::string_view type = bytes.substr(at + 4, 4);
        if (length > bytes.size() - at - 12) break;
        const std::string_view body = bytes.substr(at + 8, length);
        if (type == "IHDR") GALLEY_TRY_VOID(read_header(body, chunks));
        if (type == "PLTE") chunks.palette = body.substr(0, 256 * 3);
        if (type == "tRNS") chunks.transparency = body;
        if (type == "IDAT") chunks.data += body;
        if (type == "IEND") break;
        at += 12 + length;
    }
    if (chunks.width == 0 || chunks.data.empty()) return fail(ErrorCode::InvalidInput, "the PNG holds no image");
    if (chunks.color_type == kPalette && (chunks.palette.empty() || chunks.palette.size() % 3 != 0))
        return fail(ErrorCode::InvalidInput, "the PNG has no palette");
    return chunks;
}

unsigned paeth(unsigned left, unsigned up, unsigned corner) {
    const int estimate = static_cast<int>(left) + static_cast<int>(up) - static_cast<int>(corner);
    const int to_left = std::abs(estimate - static_cast<int>(left));
    const int to_up = std::abs(estimate - static_cast<int>(up));
    const int to_corner = std::abs(estimate - static_cast<int>(corner));
    if (to_left <= to_up && to_left <= to_corner) return left;
    return to_up <= to_corner ? up : corner;
}

// Undoes one row's filter in place; `above` is the row before (zeros at first).
bool unfilter(unsigned filter, unsigned char* row, const unsigned char* above, std::size_t size, std::size_t pixel) {
    if (filter > 4) return false;
    for (std::size_t i = 0; filter != 0 && i < size; ++i) {
        const unsigned left = i >= pixel ? row[i - pixel] : 0;
        const unsigned corner = i >= pixel ? above[i - pixel] : 0;
        const unsigned predicted = filter == 1   ? left
                                   : filter == 2 ? above[i]
                                   : filter == 3 ? (left + above[i]) / 2
                                                 : paeth(left, above[i], corner);
        row[i] = static_cast<unsigned char>(row[i] + predicted);
    }
    return true;
}

struct Pass {
    std::size_t x, y, step_x, step_y;
};
constexpr std::array<Pass, 7> kAdam7 = {
    {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};

std::size_t pass_size(std::size_t whole, std::size_t first, std::size_t step) {
    return whole > first ? (whole - first + step - 1) / step : 0;
}

// All samples as 8 bits, interleaved, in image order. Palette indices stay as they are.
class Decoder {
 public:
    explicit Decoder(const Chunks& chunks) : chunks_(chunks) {}

    Result<Bytes> run() {
        const std::vector<Pass> passes =
            chunks_.interlaced ? std::vector<Pass>(kAdam7.begin(), kAdam7.end()) : std::vector<Pass>{{0, 0, 1, 1}};
        std::size_t size = 0;
        for (const Pass& pass : passes) size += pass_bytes(pass);
        GALLEY_TRY(Bytes data, codec::inflate_zlib(chunks_.data, size));
        if (data.size() != size) return fail(ErrorCode::InvalidInput, "the PNG ends early");
        samples_.assign(chunks_.width * chunks_.height * chunks_.channels(), '\0');
        auto* at = reinterpret_cast<unsigned char*>(data.data());
        for (const Pass& pass : passes) {
            if (!read_pass(pass, at)) return fail(ErrorCode::InvalidInput, "the PNG has an unknown filter");
            at += pass_bytes(pass);
        }
        return std::move(samples_);
    }

 private:
    std::size_t pass_bytes(const Pass& pass) const {
        const std::size_t width = pass_size(chunks_.width, pass.x, pass.step_x);
        const std::size_t height = pass_size(chunks_.height, pass.y, pass.step_y);
        return width == 0 ? 0 : height * (1 + chunks_.row_bytes(width));
    }

    bool read_pass(const Pass& pass, unsigned char* at) {
        const std::size_t width = pass_size(chunks_.width, pass.x, pass.step_x);
        const std::size_t height = pass_size(chunks_.height, pass.y, pass.step_y);
        if (width == 0) return true;
        const std::size_t size = chunks_.row_bytes(width);
        const std::size_t pixel = std::max<std::size_t>(1, chunks_.channels() * chunks_.bits / 8);
        const std::vector<unsigned char> zeros(size);
        const unsigned char* above = zeros.data();
        for (std::size_t row = 0; row < height; ++row, at += size + 1) {
            if (!unfilter(at[0], at + 1, above, size, pixel)) return false;
            above = at + 1;
            place_row(above, width, pass, pass.y + row * pass.step_y);
        }
        return true;
    }

    void place_row(const unsigned char* row, std::size_t width, const Pass& pass, std::size_t y) {
        const std::size_t channels = chunks_.channels();
        for (std::size_t x = 0; x < width; ++x)
            for (std::size_t c = 0; c < channels; ++c)
                samples_[(y * chunks_.width + pass.x + x * pass.step_x) * channels + c] =
                    static_cast<char>(sample(row, x * channels + c));
    }

    unsigned sample(const unsigned char* row, std::size_t i) const {
        if (chunks_.bits == 8) return row[i];
        if (chunks_.bits == 16) return row[2 * i];
        const unsigned bits = chunks_.bits;
        const unsigned mask = (1U << bits) - 1;
        const unsigned value = row[i * bits / 8] >> (8 - bits - i * bits % 8) & mask;
        return chunks_.color_type == kPalette ? value : value * 255 / mask;
    }

    const Chunks& chunks_;
    Bytes samples_;
};

void split_alpha(const Bytes& samples, std::size_t channels, PngImage& out) {
    const std::size_t pixels = samples.size() / channels;
    out.color.reserve(pixels * (channels - 1));
    out.alpha.reserve(pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
        out.color.append(samples, i * channels, channels - 1);
        out.alpha += samples[i * channels + channels - 1];
    }
}

void palette_alpha(const Bytes& samples, std::string_view transparency, PngImage& out) {
    for (const char index : samples) {
        const auto i = static_cast<unsigned char>(index);
        out.alpha += i < transparency.size() ? transparency[i] : '\xFF';
    }
}

// The transparent colour of decoded samples, which have 8 bits.
std::vector<int> key_of_samples(const Chunks& chunks) {
    std::vector<int> key;
    const int most = (1 << chunks.bits) - 1;
    for (std::size_t i = 0; i + 1 < chunks.transparency.size(); i += 2) {
        const int value = static_cast<int>(u8(chunks.transparency, i) << 8 | u8(chunks.transparency, i + 1));
        key.push_back(chunks.bits == 16 ? value >> 8 : std::min(value, most) * 255 / most);
    }
    return key;
}

// Passed through: everything without alpha and interlace.
bool passes_through(const Chunks& chunks) {
    return !chunks.interlaced && chunks.color_type != kGrayAlpha && chunks.color_type != kRgba;
}

}  // namespace

Result<PngImage> read_png(std::string_view bytes) {
    GALLEY_TRY(Chunks chunks, read_chunks(bytes));
    PngImage out;
    out.width = static_cast<int>(chunks.width);
    out.height = static_cast<int>(chunks.height);
    out.components = chunks.color_type == kRgb || chunks.color_type == kRgba ? 3 : 1;
    if (chunks.color_type == kPalette) out.palette = chunks.palette;
    const bool transparent_palette = chunks.color_type == kPalette && !chunks.transparency.empty();
    if (passes_through(chunks)) {
        out.bits = static_cast<int>(chunks.bits);
        if (chunks.color_type != kPalette && chunks.transparency.size() == 2U * static_cast<unsigned>(out.components))
            for (std::size_t i = 0; i < chunks.transparency.size(); i += 2)
                out.key.push_back(static_cast<int>(u8(chunks.transparency, i) << 8 | u8(chunks.transparency, i + 1)));
        if (transparent_palette) {
            GALLEY_TRY(const Bytes samples, Decoder(chunks).run());
            palette_alpha(samples, chunks.transparency, out);
        }
        out.packed = std::move(chunks.data);
        return out;
    }
    GALLEY_TRY(Bytes samples, Decoder(chunks).run());
    if (chunks.color_type == kGrayAlpha || chunks.color_type == kRgba) {
        split_alpha(samples, chunks.channels(), out);
    } else {
        if (transparent_palette) palette_alpha(samples, chunks.transparency, out);
        if (chunks.color_type != kPalette && chunks.transparency.size() == 2U * static_cast<unsigned>(out.components))
            out.key = key_of_samples(chunks);
        out.color = std::move(samples);
    }
    return out;
}

}  // namespace galley::document
