// src/app/settings.h — the one table of settings: what each is called in the file, the environment and as a flag.
//
// Shape    settings() gives the rows in the order of docs/configuration.md. `galley serve --help`, that page,
//          deploy/galley.toml, `galley config check` and the reload are all made from the rows.
//          To add one: a field with its default in ServeConfig (or in an options struct there), a row here in
//          settings.cpp, then `make docs-update`. Nothing else: flags, variables, checks and messages follow.
// Duty     a row with Reload::Live must be applied by ServerApp::reload().
// Errors   none.
// Threads  any; the table never changes.
#pragma once

#include <span>
#include <string_view>

#include "app/setting_field.h"
#include "app/setting_value.h"

namespace galley::app {

enum class Reload : std::uint8_t { Restart, Live };

// A name from before the table, kept working; `unit` is what its bare number counted ("MB", "s").
struct OldName {
    const char* environment = "";
    const char* flag = "";
    const char* unit = "";
};

struct Setting {
    const char* key;          // in the file: table and name, "http.idle_timeout"
    const char* environment;  // "GALLEY_…", "" for none
    const char* flag;         // "--…", "" for none
    SettingType type;
    const char* fallback;  // the default as one would write it; "" is empty
    const char* doc;       // one sentence, no full stop
    SettingField field;
    Reload reload = Reload::Restart;
    const char* least = "";  // range of Integer, Bytes, Duration, as one would write it; "" is unbounded
    const char* most = "";
    std::span<const char* const> choices{};
    OldName old{};
};

// A Secret row stands for two names: the value itself (environment only) and, with "_file", "_FILE" or "-file"
// appended, the file whose first line holds it (file, environment and flag).
std::span<const Setting> settings();
const Setting* find_setting(std::string_view key);

}  // namespace galley::app
