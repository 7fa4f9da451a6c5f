#include "app/load_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "app/settings_file.h"

namespace galley::app {

namespace {

constexpr std::uint64_t kSecretFileBytesMax = 64 * 1024;
constexpr std::uint32_t kOthersMayRead = 0044;
constexpr std::size_t kFaultsMax = 100;  // more are not told
constexpr std::array kOtherVariables{"GALLEY_CONFIG", "GALLEY_SERVER", "GALLEY_TOKEN", "GALLEY_URL", "GALLEY_BINARY"};

bool is_group(std::string_view table) {
    return std::ranges::any_of(settings(), [&](const Setting& setting) {
        const std::string_view key = setting.key;
        return key.size() > table.size() && key.starts_with(table) && key[table.size()] == '.';
    });
}

std::string number_text(std::int64_t number, SettingType type) {
    return setting_text(SettingValue(number), type);
}

// What the row demands of a value of the right type.
Result<void> check_value(const Setting& setting, const SettingValue& value) {
    if (setting.type == SettingType::Choice) {
        const auto& word = std::get<std::string>(value);
        if (std::ranges::find(setting.choices, word) != setting.choices.end()) return {};
        return fail(ErrorCode::InvalidInput, fmt::format("one of {} is expected", fmt::join(setting.choices, ", ")));
    }
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr) return {};
    for (const char* bound : {setting.least, setting.most}) {
        if (*bound == '\0') continue;
        GALLEY_TRY(const SettingValue limit, parse_setting_text(bound, setting.type));
        const std::int64_t edge = std::get<std::int64_t>(limit);
        if (bound == setting.least ? *number >= edge : *number <= edge) continue;
        return fail(ErrorCode::InvalidInput,
                    fmt::format("{} is {} {}", number_text(*number, setting.type),
                                bound == setting.least ? "below the least," : "beyond the most,", bound));
    }
    return {};
}

class Loader {
 public:
    Loader(const SettingSources& sources, os::Files& files) : sources_(sources), files_(files) {
        loaded_.origins.assign(settings().size(), "default");
    }

    Result<LoadedSettings> load() {
        read_file();
        for (const Setting& setting : settings()) {
            if (setting.type == SettingType::Secret) {
                take_secret(setting);
            } else {
                take_from_file(setting);
                take_from_environment(setting);
                take_from_flags(setting);
            }
        }
        report_unknown_keys();
        if (faults_.empty()) return std::move(loaded_);
        return fail(Error{ErrorCode::InvalidInput, "the configuration has faults", {}, std::move(faults_)});
    }

 private:
    void fault(std::string where, const std::string& key, const std::string& message) {
        if (faults_.size() < kFaultsMax) faults_.push_back({std::move(where), key + ": " + message});
    }

    void read_file() {
        const auto named = sources_.environment.find("GALLEY_CONFIG");
        std::string path = sources_.file;
        if (path.empty() && named != sources_.environment.end()) path = named->second;
        if (path.empty() && named != sources_.environment.end()) return;
        const bool optional = path.empty();
        if (optional) path = kDefaultSettingsFile;
        Result<std::vector<FileSetting>> found = read_settings_file(path, files_, is_group);
        if (found) {
            entries_ = std::move(*found);
            loaded_.file = path;
        } else if (!optional || found.error().code != ErrorCode::NotFound) {
            faults_.push_back({found.error().where, found.error().message});
        }
    }

    const FileSetting* entry(const std::string& key) {
        used_.insert(key);
        const auto at = std::ranges::find(entries_, key, &FileSetting::key);
        return at == entries_.end() ? nullptr : &*at;
    }

    void apply(const Setting& setting, const Result<SettingValue>& value, const std::string& where) {
        Result<void> good = value ? check_value(setting, *value) : std::unexpected(value.error());
        if (good) good = setting.field.set(loaded_.config, *value);
        if (!good) return fault(where, setting.key, good.error().message);
        loaded_.origins[static_cast<std::size_t>(&setting - settings().data())] = where;
    }

    void take_from_file(const Setting& setting) {
        const FileSetting* found = entry(setting.key);
        if (found == nullptr) return;
        apply(setting, value_of(setting, *found), found->where);
    }

    static Result<SettingValue> value_of(const Setting& setting, const FileSetting& found) {
        const auto wrong = [&] {
            return fail(ErrorCode::InvalidInput,
                        fmt::format("{} is expected, found {}", expected_form(setting.type), found.type_name));
        };
        const auto* text = std::get_if<std::string>(&found.value);
        switch (setting.type) {
            case SettingType::Flag:
                if (const bool* flag = std::get_if<bool>(&found.value)) return *flag;
                return wrong();
            case SettingType::TextList:
                if (const auto* list = std::get_if<std::vector<std::string>>(&found.value)) return *list;
                return wrong();
            case SettingType::Integer:
            case SettingType::Bytes:
                if (const auto* number = std::get_if<std::int64_t>(&found.value)) return *number;
                if (setting.type == SettingType::Integer || text == nullptr) return wrong();
                break;
            default:
                if (text == nullptr) return wrong();
        }
        return parse_setting_text(*text, setting.type);
    }

