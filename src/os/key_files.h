// src/os/key_files.h — the files of a folder that hold a key each: which there are, and whether others may read them.
//
// Shape    NAME.SUFFIX, where is_key_name(NAME): the suffixes are the caller's. Hidden files and folders are left out.
// Errors   as Files::list() and Files::info().
// Threads  any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "os/files.h"

namespace galley::os {

inline constexpr std::size_t kKeyNameBytesMax = 64;

// 1 to kKeyNameBytesMax letters, digits, '.', '_' or '-'.
bool is_key_name(std::string_view text);

struct KeyFile {
    std::string path;
    std::string file_name;
};
// In the order of Files::list().
Result<std::vector<KeyFile>> list_key_files(Files& files, const std::string& folder);
// Group or all, of what a link points to.
Result<bool> others_may_read(Files& files, const std::string& path);

}  // namespace galley::os
