// src/base/aead.h — authenticated encryption: AES-256-GCM.
//
// Shape    a sealed text is nonce (12 bytes), ciphertext, tag (16 bytes). `context` is not in it and must be the same
//          to open it, so that what was sealed for one place cannot be moved to another.
// Errors   aead_open: InvalidInput (too short, another key or context, changed bytes; which of them is not told).
// Threads  free functions, any thread.
// Limits   a nonce is used once with a key. Random ones: at most 2^32 texts a key (NIST SP 800-38D, 8.3).
// Source   NIST SP 800-38D; OpenSSL does the arithmetic.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace galley {

using AeadKey = std::array<std::uint8_t, 32>;
using AeadNonce = std::array<std::uint8_t, 12>;

std::string aead_seal(const AeadKey& key, const AeadNonce& nonce, std::string_view plain, std::string_view context);
Result<std::string> aead_open(const AeadKey& key, std::string_view sealed, std::string_view context);

}  // namespace galley
