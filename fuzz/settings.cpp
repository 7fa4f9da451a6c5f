// The configuration file and the texts of settings: no input may crash, and what is read is written to read back equal.
#include "app/settings.h"

#include <string_view>

#include "app/settings_file.h"

namespace {

using namespace galley::app;

bool any_table(std::string_view) {
    return true;
}

void check_text(std::string_view text, SettingType type) {
    const galley::Result<SettingValue> value = parse_setting_text(text, type);
    if (!value) return;
    const galley::Result<SettingValue> again = parse_setting_text(setting_text(*value, type), type);
    GALLEY_CHECK(again && *again == *value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const SettingType type : {SettingType::Flag, SettingType::Integer, SettingType::Bytes, SettingType::Duration,
                                   SettingType::TextList, SettingType::Text})
        check_text(text, type);
    const auto found = parse_settings(text, "fuzz.toml", any_table);
    if (!found) return 0;
    for (const FileSetting& setting : *found) GALLEY_CHECK(!setting.key.empty() || !setting.where.empty());
    return 0;
}
