// src/app/load_settings.h — flags over environment over file over defaults, and every fault of all three at once.
//
// Shape    load_settings(sources) → config, and where each value came from. The file is --config, else GALLEY_CONFIG
//          (empty: none), else /etc/galley/galley.toml when it is there.
// Errors   InvalidInput: `fields` has one entry a fault, pointer = where (file:line:column, GALLEY_…, --flag), message
//          = key, what is wrong and what is expected. A value that a stronger source overrides is checked as well.
//          No message carries a secret's value.
// Threads  any.
// Source   R120.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/settings.h"
#include "os/files.h"

namespace galley::app {

inline constexpr const char* kDefaultSettingsFile = "/etc/galley/galley.toml";

// Most commands have no use for secrets and must not fail because whoever runs them may not read one.
enum class Secrets : std::uint8_t { Read, Ignored };

struct SettingSources {
    std::map<std::string, std::string> flags;  // "--listen" → text, old names too
    std::map<std::string, std::string> environment;
    std::string file;  // of --config; "" as described above
    Secrets secrets = Secrets::Read;
};

struct LoadedSettings {
    ServeConfig config;
    std::vector<std::string> origins;     // a row each: "default", "--listen", "GALLEY_LISTEN", "galley.toml:3:1"
    std::string file;                     // that was read; "" for none
    std::vector<std::string> warnings{};  // that keep nothing from working: a secret that others may read
};

Result<LoadedSettings> load_settings(const SettingSources& sources, os::Files& files);

// GALLEY_… variables that no setting and no command knows: most often a slip of the pen.
std::vector<std::string> unknown_variables(const std::map<std::string, std::string>& environment);
// The name of the file that holds a Secret: "auth.jwt_secret" → "auth.jwt_secret_file", and so on.
std::string secret_file_key(const Setting& setting);
std::string secret_file_variable(const Setting& setting);
std::string secret_file_flag(const Setting& setting);

}  // namespace galley::app
