// src/codec/charset.h — HTML and CSS of other times into UTF-8.
//
// Shape    to_utf8(bytes, label): what cannot be read becomes U+FFFD; a byte order mark wins over the label and is cut
//          off. html_charset(bytes): what a byte order mark or <meta> in the first 1024 bytes declares; else "utf-8"
//          when the bytes are that, else "windows-1252".
// Errors   to_utf8: Unsupported for a label that nobody knows.
// Threads  any.
// Source   https://encoding.spec.whatwg.org/#names-and-labels (latin1 and ascii mean windows-1252),
//          https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding; libc's iconv() converts.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace galley::codec {

inline constexpr std::size_t kCharsetScanBytes = 1024;

std::string html_charset(std::string_view bytes);
Result<std::string> to_utf8(std::string_view bytes, std::string_view label);

}  // namespace galley::codec
