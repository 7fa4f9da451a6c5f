// src/app/reload.h — which settings differ between two readings, and which of them a running server may take up.
//
// Shape    changed_settings(before, after): a row each; secrets show no value. with_live_settings(): `current` with
//          the rows of Reload::Live taken from `fresh`.
// Errors   none.
// Threads  any.
#pragma once

#include <string>
#include <vector>

#include "app/settings.h"

namespace galley::app {

struct SettingChange {
    const Setting* setting;
    std::string before;
    std::string after;
};

std::vector<SettingChange> changed_settings(const ServeConfig& before, const ServeConfig& after);
ServeConfig with_live_settings(ServeConfig current, const ServeConfig& fresh);
// What may be shown of a setting: a secret is "***", or "" when it is not set.
std::string shown_value(const Setting& setting, const ServeConfig& config);

}  // namespace galley::app
