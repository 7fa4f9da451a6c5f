#include "document/text/web_font.h"

#include <woff2/decode.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/deflate.h"

namespace galley::document {
namespace {

constexpr std::size_t kWoffHeaderBytes = 44, kWoffEntryBytes = 20;
constexpr std::size_t kSfntHeaderBytes = 12, kSfntEntryBytes = 16;
constexpr std::size_t kWoff2HeaderBytes = 48;

std::unexpected<Error> broken() {
    return fail(ErrorCode::InvalidInput, "the WOFF file is broken");
}

std::uint32_t read_number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

void append_number(std::string& out, std::uint32_t value, std::size_t size) {
    for (std::size_t i = size; i > 0; --i) out += static_cast<char>(value >> (8 * (i - 1)) & 0xFF);
}

struct WoffTable {
    std::uint32_t tag, offset, packed_bytes, bytes, checksum;
};

Result<std::vector<WoffTable>> read_tables(std::string_view file, std::size_t bytes_max) {
    const std::size_t count = read_number(file, 12, 2);
    if (count == 0 || count > kWebFontTablesMax || file.size() < kWoffHeaderBytes + count * kWoffEntryBytes)
        return broken();
    std::vector<WoffTable> tables;
    std::size_t total = kSfntHeaderBytes + count * kSfntEntryBytes;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = kWoffHeaderBytes + i * kWoffEntryBytes;
        const auto number = [&](std::size_t field) { return read_number(file, at + 4 * field, 4); };
        const WoffTable table{number(0), number(1), number(2), number(3), number(4)};
        if (table.offset > file.size() || table.packed_bytes > file.size() - table.offset ||
            table.packed_bytes > table.bytes)
            return broken();
        total += (std::size_t{table.bytes} + 3) / 4 * 4;
        if (total > bytes_max) return fail(ErrorCode::LimitExceeded, "the font is too large");
        tables.push_back(table);
    }
    std::ranges::sort(tables, {}, &WoffTable::tag);
    return tables;
}

Result<SharedBytes> unpack_woff(std::string_view file, std::size_t bytes_max) {
    if (file.size() < kWoffHeaderBytes) return broken();
    GALLEY_TRY(const std::vector<WoffTable> tables, read_tables(file, bytes_max));
    const auto count = static_cast<std::uint32_t>(tables.size());
    std::uint32_t power = 1, log2 = 0;
    for (; power * 2 <= count; power *= 2) ++log2;
    Bytes sfnt;
    append_number(sfnt, read_number(file, 4, 4), 4);
    for (const std::uint32_t value : {count, power * 16, log2, (count - power) * 16}) append_number(sfnt, value, 2);
    std::size_t offset = kSfntHeaderBytes + tables.size() * kSfntEntryBytes;
    for (const WoffTable& table : tables) {
        for (const std::uint32_t value : {table.tag, table.checksum, static_cast<std::uint32_t>(offset), table.bytes})
            append_number(sfnt, value, 4);
        offset += (std::size_t{table.bytes} + 3) / 4 * 4;
    }
    for (const WoffTable& table : tables) {
        const std::string_view packed = file.substr(table.offset, table.packed_bytes);
        if (table.packed_bytes == table.bytes) {
            sfnt += packed;
        } else {
            const Result<Bytes> bytes = codec::inflate_zlib(packed, table.bytes);
            if (!bytes || bytes->size() != table.bytes) return broken();
            sfnt += *bytes;
        }
        sfnt.resize((sfnt.size() + 3) / 4 * 4);
    }
    return SharedBytes(std::move(sfnt));
}

// Walks the directory of a WOFF2 file, since the decoder takes its table sizes at their word.
class Woff2Directory {
 public:
    explicit Woff2Directory(std::string_view file) : file_(file) {}

    // Of all tables as they are inside the compressed stream; nothing when the directory is broken.
    Result<std::uint64_t> unpacked_bytes() {
        const std::size_t count = read_number(file_, 12, 2);
        if (count == 0 || count > kWebFontTablesMax) return broken();
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < count && good_; ++i) total += table_bytes();
        if (!good_) return broken();
        return total;
    }

 private:
    std::uint64_t table_bytes() {
        constexpr unsigned kOwnTag = 63, kGlyf = 10, kLoca = 11;
        const unsigned flags = byte();
        const unsigned tag = flags & 63U, version = flags >> 6;
        if (tag == kOwnTag) at_ += 4;
        const std::uint64_t original = base128();
        const bool transformed = tag == kGlyf || tag == kLoca ? version == 0 : version != 0;
        return std::max(original, transformed ? base128() : 0);
    }
    unsigned byte() {
        if (at_ < file_.size()) return static_cast<unsigned char>(file_[at_++]);
        good_ = false;
        return 0;
    }
    std::uint64_t base128() {
        std::uint64_t value = 0;
        for (int i = 0; i < 5; ++i) {
            const unsigned next = byte();
            value = value << 7 | (next & 127U);
            if ((next & 128U) == 0) return value;
        }
        good_ = false;
        return 0;
    }

    std::string_view file_;
    std::size_t at_ = kWoff2HeaderBytes;
    bool good_ = true;
};

Result<SharedBytes> unpack_woff2(std::string_view file, std::size_t bytes_max) {
    if (file.size() < kWoff2HeaderBytes) return broken();
    // Collections have a second directory: they are not taken.
    if (file.substr(4, 4) == "ttcf") return fail(ErrorCode::InvalidInput, "a font collection in a WOFF2 file");
    GALLEY_TRY(const std::uint64_t unpacked, Woff2Directory(file).unpacked_bytes());
    if (unpacked > bytes_max) return fail(ErrorCode::LimitExceeded, "the font is too large");
    std::string sfnt;
    woff2::WOFF2StringOut out(&sfnt);
    out.SetMaxSize(bytes_max);
    const auto* const data = reinterpret_cast<const std::uint8_t*>(file.data());
    if (!woff2::ConvertWOFF2ToTTF(data, file.size(), &out)) return broken();
    sfnt.resize(out.Size());
    return SharedBytes(std::move(sfnt));
}

}  // namespace

Result<SharedBytes> unpack_font(const SharedBytes& file, std::size_t bytes_max) {
    const std::string_view bytes = file.view();
    if (bytes.starts_with("wOFF")) return unpack_woff(bytes, bytes_max);
    if (bytes.starts_with("wOF2")) return unpack_woff2(bytes, bytes_max);
    return file;
}

}  // namespace galley::document
