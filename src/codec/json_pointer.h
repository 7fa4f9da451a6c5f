// src/codec/json_pointer.h — the tokens of a JSON pointer that names a fault.
//
// Shape    pointer_token("a/b") is "a~1b"; a pointer is "/" before each token.
// Threads  free functions, any thread.
// Limits   names longer than kShownNameBytesMax are cut between characters: a hostile body must not buy an endless
//          error message.
// Source   RFC 6901 §3.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace galley::codec {

inline constexpr std::size_t kShownNameBytesMax = 100;

std::string pointer_token(std::string_view name);

}  // namespace galley::codec
