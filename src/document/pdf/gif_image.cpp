// https://www.w3.org/Graphics/GIF/spec-gif89a.txt
#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "document/geometry/image_info.h"
#include "document/pdf/document_images.h"
#include "document/pdf/raster_image.h"

namespace galley::document {

namespace {

constexpr unsigned kCodeBitsMax = 12;
constexpr std::size_t kCodesMax = 1U << kCodeBitsMax;

class ByteReader {
 public:
    explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
    bool has(std::size_t count) const { return bytes_.size() - at_ >= count; }
    unsigned byte() { return has(1) ? static_cast<unsigned char>(bytes_[at_++]) : 0; }
    unsigned word() {
        const unsigned low = byte();
        return low | byte() << 8;
    }
    std::string_view take(std::size_t count) {
        const std::string_view out = bytes_.substr(at_, count);
        at_ += out.size();
        return out;
    }
    bool done() const { return at_ >= bytes_.size(); }

 private:
    std::string_view bytes_;
    std::size_t at_ = 0;
};

// The data blocks up to the empty one, joined.
Bytes read_blocks(ByteReader& reader) {
    Bytes out;
    while (!reader.done()) {
        const unsigned size = reader.byte();
        if (size == 0) break;
        out += reader.take(size);
    }
    return out;
}

// LZW codes of growing length, low bits first, to palette indices; at most `wanted` of them.
class LzwDecoder {
 public:
    LzwDecoder(std::string_view data, unsigned root_bits, std::size_t wanted)
        : data_(data), root_bits_(root_bits), wanted_(wanted) {}

    Bytes run() {
        out_.reserve(wanted_);
        clear();
        int previous = -1;
        while (out_.size() < wanted_) {
            const int code = next_code();
            if (code < 0 || code == end_code()) break;
            if (code == clear_code()) {
                clear();
                previous = -1;
                continue;
            }
            if (code > static_cast<int>(count_) || (previous < 0 && code >= clear_code())) break;
            if (previous >= 0) add(previous, code);
            write(code);
            previous = code;
        }
        return std::move(out_);
    }

 private:
    int clear_code() const { return 1 << root_bits_; }
    int end_code() const { return clear_code() + 1; }
    void clear() {
        bits_ = root_bits_ + 1;
        count_ = static_cast<std::size_t>(end_code()) + 1;
    }

    int next_code() {
        while (have_ < bits_) {
            if (at_ >= data_.size()) return -1;
            buffer_ |= static_cast<std::uint32_t>(static_cast<unsigned char>(data_[at_++])) << have_;
            have_ += 8;
        }
        const auto code = static_cast<int>(buffer_ & ((1U << bits_) - 1));
        buffer_ >>= bits_;
        have_ -= bits_;
        return code;
    }

    unsigned char first_of(int code) const {
        while (code >= clear_code()) code = prefix_[static_cast<std::size_t>(code)];
        return static_cast<unsigned char>(code);
    }

    // The string of `previous` and one byte more: the first of `code`, or its own when `code` is the new one.
    void add(int previous, int code) {
        if (count_ >= kCodesMax) return;
        prefix_[count_] = static_cast<std::uint16_t>(previous);
        suffix_[count_] = first_of(code == static_cast<int>(count_) ? previous : code);
        ++count_;
        if (count_ == (std::size_t{1} << bits_) && bits_ < kCodeBitsMax) ++bits_;
    }

    void write(int code) {
        const std::size_t begin = out_.size();
        while (code > end_code() && out_.size() - begin < kCodesMax) {
            out_ += static_cast<char>(suffix_[static_cast<std::size_t>(code)]);
            code = prefix_[static_cast<std::size_t>(code)];
        }
        out_ += static_cast<char>(code);
        std::reverse(out_.begin() + static_cast<std::ptrdiff_t>(begin), out_.end());
    }

