// src/auth/rate_class.h — the classes of endpoints that rate limits count apart (R15).
//
// Shape    Read: cheap reads. Write: what changes something. Batch: many changes at once. Download: document bytes.
//          Administration: what only administrators may do. Public: without a token, counted by address alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace galley::auth {

enum class RateClass : std::uint8_t { Read, Write, Batch, Download, Administration, Public };
inline constexpr std::size_t kRateClassCount = 6;

constexpr std::string_view rate_class_name(RateClass rate_class) {
    constexpr std::array<std::string_view, kRateClassCount> kNames = {"read",     "write",          "batch",
                                                                      "download", "administration", "public"};
    return kNames[static_cast<std::size_t>(rate_class)];
}

}  // namespace galley::auth
