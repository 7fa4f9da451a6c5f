#include "app/settings_docs.h"

#include <fmt/format.h>

#include "app/load_settings.h"
#include "app/settings.h"

namespace galley::app {

namespace {

constexpr std::string_view kIntroduction =
    R"(# Configuration

Made from the table in `src/app/settings.cpp` by `make docs-update`; a test compares.
A value comes from the first of these that has it:

1. a flag (`galley serve --listen 0.0.0.0:8000`),
2. an environment variable (`GALLEY_LISTEN=0.0.0.0:8000`; one that is empty counts as not set),
3. the configuration file, TOML: `--config FILE`, else `GALLEY_CONFIG` (empty: no file), else `/etc/galley/galley.toml`
   when it is there,
4. the default.

`galley config check` tells every fault of all of them at once with file, line and column; `--print` shows the values in
force and where each came from. [deploy/galley.toml](../deploy/galley.toml) is a file to start from.

Sizes are written `64MiB`, `100MB` or as a number of bytes (B, KB, KiB, MB, MiB, GB, GiB, TB, TiB); times with their
unit (ms, s, min, h, d). Lists are arrays in the file and separated by commas elsewhere.
A **secret** never stands in the configuration file: it comes from its variable, or from the first line of a file that
the key ending in `_file` (variable `…_FILE`, flag `…-file`) names.
Settings marked *at once* change on SIGHUP (`systemctl reload galley`); the others at the next start.
`REDIS_URL`, `REDIS_SESSION_URL` and `CDN_*` of older systems have no effect: there is no Redis and no CDN yet.
)";

std::string_view group_of(const Setting& setting) {
    const std::string_view key = setting.key;
    return key.substr(0, key.find('.'));
}

std::string allowed(const Setting& setting) {
    switch (setting.type) {
        case SettingType::Text:
            return "text";
        case SettingType::Secret:
            return "path of a file";
        case SettingType::TextList:
            return "list of texts";
        case SettingType::Flag:
            return "true, false";
        case SettingType::Choice:
            return fmt::format("{}", fmt::join(setting.choices, ", "));
        default:
            return *setting.least == '\0' ? "any" : fmt::format("{} to {}", setting.least, setting.most);
    }
}

std::string other_names(const Setting& setting) {
    std::string names;
    const auto add = [&names](std::string_view name) {
        if (!name.empty()) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
    };
    add(setting.environment);
    if (setting.type == SettingType::Secret) {
        add(secret_file_variable(setting));
        add(secret_file_flag(setting));
    } else {
        add(setting.flag);
    }
    add(setting.old.environment);
    add(setting.old.flag);
    return names;
}

std::string shown_key(const Setting& setting) {
    return setting.type == SettingType::Secret ? secret_file_key(setting) : setting.key;
}

std::string markdown_row(const Setting& setting) {
    const std::string fallback = *setting.fallback == '\0' ? "" : fmt::format("`{}`", setting.fallback);
    return fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", shown_key(setting), fallback, allowed(setting),
                       other_names(setting), setting.reload == Reload::Live ? "at once" : "at start", setting.doc);
}

// The default as TOML writes it.
std::string toml_default(const Setting& setting) {
    if (setting.type == SettingType::Flag || setting.type == SettingType::Integer) return setting.fallback;
    if (setting.type == SettingType::TextList && *setting.fallback == '\0') return "[]";
    return fmt::format("\"{}\"", setting.fallback);
}

}  // namespace

std::string settings_markdown() {
    std::string text(kIntroduction);
    std::string_view group;
    for (const Setting& setting : settings()) {
        if (group_of(setting) != group) {
            group = group_of(setting);
            text += fmt::format("\n## {}\n\n| key | default | allowed | variable, flag | takes effect | meaning |\n",
                                group);
            text += "| --- | --- | --- | --- | --- | --- |\n";
        }
        text += markdown_row(setting);
    }
    return text;
}

std::string settings_example() {
    std::string text =
        "# Galley's configuration: every setting with its default. Uncomment what you change, then `galley config "
        "check`.\n"
        "# What each means in full: docs/configuration.md. Made by `make docs-update`.\n";
    std::string_view group;
    for (const Setting& setting : settings()) {
        if (group_of(setting) != group) {
            group = group_of(setting);
            text += fmt::format("\n[{}]\n", group);
        }
        const std::string key = shown_key(setting).substr(group.size() + 1);
        text += fmt::format("# {} ({}).\n#{} = {}\n", setting.doc, allowed(setting), key, toml_default(setting));
    }
    return text;
}

}  // namespace galley::app