    // Empty is as good as not set: containers hand down variables that way.
    static const std::string* find(const std::map<std::string, std::string>& from, const std::string& name) {
        const auto found = from.find(name);
        return found == from.end() || found->second.empty() ? nullptr : &found->second;
    }

    void take_text(const Setting& setting, const std::map<std::string, std::string>& from, const std::string& name,
                   const char* unit) {
        const std::string* text = find(from, name);
        if (text != nullptr) apply(setting, parse_setting_text(*text + unit, setting.type), name);
    }

    void take_from_environment(const Setting& setting) {
        take_text(setting, sources_.environment, setting.old.environment, setting.old.unit);
        take_text(setting, sources_.environment, setting.environment, "");
    }

    void take_from_flags(const Setting& setting) {
        take_text(setting, sources_.flags, setting.old.flag, setting.old.unit);
        take_text(setting, sources_.flags, setting.flag, "");
    }

    // The file that a flag names, else the variable's own value, else the file that a variable or the file names.
    void take_secret(const Setting& setting) {
        const FileSetting* direct = entry(setting.key);
        const FileSetting* named = entry(secret_file_key(setting));
        if (direct != nullptr) {
            fault(direct->where, setting.key,
                  fmt::format("a secret does not belong into this file; name a file that holds it with {} or set {}",
                              secret_file_key(setting), setting.environment));
        }
        if (named != nullptr && !std::holds_alternative<std::string>(named->value)) {
            return fault(named->where, named->key, "a text is expected, found " + named->type_name);
        }
        if (sources_.secrets == Secrets::Ignored) return;
        const std::string flag = secret_file_flag(setting);
        const std::string variable = secret_file_variable(setting);
        if (const std::string* path = find(sources_.flags, flag)) return read_secret(setting, *path, flag);
        if (const std::string* value = find(sources_.environment, setting.environment))
            return apply(setting, SettingValue(*value), setting.environment);
        if (const std::string* path = find(sources_.environment, variable))
            return read_secret(setting, *path, variable);
        if (named != nullptr) read_secret(setting, std::get<std::string>(named->value), named->where);
    }

    void read_secret(const Setting& setting, const std::string& path, const std::string& where) {
        Result<Bytes> text = files_.read(path, kSecretFileBytesMax);
        if (!text) return fault(where, secret_file_key(setting), path + ": " + text.error().message);
        text->resize(std::min(text->size(), text->find_first_of("\r\n")));
        if (text->empty()) return fault(where, secret_file_key(setting), path + ": its first line is empty");
        if (const auto info = files_.info(path); info && (info->permissions & kOthersMayRead) != 0) {
            loaded_.warnings.push_back(path + " can be read by others: chmod 600");
        }
        apply(setting, SettingValue(std::move(*text)), where);
    }

    void report_unknown_keys() {
        for (const FileSetting& found : entries_) {
            if (used_.contains(found.key)) continue;
            const std::string near = nearest(found.key);
            fault(found.where, found.key,
                  fmt::format("is no known {}{}", found.is_table ? "table" : "key",
                              near.empty() || found.is_table ? "" : "; did you mean " + near + "?"));
        }
    }

    // The known key that differs least, if by little.
    std::string nearest(const std::string& key) const {
        std::string best;
        std::size_t least = key.size() / 3 + 1;
        for (const std::string& known : used_) {
            const std::size_t distance = edits(key, known);
            if (distance >= least) continue;
            least = distance;
            best = known;
        }
        return best;
    }

    static std::size_t edits(std::string_view a, std::string_view b) {
        std::vector<std::size_t> row(b.size() + 1);
        for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
        for (std::size_t i = 1; i <= a.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= b.size(); ++j) {
                const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
            }
        }
        return row[b.size()];
    }

    const SettingSources& sources_;
    os::Files& files_;
    LoadedSettings loaded_;
    std::vector<FileSetting> entries_;
    std::set<std::string> used_;
    std::vector<FieldError> faults_;
};

}  // namespace

Result<LoadedSettings> load_settings(const SettingSources& sources, os::Files& files) {
    return Loader(sources, files).load();
}

std::vector<std::string> unknown_variables(const std::map<std::string, std::string>& environment) {
    std::set<std::string> known(kOtherVariables.begin(), kOtherVariables.end());
    for (const Setting& setting : settings()) {
        known.insert(setting.environment);
        known.insert(setting.old.environment);
        if (setting.type == SettingType::Secret) known.insert(secret_file_variable(setting));
    }
    std::vector<std::string> unknown;
    for (const auto& [name, value] : environment)
        if (name.starts_with("GALLEY_") && !known.contains(name)) unknown.push_back(name);
    return unknown;
}

std::string secret_file_key(const Setting& setting) {
    return std::string(setting.key) + "_file";
}

std::string secret_file_variable(const Setting& setting) {
    return std::string(setting.environment) + "_FILE";
}

std::string secret_file_flag(const Setting& setting) {
    return std::string(setting.flag) + "-file";
}

}  // namespace galley::app
