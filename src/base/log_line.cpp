#include "base/log_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace galley {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
// What says that fields were left out, in the longer form.
constexpr std::size_t kCutBytes = 16;

std::string_view level_name(LogLevel level) {
    constexpr std::string_view kNames[] = {"debug", "info", "warning", "error", "off"};
    return kNames[static_cast<std::size_t>(level)];
}

// Length of the UTF-8 sequence at the start of `text`, 0 when there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
    const unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < least || byte(1) > most) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
    return length;
}

// C0, DEL and C1.
bool is_control(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
    return sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(sequence.size());
        if (length == 0) {
            out += kReplacement;
        } else if (is_control(sequence)) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(sequence.back()));
        } else {
            if (sequence[0] == '"' || sequence[0] == '\\') out += '\\';
            out += sequence;
        }
    }
    out += '"';
}

// Can stand in a text line without quotes.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '=';
    });
}

void append_field(std::string& out, LogFormat format, const LogField& field) {
    if (format == LogFormat::Json) {
        out += ',';
        append_quoted(out, field.name);
        out += ':';
    } else {
        out += ' ';
        out += field.name;
        out += '=';
    }
    const bool bare = !field.quoted || (format == LogFormat::Text && is_plain(field.value));
    if (bare) {
        out += field.value;
    } else {
        append_quoted(out, field.value);
    }
}

}  // namespace

std::string log_line(LogFormat format, LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    std::string line;
    if (format == LogFormat::Json) {
        line = fmt::format("\"level\":\"{}\",\"event\":", level_name(level));
        append_quoted(line, event);
    } else {
        line = fmt::format("{:<7} {}", level_name(level), event);
    }
    for (const LogField& field : fields) {
        const std::size_t before = line.size();
        append_field(line, format, field);
        if (line.size() + kCutBytes <= kLogLineBytesMax) continue;
        line.resize(before);
        append_field(line, format, LogField("cut", true));
        break;
    }
    return line;
}

}  // namespace galley
