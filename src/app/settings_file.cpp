#include "app/settings_file.h"

#include <fmt/format.h>

// toml++ 3.3 turns its assertions into promises to the compiler when NDEBUG is set, and one of them ("a key follows a
// table's bracket") does not hold for input such as "[[[": undefined behaviour in a release, abort() in a debug build.
// With assertions that are nothing, its own error handling behind them answers. Found by fuzz/settings.cpp.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace galley::app {

namespace {

struct Walk {
    std::string prefix;  // "" or "http."
    const toml::table* table;
};

std::string place(const std::string& name, const toml::source_region& source) {
    return fmt::format("{}:{}:{}", name, source.begin.line, source.begin.column);
}

std::string type_name(const toml::node& node) {
    const std::string_view name = toml::impl::node_type_friendly_names[static_cast<std::size_t>(node.type())];
    return std::string(name);
}

// Monostate when an element is no text.
decltype(FileSetting::value) texts_of(const toml::array& array) {
    std::vector<std::string> texts;
    for (const toml::node& node : array) {
        const auto text = node.value_exact<std::string>();
        if (!text) return std::monostate();
        texts.push_back(*text);
    }
    return texts;
}

decltype(FileSetting::value) value_of(const toml::node& node) {
    if (const auto flag = node.value_exact<bool>()) return *flag;
    if (const auto number = node.value_exact<std::int64_t>()) return *number;
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const toml::array* array = node.as_array()) return texts_of(*array);
    return std::monostate();
}

}  // namespace

Result<std::vector<FileSetting>> parse_settings(std::string_view text, const std::string& name, IsGroup is_group) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        return fail(ErrorCode::InvalidInput, "is not TOML: " + std::string(parsed.error().description()),
                    place(name, parsed.error().source()));
    }
    std::vector<FileSetting> found;
    std::vector<Walk> open{{"", &parsed.table()}};
    while (!open.empty()) {
        const Walk walk = std::move(open.back());
        open.pop_back();
        for (const auto& [key, node] : *walk.table) {
            std::string path = walk.prefix + std::string(key.str());
            if (node.is_table() && is_group(path)) {
                open.push_back({path + ".", node.as_table()});
                continue;
            }
            found.push_back(
                {std::move(path), value_of(node), type_name(node), place(name, key.source()), node.is_table()});
        }
    }
    return found;
}

Result<std::vector<FileSetting>> read_settings_file(const std::string& path, os::Files& files, IsGroup is_group) {
    Result<Bytes> text = files.read(path, kSettingsFileBytesMax);
    if (!text) {
        text.error().where = path;
        return std::unexpected(std::move(text.error()));
    }
    return parse_settings(*text, path, is_group);
}

}  // namespace galley::app
