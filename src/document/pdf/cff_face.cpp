#include "document/pdf/cff_face.h"

namespace galley::document {
namespace {

class Reader {
 public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    std::size_t at = 0;
    bool ok() const { return at <= bytes_.size() && !failed_; }
    std::size_t number(std::size_t size) {
        std::size_t value = 0;
        for (std::size_t i = 0; i < size; ++i, ++at) {
            if (at >= bytes_.size()) failed_ = true;
            value = value << 8 | (failed_ ? 0 : static_cast<unsigned char>(bytes_[at]));
        }
        return value;
    }
    // The first element of an INDEX; the reader moves behind the whole INDEX.
    std::string_view index() {
        const std::size_t count = number(2);
        if (count == 0 || failed_) return {};
        const std::size_t offset_size = number(1);
        if (offset_size < 1 || offset_size > 4) failed_ = true;
        const std::size_t data = at + (count + 1) * offset_size - 1;
        const std::size_t first = number(offset_size);
        const std::size_t second = number(offset_size);
        at = data + 1 - offset_size;
        const std::size_t end = number(offset_size);
        at = data + end;
        if (failed_ || first < 1 || second < first || data + second > bytes_.size())
            return failed_ = true, std::string_view();
        return bytes_.substr(data + first, second - first);
    }

 private:
    std::string_view bytes_;
    bool failed_ = false;
};

struct TopDict {
    bool cid_keyed = false;
    std::size_t charset = 0;
};

TopDict read_top_dict(std::string_view dict) {
    constexpr std::size_t kCharset = 15;
    constexpr std::size_t kEscape = 12;
    constexpr std::size_t kRos = 30;
    TopDict result;
    std::size_t last = 0;
    Reader in(dict);
    while (in.at < dict.size() && in.ok()) {
        const std::size_t b = in.number(1);
        if (b == kEscape) {
            if (in.number(1) == kRos) result.cid_keyed = true;
        } else if (b <= 21) {
            if (b == kCharset) result.charset = last;
        } else if (b == 28) {
            last = in.number(2);
        } else if (b == 29) {
            last = in.number(4);
        } else if (b == 30) {  // a real number: nibbles up to 0xf
            for (std::size_t pair = 0; in.ok() && (pair & 0xF) != 0xF && (pair >> 4) != 0xF;) pair = in.number(1);
        } else if (b >= 32 && b <= 246) {
            last = b - 139;
        } else if (b >= 247 && b <= 254) {
            const std::size_t low = in.number(1);
            last = b <= 250 ? (b - 247) * 256 + low + 108 : 0;
        }
    }
    return result;
}

}  // namespace

std::vector<std::uint16_t> cff_glyph_to_cid(std::string_view cff, std::size_t glyph_count) {
    Reader in(cff);
    in.at = cff.size() > 2 ? static_cast<unsigned char>(cff[2]) : 0;  // hdrSize
    in.index();                                                       // names
    const TopDict top = read_top_dict(in.index());
    if (!in.ok() || !top.cid_keyed) return {};
    constexpr std::size_t kPredefinedCharsets = 2;
    std::vector<std::uint16_t> cids(1, 0);
    if (top.charset > kPredefinedCharsets) {
        in.at = top.charset;
        const std::size_t format = in.number(1);
        while (in.ok() && cids.size() < glyph_count && format <= 2) {
            const std::size_t first = in.number(2);
            const std::size_t more = format == 0 ? 0 : in.number(format);
            for (std::size_t i = 0; i <= more && cids.size() < glyph_count; ++i)
                cids.push_back(static_cast<std::uint16_t>(first + i));
        }
    }
    while (cids.size() < glyph_count) cids.push_back(static_cast<std::uint16_t>(cids.size()));
    return cids;
}

}  // namespace galley::document
