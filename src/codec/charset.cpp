#include "codec/charset.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>

#include "codec/header_value.h"
#include "codec/url.h"

namespace galley::codec {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Mark {
    std::string_view bytes;
    std::string_view name;
};
constexpr Mark kMarks[] = {{"\xEF\xBB\xBF", "utf-8"}, {"\xFE\xFF", "utf-16be"}, {"\xFF\xFE", "utf-16le"}};

const Mark* mark_of(std::string_view bytes) {
    const auto* found =
        std::ranges::find_if(kMarks, [bytes](const Mark& mark) { return bytes.starts_with(mark.bytes); });
    return found == std::end(kMarks) ? nullptr : found;
}

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
}

// `charset=` within a <meta …>, quoted or not.
std::string declared_in_meta(std::string_view lower) {
    for (std::size_t at = lower.find("<meta"); at != lower.npos; at = lower.find("<meta", at + 1)) {
        const std::string_view tag = lower.substr(at, lower.find('>', at) - at);
        std::size_t value = tag.find("charset");
        if (value == tag.npos) continue;
        value = tag.find_first_not_of(" \t\r\n=\"'", value + std::string_view("charset").size());
        if (value == tag.npos) continue;
        std::size_t end = value;
        while (end < tag.size() && is_name_char(tag[end])) ++end;
        if (end > value) return std::string(tag.substr(value, end - value));
    }
    return "";
}

std::string canonical(std::string_view label) {
    std::string name = ascii_lower(trim_blanks(label));
    if (name == "utf8" || name == "unicode-1-1-utf-8") return "utf-8";
    const bool western = name == "latin1" || name == "iso-8859-1" || name == "iso8859-1" || name == "ascii" ||
                         name == "us-ascii" || name == "l1" || name == "cp1252" || name == "x-cp1252";
    if (western) return "windows-1252";
    if (name == "utf-16") return "utf-16le";
    return name;
}

class Converter {
 public:
    explicit Converter(const std::string& from) : handle_(::iconv_open("UTF-8", from.c_str())) {}
    ~Converter() {
        if (good()) ::iconv_close(handle_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    bool good() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

    std::string run(std::string_view bytes) {
        std::string out;
        char* in = const_cast<char*>(bytes.data());  // NOLINT: iconv() does not write to it
        std::size_t left = bytes.size();
        char buffer[4096];
        while (left > 0) {
            char* to = buffer;
            std::size_t room = sizeof buffer;
            const std::size_t done = ::iconv(handle_, &in, &left, &to, &room);
            const int why = errno;
            out.append(buffer, sizeof buffer - room);
            if (done != static_cast<std::size_t>(-1) || why == E2BIG) continue;
            out += kReplacement;  // bytes that are none of the charset's, or a cut end
            ++in;
            --left;
        }
        return out;
    }

 private:
    iconv_t handle_;
};

}  // namespace

std::string html_charset(std::string_view bytes) {
    if (const Mark* mark = mark_of(bytes)) return std::string(mark->name);
    const std::string declared = canonical(declared_in_meta(ascii_lower(bytes.substr(0, kCharsetScanBytes))));
    // What is read as ASCII so far cannot be UTF-16, whatever it says.
    if (!declared.empty()) return declared.starts_with("utf-16") ? "utf-8" : declared;
    return is_utf8(bytes) ? "utf-8" : "windows-1252";
}

Result<std::string> to_utf8(std::string_view bytes, std::string_view label) {
    std::string name = canonical(label);
    if (const Mark* mark = mark_of(bytes)) {
        name = mark->name;
        bytes.remove_prefix(mark->bytes.size());
    }
    if (name == "utf-8" && is_utf8(bytes)) return std::string(bytes);
    Converter converter(name);
    if (!converter.good()) return fail(ErrorCode::Unsupported, "no such character encoding", std::string(label));
    return converter.run(bytes);
}

}  // namespace galley::codec
