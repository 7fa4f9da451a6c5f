#include "app/reload.h"

namespace galley::app {

std::string shown_value(const Setting& setting, const ServeConfig& config) {
    std::string text = setting_text(setting.field.get(config), setting.type);
    return setting.type == SettingType::Secret && !text.empty() ? "***" : text;
}

std::vector<SettingChange> changed_settings(const ServeConfig& before, const ServeConfig& after) {
    std::vector<SettingChange> changes;
    for (const Setting& setting : settings()) {
        if (setting.field.get(before) == setting.field.get(after)) continue;
        changes.push_back({&setting, shown_value(setting, before), shown_value(setting, after)});
    }
    return changes;
}

ServeConfig with_live_settings(ServeConfig current, const ServeConfig& fresh) {
    for (const Setting& setting : settings()) {
        if (setting.reload != Reload::Live) continue;
        // It was taken once already, from the same form.
        GALLEY_CHECK(setting.field.set(current, setting.field.get(fresh)).has_value());
    }
    return current;
}

}  // namespace galley::app
