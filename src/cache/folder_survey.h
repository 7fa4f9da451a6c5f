// src/cache/folder_survey.h — looking through a cache folder without changing it: for doctors and figures.
//
// Shape    Depth::Names counts and sizes by a listing; Depth::Contents reads every entry and names the damaged ones.
// Errors   NotFound (no folder), Unavailable. An entry that vanishes meanwhile is not counted.
// Limits   one piece of 1 MiB in memory, and the keys.
// Threads  any; a server may write to the folder meanwhile.
// Source   docs/formats/cache-entry.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/error.h"
#include "base/time.h"
#include "os/files.h"

namespace galley::cache {

struct FolderSurvey {
    std::uint64_t bytes = 0;
    std::uint64_t strangers = 0;  // files that are no entries
    std::uint64_t partials = 0;   // left by writers that were interrupted, or being written
    Time oldest{};                // use; both are 1970 when there is no entry
    Time newest{};
    std::vector<Digest> keys;     // sorted
    std::vector<Digest> damaged;  // Depth::Contents only
};

enum class Depth : std::uint8_t { Names, Contents };
Result<FolderSurvey> survey_folder(const std::string& folder, os::Files& files, Depth depth);

// Is this file a whole entry of that key? Corrupt, NotFound, Unavailable.
Result<void> check_entry_file(const std::string& path, const Digest& key, os::Files& files);

}  // namespace galley::cache
