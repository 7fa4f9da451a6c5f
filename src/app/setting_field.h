// src/app/setting_field.h — how a row of the settings table reaches its field in ServeConfig.
//
// Shape    field<&ServeConfig::workers>(), field<&ServeConfig::http, &net::HttpServerOptions::idle_timeout>():
//          bool, integers, Duration, std::string and vectors of it. choice_field<kNames, &ServeConfig::log_level>():
//          an enum whose enumerators count up from 0 in the order of kNames.
// Errors   set: InvalidInput from a field that has its own form (an address); type, range and choice were checked.
// Threads  any.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/setting_value.h"

namespace galley::app {

struct SettingField {
    Result<void> (*set)(ServeConfig&, const SettingValue&) = nullptr;
    SettingValue (*get)(const ServeConfig&) = nullptr;
};

template <typename Field>
void put_value(Field& to, const SettingValue& from) {
    if constexpr (std::is_same_v<Field, bool> || std::is_same_v<Field, std::string> ||
                  std::is_same_v<Field, std::vector<std::string>>) {
        to = std::get<Field>(from);
    } else if constexpr (std::is_integral_v<Field>) {
        to = static_cast<Field>(std::get<std::int64_t>(from));
    } else {
        to = Field(std::get<std::int64_t>(from));
    }
}

template <typename Field>
SettingValue take_value(const Field& from) {
    if constexpr (std::is_same_v<Field, bool> || std::is_same_v<Field, std::string> ||
                  std::is_same_v<Field, std::vector<std::string>>) {
        return from;
    } else if constexpr (std::is_integral_v<Field>) {
        return static_cast<std::int64_t>(from);
    } else {
        return static_cast<std::int64_t>(from.count());
    }
}

template <auto... Members>
constexpr SettingField field() {
    return {[](ServeConfig& config, const SettingValue& value) -> Result<void> {
                put_value((config.*....*Members), value);
                return {};
            },
            [](const ServeConfig& config) { return take_value((config.*....*Members)); }};
}

template <const auto& Names, auto... Members>
constexpr SettingField choice_field() {
    return {[](ServeConfig& config, const SettingValue& value) -> Result<void> {
                auto& to = (config.*....*Members);
                const auto at = std::ranges::find(Names, std::get<std::string>(value)) - std::begin(Names);
                to = static_cast<std::remove_reference_t<decltype(to)>>(at);
                return {};
            },
            [](const ServeConfig& config) -> SettingValue {
                return std::string(Names[static_cast<std::size_t>((config.*....*Members))]);
            }};
}

}  // namespace galley::app
