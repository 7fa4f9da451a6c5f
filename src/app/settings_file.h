// src/app/settings_file.h — a configuration file (TOML 1.0) as a flat list of keys with the place of each.
//
// Shape    [http] listen = "x" gives {"http.listen", "x", line, column}. Tables that hold nothing known are told as
//          one entry, so that the reader names the table and not each of its keys.
// Errors   read_settings_file: NotFound, LimitExceeded (kSettingsFileBytesMax), InvalidInput (not TOML; one fault:
//          the parser stops at the first).
// Owner    gives copies. toml++ is bound in settings_file.cpp only.
// Limits   kSettingsFileBytesMax; nesting is bounded by the parser (256).
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "os/files.h"

namespace galley::app {

inline constexpr std::uint64_t kSettingsFileBytesMax = 1u << 20;

struct FileSetting {
    std::string key;
    // monostate: a value of a type that no setting has; type_name tells.
    std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>> value;
    std::string type_name;  // TOML's: "string", "integer", "float", "table", …
    std::string where;      // file:line:column
    bool is_table = false;
};

// `is_group` says whether a table of that name holds settings ("http").
using IsGroup = bool (*)(std::string_view table);
Result<std::vector<FileSetting>> parse_settings(std::string_view text, const std::string& name, IsGroup is_group);
Result<std::vector<FileSetting>> read_settings_file(const std::string& path, os::Files& files, IsGroup is_group);

}  // namespace galley::app