    std::string_view data_;
    unsigned root_bits_;
    std::size_t wanted_;
    std::size_t at_ = 0;
    std::uint32_t buffer_ = 0;
    unsigned have_ = 0, bits_ = 0;
    std::size_t count_ = 0;
    std::array<std::uint16_t, kCodesMax> prefix_{};
    std::array<unsigned char, kCodesMax> suffix_{};
    Bytes out_;
};

struct Frame {
    std::size_t left = 0, top = 0, width = 0, height = 0;
    bool interlaced = false;
    std::string_view palette;
    int transparent = -1;
    Bytes indices;
};

// The order in which an interlaced frame's rows come.
std::vector<std::size_t> row_order(std::size_t height, bool interlaced) {
    std::vector<std::size_t> rows;
    rows.reserve(height);
    struct Pass {
        std::size_t first, step;
    };
    constexpr Pass kPlain[] = {{0, 1}};
    constexpr Pass kInterlaced[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
    for (const Pass& pass : interlaced ? std::span<const Pass>(kInterlaced) : std::span<const Pass>(kPlain))
        for (std::size_t y = pass.first; y < height; y += pass.step) rows.push_back(y);
    return rows;
}

void place(const Frame& frame, RasterImage& out) {
    const auto canvas_width = static_cast<std::size_t>(out.width), canvas_height = static_cast<std::size_t>(out.height);
    const std::vector<std::size_t> rows = row_order(frame.height, frame.interlaced);
    for (std::size_t i = 0; i < frame.indices.size(); ++i) {
        const std::size_t x = frame.left + i % frame.width, y = frame.top + rows[i / frame.width];
        const std::size_t index = static_cast<unsigned char>(frame.indices[i]);
        if (x >= canvas_width || y >= canvas_height || index * 3 + 3 > frame.palette.size()) continue;
        if (static_cast<int>(index) == frame.transparent) continue;
        const std::size_t at = y * canvas_width + x;
        std::copy_n(frame.palette.data() + index * 3, 3, out.color.data() + at * 3);
        out.alpha[at] = '\xFF';
    }
}

Result<Frame> read_frame(ByteReader& reader, std::string_view global_palette, int transparent, std::size_t area) {
    Frame frame;
    frame.transparent = transparent;
    frame.left = reader.word();
    frame.top = reader.word();
    frame.width = reader.word();
    frame.height = reader.word();
    const unsigned flags = reader.byte();
    frame.interlaced = (flags & 0x40) != 0;
    frame.palette = (flags & 0x80) != 0 ? reader.take(std::size_t{3} << ((flags & 7) + 1)) : global_palette;
    const unsigned root_bits = reader.byte();
    if (frame.width == 0 || frame.height == 0 || root_bits < 1 || root_bits > 11 || frame.palette.empty())
        return fail(ErrorCode::InvalidInput, "the GIF has a broken frame");
    if (frame.width * frame.height > std::max<std::size_t>(area, static_cast<std::size_t>(kImagePixelsMax)))
        return fail(ErrorCode::LimitExceeded, "the GIF has too many pixels");
    const Bytes data = read_blocks(reader);
    frame.indices = LzwDecoder(data, root_bits, frame.width * frame.height).run();
    frame.indices.resize(std::min(frame.indices.size(), frame.width * frame.height));
    return frame;
}

}  // namespace

Result<RasterImage> read_gif(std::string_view bytes) {
    ByteReader reader(bytes);
    if (!bytes.starts_with("GIF8")) return fail(ErrorCode::InvalidInput, "not a GIF");
    reader.take(6);
    RasterImage out;
    out.width = static_cast<int>(reader.word());
    out.height = static_cast<int>(reader.word());
    const std::size_t area = static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height);
    if (area == 0) return fail(ErrorCode::InvalidInput, "the GIF has no pixels");
    if (static_cast<std::int64_t>(area) > kImagePixelsMax)
        return fail(ErrorCode::LimitExceeded, "the GIF has too many pixels");
    const unsigned flags = reader.byte();
    reader.take(2);
    const std::string_view palette =
        (flags & 0x80) != 0 ? reader.take(std::size_t{3} << ((flags & 7) + 1)) : std::string_view();
    int transparent = -1;
    while (!reader.done()) {
        const unsigned kind = reader.byte();
        if (kind == 0x2C) {
            GALLEY_TRY(const Frame frame, read_frame(reader, palette, transparent, area));
            if (frame.indices.empty()) return fail(ErrorCode::InvalidInput, "the GIF holds no image data");
            out.color.assign(area * 3, '\0');
            out.alpha.assign(area, '\0');
            place(frame, out);
            if (std::ranges::all_of(out.alpha, [](char a) { return a == '\xFF'; })) out.alpha.clear();
            return out;
        }
        if (kind != 0x21) break;
        const unsigned label = reader.byte();
        const Bytes body = read_blocks(reader);
        if (label == 0xF9 && body.size() >= 4 && (body[0] & 1) != 0) transparent = static_cast<unsigned char>(body[3]);
    }
    return fail(ErrorCode::InvalidInput, "the GIF holds no image");
}

}  // namespace galley::document
