// src/auth/key_folder.h — the folder of token keys: one file a key, whose name says its kid and its algorithm.
//
// Shape    KID.hs256 (a secret: the first line), KID.rs256.pem and KID.ed25519.pem (keys in PEM; the public half is
//          enough). Files whose names begin with '.' are passed over; others are named in a warning, as are keys
//          that others than their owner may read although they are secret.
// Errors   NotFound, Unavailable (folder, file); InvalidInput (a name without a good kid, two files with one kid).
// Threads  free functions, any thread.
// Limits   kTokenKeysMax keys, kKeyFileBytesMax each, kKidBytesMax for a kid of letters, digits, '.', '_' and '-'.
// Source   docs/formats/token-keys.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/token.h"
#include "base/error.h"
#include "os/files.h"

namespace galley::auth {

inline constexpr std::size_t kKidBytesMax = 64;
inline constexpr std::uint64_t kKeyFileBytesMax = 64 * 1024;

struct KeyFolder {
    std::vector<TokenKey> keys;
    std::vector<std::string> warnings;  // one sentence each
};

Result<KeyFolder> read_key_folder(os::Files& files, const std::string& folder);

bool is_kid(std::string_view text);
std::string key_file_name(std::string_view kid, TokenAlgorithm algorithm);

}  // namespace galley::auth
