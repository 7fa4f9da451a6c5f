#include "os/key_files.h"

namespace galley::os {

namespace {
constexpr std::uint32_t kOthersMayRead = 0044;
}

bool is_key_name(std::string_view text) {
    constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return !text.empty() && text.size() <= kKeyNameBytesMax && text.find_first_not_of(kAllowed) == text.npos;
}

Result<std::vector<KeyFile>> list_key_files(Files& files, const std::string& folder) {
    std::vector<KeyFile> found;
    GALLEY_TRY(const std::vector<FileInfo> entries, files.list(folder));
    for (const FileInfo& entry : entries) {
        if (entry.is_directory || entry.name.starts_with('.')) continue;
        found.push_back({folder + "/" + entry.name, entry.name});
    }
    return found;
}

Result<bool> others_may_read(Files& files, const std::string& path) {
    GALLEY_TRY(const FileInfo info, files.info(path));
    return (info.permissions & kOthersMayRead) != 0;
}

}  // namespace galley::os
