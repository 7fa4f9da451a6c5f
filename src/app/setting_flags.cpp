#include <fmt/format.h>

#include <algorithm>

#include "app/cli.h"
#include "os/process.h"

namespace galley::app {

namespace {

const char* type_word(SettingType type) {
    switch (type) {
        case SettingType::Integer:
            return "NUMBER";
        case SettingType::Bytes:
            return "SIZE";
        case SettingType::Duration:
            return "TIME";
        case SettingType::TextList:
            return "TEXT,…";
        case SettingType::Secret:
            return "FILE";
        default:
            return "TEXT";
    }
}

std::string help_of(const Setting& setting) {
    std::string help = setting.doc;
    if (!setting.choices.empty()) help += fmt::format(": {}", fmt::join(setting.choices, ", "));
    if (setting.type == SettingType::Secret)
        return fmt::format("First line: {} ({})", help, secret_file_variable(setting));
    const std::string variable = *setting.environment == '\0' ? "" : fmt::format(" ({})", setting.environment);
    if (*setting.fallback == '\0') return help + variable;
    return fmt::format("{} [{}]{}", help, setting.fallback, variable);
}

}  // namespace

void SettingFlags::declare(CLI::App& command, std::initializer_list<std::string_view> keys) {
    command
        .add_option("--config", file_, "Configuration file (GALLEY_CONFIG) [/etc/galley/galley.toml if it is there]")
        ->type_name("FILE");
    for (const Setting& setting : settings()) {
        if (*setting.flag == '\0') continue;
        if (keys.size() == 0 || std::ranges::find(keys, setting.key) != keys.end()) declare_one(command, setting);
    }
}

void SettingFlags::declare_one(CLI::App& command, const Setting& setting) {
    const std::string_view key = setting.key;
    const std::string group(key.substr(0, key.find('.')));
    const auto take = [this](const std::string& name) {
        return [this, name](const std::string& text) { given_[name] = text; };
    };
    if (setting.type == SettingType::Flag) {
        const std::string name = setting.flag;
        command
            .add_flag_function(
                name, [this, name](std::int64_t count) { given_[name] = count > 0 ? "true" : "false"; },
                help_of(setting))
            ->group(group);
        return;
    }
    if (setting.type == SettingType::Secret) secrets_ = Secrets::Read;
    const std::string name = setting.type == SettingType::Secret ? secret_file_flag(setting) : setting.flag;
    command.add_option_function<std::string>(name, take(name), help_of(setting))
        ->type_name(type_word(setting.type))
        ->group(group);
    if (*setting.old.flag == '\0') return;
    command.add_option_function<std::string>(setting.old.flag, take(setting.old.flag), "")->group("");  // hidden
}

SettingSources SettingFlags::sources() const {
    return {.flags = given_, .environment = os::environment(), .file = file_, .secrets = secrets_};
}

}  // namespace galley::app
