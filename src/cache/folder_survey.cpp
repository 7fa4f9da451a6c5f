#include "cache/folder_survey.h"

#include <algorithm>
#include <memory>

#include "cache/cache_entry.h"

namespace galley::cache {

namespace {

constexpr std::uint64_t kPieceBytes = 1u << 20;

Result<Digest> payload_digest(os::OpenFile& file) {
    Sha256 sum;
    for (std::uint64_t at = kCacheEntryHeaderBytes; at < file.size_bytes(); at += kPieceBytes) {
        const auto size = static_cast<std::size_t>(std::min(kPieceBytes, file.size_bytes() - at));
        GALLEY_TRY(const Bytes piece, file.read_at(at, size));
        sum.update(piece);
    }
    return sum.finish();
}

}  // namespace

Result<void> check_entry_file(const std::string& path, const Digest& key, os::Files& files) {
    GALLEY_TRY(const std::unique_ptr<os::OpenFile> file, files.open(path));
    if (file->size_bytes() < kCacheEntryHeaderBytes)
        return fail(ErrorCode::Corrupt, "the entry is shorter than its head", path);
    GALLEY_TRY(const Bytes head, file->read_at(0, kCacheEntryHeaderBytes));
    GALLEY_TRY(const CacheEntryHeader header, parse_cache_entry_header(head));
    GALLEY_TRY_VOID(check_cache_entry_shape(header, key, file->size_bytes()));
    GALLEY_TRY(const Digest digest, payload_digest(*file));
    return check_cache_entry_payload(header, digest);
}

Result<FolderSurvey> survey_folder(const std::string& folder, os::Files& files, Depth depth) {
    GALLEY_TRY(const std::vector<os::FileInfo> listed, files.list(folder));
    FolderSurvey survey;
    for (const os::FileInfo& info : listed) {
        if (info.is_directory) continue;
        const Result<Digest> key = parse_digest(info.name);
        if (!key) {
            ++survey.strangers;
            continue;
        }
        survey.oldest = survey.keys.empty() ? info.modified : std::min(survey.oldest, info.modified);
        survey.newest = std::max(survey.newest, info.modified);
        survey.bytes += info.size_bytes;
        survey.keys.push_back(*key);
        if (depth == Depth::Names) continue;
        const Result<void> good = check_entry_file(folder + "/" + info.name, *key, files);
        if (!good && good.error().code == ErrorCode::Corrupt) survey.damaged.push_back(*key);
    }
    if (const auto partials = files.list(folder + "/partial")) survey.partials = partials->size();
    std::ranges::sort(survey.keys);
    return survey;
}

}  // namespace galley::cache
