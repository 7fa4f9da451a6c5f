#include "app/settings_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

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

struct StringEnd {
    std::size_t at;                      // behind its closing quotes
    std::optional<std::size_t> escaped;  // a byte beyond ASCII behind a backslash, its digits or its blank lines
};

// Where a string ends that begins at `begin`, or a single line's at its end; the text's size when it never does.
StringEnd end_of_string(std::string_view text, std::size_t begin) {
    const char quote = text[begin];
    const std::string three(3, quote);
    const bool many_lines = text.substr(begin).starts_with(three);
    for (std::size_t i = begin + (many_lines ? 3 : 1); i < text.size(); ++i) {
        if (text[i] == '\\' && quote == '"') {
            ++i;
            const std::size_t digits = text.substr(i, 1) == "u" ? 4 : text.substr(i, 1) == "U" ? 8 : 0;
            for (std::size_t at = i; at < std::min(i + 1 + digits, text.size()); ++at) {
                if ((text[at] & 0x80) != 0) return {text.size(), at};
            }
            const std::size_t behind = many_lines ? text.find_first_not_of(" \t\n\v\f\r", i) : std::string_view::npos;
            if (behind != std::string_view::npos && (text[behind] & 0x80) != 0) return {text.size(), behind};
        } else if (many_lines && text.substr(i).starts_with(three)) {
            const std::size_t behind = text.find_first_not_of(quote, i);
            // Up to two quotes may stand before the closing three.
            return {std::min({behind, i + 5, text.size()}), std::nullopt};
        } else if (!many_lines && (text[i] == quote || text[i] == '\n')) {
            return {i + 1, std::nullopt};
        }
    }
    return {text.size(), std::nullopt};
}

// May a string begin behind this character (blanks left out)? Behind a dot as part of a key only.
bool may_precede_string(char before, bool in_value) {
    return std::string_view("=,[{\n").contains(before) || (before == '.' && !in_value);
}

// The first byte beyond ASCII that is in no string and no comment, or is escaped in one. TOML has no place for either:
// toml++ 3.3 asks about it with a search table that promises the compiler a false thing. Found by fuzz/settings.cpp.
std::optional<std::size_t> find_stray_letter(std::string_view text) {
    char before = '\n';
    bool in_value = false;  // an = stands before on the line
    for (std::size_t i = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < text.size();) {
        const char c = text[i];
        if ((c & 0x80) != 0) return i;
        if ((c == '"' || c == '\'') && may_precede_string(before, in_value)) {
            const StringEnd end = end_of_string(text, i);
            if (end.escaped) return end.escaped;
            i = end.at;
        } else if (c == '#') {
            i = std::min(text.find('\n', i), text.size());
            continue;
        } else {
            ++i;
        }
        in_value = c != '\n' && (in_value || c == '=');
        if (c != ' ' && c != '\t' && c != '\r') before = c;
    }
    return std::nullopt;
}

std::string place(const std::string& name, std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    return fmt::format("{}:{}:{}", name, std::ranges::count(before, '\n') + 1, offset - line_begin + 1);
}

}  // namespace

Result<std::vector<FileSetting>> parse_settings(std::string_view text, const std::string& name, IsGroup is_group) {
    if (const auto stray = find_stray_letter(text)) {
        return fail(ErrorCode::InvalidInput,
                    "is not TOML: a character beyond ASCII outside of quotes or behind a backslash",
                    place(name, text, *stray));
    }
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
