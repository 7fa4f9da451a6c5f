// src/net/http_syntax.h — which bytes may stand where in a request, and how a host may look.
//
// Shape    one table of byte classes; skip() finds the first byte outside a class. Fault = a status and words.
// Threads  any.
// Source   RFC 9110 §5.5, §5.6.2; RFC 3986 §3.2.2, §3.3, §3.4. DEVIATION: hosts are letters, digits and `-._~`, or an
//          IP literal in brackets; RFC 3986 lets a registered name hold sub-delimiters, which no name on the network
//          has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace galley::net {

// Why a request is not served: a status and words for the client. Status 0: no fault.
struct Refusal {
    int status = 0;
    std::string_view detail{};
    explicit operator bool() const { return status != 0; }
};

enum class ByteClass : std::uint8_t {
    Token = 1,   // field names, methods
    Value = 2,   // field values: no control characters but tab
    Target = 4,  // paths and queries: visible ASCII that RFC 3986 allows
    Host = 8,    // registered names and IPv4 addresses
    Digit = 16,
    Hex = 32,
};

extern const std::array<std::uint8_t, 256> kByteClasses;

inline bool is_in(ByteClass wanted, char c) {
    return (kByteClasses[static_cast<unsigned char>(c)] & static_cast<std::uint8_t>(wanted)) != 0;
}

// The first position at or after `at` whose byte is not in the class; text.size() when there is none.
std::size_t skip(ByteClass wanted, std::string_view text, std::size_t at);
inline bool all_in(ByteClass wanted, std::string_view text) {
    return skip(wanted, text, 0) == text.size();
}

std::string_view trim_spaces(std::string_view text);  // blanks and tabs at both ends

// "example.org", "192.0.2.1:80", "[2001:db8::1]:443". Never empty.
bool is_authority(std::string_view text);

}  // namespace galley::net
