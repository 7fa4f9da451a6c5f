// src/os/file_copy.h — whole files and folders: copying in pieces, hashing's reading, exchanging, what may be done.
//
// Errors   as os/files.h; copy_file: Conflict too, when `to` exists; read_in_pieces: what `take` gives.
// Limits   kCopyPieceBytes of memory, however large the file.
// Threads  any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace galley::os {

inline constexpr std::size_t kCopyPieceBytes = 1u << 20;

using TakePiece = std::function<void(std::string_view)>;
// Hands over the whole content in order; gives its size.
Result<std::uint64_t> read_in_pieces(const std::string& path, const TakePiece& take);
// Copies into a new file and syncs it; the pieces pass by `take`. A copy that failed is removed.
Result<std::uint64_t> copy_file(const std::string& from, const std::string& to, const TakePiece& take);
// Both names change places in one step.
Result<void> exchange(const std::string& one, const std::string& other);
// Removes a folder with all that is in it; one that is not there is fine.
Result<void> remove_folder(const std::string& folder);
// May this process read, write and search the folder?
bool may_use_folder(const std::string& folder);
bool is_terminal(int descriptor);
// How many files this process may hold open.
std::uint64_t descriptor_limit();

}  // namespace galley::os
