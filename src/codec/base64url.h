// src/codec/base64url.h — base64url without padding, strict: no other alphabet, no spare bits.
//
// Errors   decode: InvalidInput.
// Source   RFC 4648 §5, RFC 7515 §2.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace galley::codec {

std::string base64url_encode(std::string_view bytes);
Result<std::string> base64url_decode(std::string_view text);

}  // namespace galley::codec
