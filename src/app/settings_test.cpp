#include "app/settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "app/load_settings.h"

namespace galley::app {
namespace {

TEST(Settings, KeysVariablesAndFlagsAreDistinctAndWellFormed) {
    std::set<std::string> names;
    for (const Setting& setting : settings()) {
        const std::string_view key = setting.key;
        EXPECT_EQ(std::ranges::count(key, '.'), 1) << key << ": TABLE.NAME";
        EXPECT_TRUE(names.insert(setting.key).second) << key;
        for (const char* name : {setting.environment, setting.flag, setting.old.environment, setting.old.flag})
            EXPECT_TRUE(*name == '\0' || names.insert(name).second) << name;
        EXPECT_TRUE(*setting.environment == '\0' || std::string_view(setting.environment).starts_with("GALLEY_"))
            << key;
        EXPECT_TRUE(*setting.flag == '\0' || std::string_view(setting.flag).starts_with("--")) << key;
        EXPECT_GT(std::string_view(setting.doc).size(), 20u) << key;
        EXPECT_NE(std::string_view(setting.doc).back(), '.') << key;
    }
}

TEST(Settings, DefaultsOfTheTableAreThoseOfServeConfig) {
    const ServeConfig untouched;
    for (const Setting& setting : settings()) {
        const Result<SettingValue> fallback = parse_setting_text(setting.fallback, setting.type);
        ASSERT_TRUE(fallback) << setting.key;
        EXPECT_EQ(setting.field.get(untouched), *fallback) << setting.key;
    }
}

TEST(Settings, EachRowWritesItsOwnField) {
    for (const Setting& setting : settings()) {
        ServeConfig config;
        SettingValue other = setting.field.get(config);
        if (auto* flag = std::get_if<bool>(&other)) *flag = !*flag;
        if (auto* number = std::get_if<std::int64_t>(&other)) *number += 1;
        if (auto* list = std::get_if<std::vector<std::string>>(&other)) list->push_back("192.0.2.1");
        if (auto* text = std::get_if<std::string>(&other))
            *text = setting.choices.empty() ? "[::1]:9" : setting.choices.back();
        ASSERT_TRUE(setting.field.set(config, other)) << setting.key;
        EXPECT_EQ(setting.field.get(config), other) << setting.key;
        for (const Setting& neighbour : settings())
            if (&neighbour != &setting)
                EXPECT_EQ(neighbour.field.get(config), neighbour.field.get(ServeConfig()))
                    << setting.key << " changed " << neighbour.key;
    }
}

TEST(Settings, RangesReadAndHoldTheDefault) {
    for (const Setting& setting : settings()) {
        for (const char* bound : {setting.least, setting.most})
            EXPECT_TRUE(*bound == '\0' || parse_setting_text(bound, setting.type)) << setting.key;
        EXPECT_EQ(setting.type == SettingType::Choice, !setting.choices.empty()) << setting.key;
    }
}

}  // namespace
}  // namespace galley::app
