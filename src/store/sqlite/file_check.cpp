#include "store/sqlite/file_check.h"

#include <array>
#include <cstdint>

namespace galley::store {

namespace {

constexpr std::size_t kLogHeaderBytes = 32;
constexpr std::uint64_t kSectorBytes = 512;      // the smallest page
constexpr std::uint32_t kLogMagic = 0x377f0682;  // the last bit says in which byte order checksums are made
constexpr const char* kAdvice = "; run `galley doctor`, or restore a backup with `galley restore`";

// 0 for a file that is not there.
Result<std::uint64_t> size_of(os::Files& files, const std::string& path) {
    const Result<os::FileInfo> info = files.info(path);
    if (info) return info->size_bytes;
    if (info.error().code == ErrorCode::NotFound) return 0;
    return fail(info.error());
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return number;
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
    return __builtin_bswap32(big_endian(bytes, at));
}

Result<void> check_log(os::Files& files, const std::string& log) {
    GALLEY_TRY(const std::unique_ptr<os::OpenFile> file, files.open(log));
    GALLEY_TRY(const Bytes header, file->read_at(0, kLogHeaderBytes));
    if (is_good_log_header(header)) return {};
    return fail(ErrorCode::Corrupt, std::string("the database's log is damaged at its beginning") + kAdvice, log);
}

}  // namespace

bool is_good_log_header(std::string_view header) {
    if (header.size() < kLogHeaderBytes || (big_endian(header, 0) & ~1u) != kLogMagic) return false;
    const auto word = (big_endian(header, 0) & 1u) != 0 ? big_endian : little_endian;
    std::array<std::uint32_t, 2> sum{};
    for (std::size_t at = 0; at < 24; at += 8) {
        sum[0] += word(header, at) + sum[1];
        sum[1] += word(header, at + 4) + sum[0];
    }
    return sum[0] == big_endian(header, 24) && sum[1] == big_endian(header, 28);
}

Result<bool> stands_alone(os::Files& files, const std::string& path) {
    GALLEY_TRY(const std::uint64_t size, size_of(files, path));
    GALLEY_TRY(const std::uint64_t log_size, size_of(files, path + "-wal"));
    return size > 1 && log_size <= kLogHeaderBytes;
}

Result<void> check_before_open(os::Files& files, const std::string& path, bool made_before) {
    const std::string log = path + "-wal";
    GALLEY_TRY(const std::uint64_t size, size_of(files, path));
    GALLEY_TRY(const std::uint64_t log_size, size_of(files, log));
    const bool empty = size <= 1;  // to SQLite, a file of one byte is one that it has just made
    if (empty && log_size > 0) {
        return fail(ErrorCode::Corrupt, std::string("the database is missing or empty, but its log is not") + kAdvice,
                    path);
    }
    if (empty && made_before) {
        return fail(ErrorCode::Corrupt,
                    std::string("the database is missing or empty, and this folder held one") + kAdvice +
                        ", or delete galley.lock to begin anew",
                    path);
    }
    const bool log_is_empty = log_size <= kLogHeaderBytes;
    // A log may yet complete the last page; without one it was cut, and SQLite would fill it up with zeros.
    if (log_is_empty && made_before && size % kSectorBytes != 0) {
        return fail(ErrorCode::Corrupt, std::string("the database ends within a page") + kAdvice, path);
    }
    if (log_is_empty) return {};
    return check_log(files, log);
}

}  // namespace galley::store
