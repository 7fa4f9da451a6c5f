// src/base/version.h — the program's version, in one place.
#pragma once

namespace galley {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace galley
