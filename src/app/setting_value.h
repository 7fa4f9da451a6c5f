// src/app/setting_value.h — the values that a setting may have, and how people write them.
//
// Shape    parse_setting_text("64 MiB", Bytes) → 67108864; setting_text(67108864, Bytes) → "64MiB".
// Units    bytes: B, KB, KiB, MB, MiB, GB, GiB, TB, TiB, or a bare number of bytes; times: ms, s, min, h, d, always
//          with a unit. Fractions ("0.5s") and any case are taken; the result is whole bytes or milliseconds.
// Errors   parse: InvalidInput, whose message says what is expected.
// Threads  any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace galley::app {

enum class SettingType : std::uint8_t {
    Text,
    Flag,  // true, false
    Integer,
    Bytes,
    Duration,
    Choice,    // one of a few words
    TextList,  // in the file an array of texts, elsewhere separated by commas
    Secret,    // from the environment or a file of its own, never in the configuration file
};

// Bytes are int64, as are Durations in milliseconds; Choice and Secret are texts.
using SettingValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

Result<SettingValue> parse_setting_text(std::string_view text, SettingType type);
// As one would write it in a flag; reads back equal.
std::string setting_text(const SettingValue& value, SettingType type);
// "a size such as 64MiB or 100MB": what an error message says is expected.
std::string_view expected_form(SettingType type);

}  // namespace galley::app
