// src/app/serve_fields.h — how the settings table reaches fields of ServeConfig: by short names, or in their own ways.
//
// Errors   set: InvalidInput where the form of a value is the field's business (an address).
// Threads  any.
#pragma once

#include <string>
#include <vector>

#include "app/setting_field.h"
#include "net/address_guard.h"
#include "net/client_address.h"

namespace galley::app {

inline Result<void> set_listen(ServeConfig& config, const SettingValue& value) {
    GALLEY_TRY(config.listen, parse_listen(std::get<std::string>(value)));
    return {};
}
inline constexpr SettingField kListen{
    set_listen, [](const ServeConfig& config) -> SettingValue { return listen_text(config.listen); }};

inline Result<void> set_trusted_proxies(ServeConfig& config, const SettingValue& value) {
    GALLEY_TRY_VOID(net::TrustedProxies::parse(std::get<std::vector<std::string>>(value)));
    config.trusted_proxies = std::get<std::vector<std::string>>(value);
    return {};
}
inline constexpr SettingField kTrustedProxies{
    set_trusted_proxies, [](const ServeConfig& config) -> SettingValue { return config.trusted_proxies; }};

template <auto List>
Result<void> set_address_list(ServeConfig& config, const SettingValue& value) {
    GALLEY_TRY_VOID(net::AddressList::parse(std::get<std::vector<std::string>>(value)));
    config.outbound.guard.*List = std::get<std::vector<std::string>>(value);
    return {};
}
template <auto List>
constexpr SettingField address_list() {
    return {set_address_list<List>,
            [](const ServeConfig& config) -> SettingValue { return config.outbound.guard.*List; }};
}

template <auth::RateClass Class, auto Member>
constexpr SettingField rate() {
    return {[](ServeConfig& config, const SettingValue& value) -> Result<void> {
                config.rates.of(Class).*Member = std::get<std::int64_t>(value);
                return {};
            },
            [](const ServeConfig& config) -> SettingValue {
                return config.rates.classes[static_cast<std::size_t>(Class)].*Member;
            }};
}

template <auto... Members>
constexpr SettingField http() {
    return field<&ServeConfig::http, Members...>();
}

template <auto Member>
constexpr SettingField limit() {
    return field<&ServeConfig::limits, Member>();
}

}  // namespace galley::app
