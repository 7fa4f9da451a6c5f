#include "document/pdf/to_unicode.h"

#include <algorithm>
#include <vector>

#include "document/pdf/win_ansi.h"
#include "document/text/utf8.h"

namespace galley::document {
namespace {

void append_hex16(std::string& out, std::uint32_t value) {
    constexpr char kHex[] = "0123456789ABCDEF";
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[value >> shift & 0xF];
}

}  // namespace

std::string utf16_hex(std::string_view utf8) {
    std::string out;
    for (std::size_t at = 0; at < utf8.size();) {
        const char32_t c = decode_utf8(utf8, at);
        if (c >= 0x10000) append_hex16(out, 0xD7C0 + (c >> 10));
        append_hex16(out, c >= 0x10000 ? 0xDC00 + (c & 0x3FF) : c);
    }
    return out;
}

std::string literal_string(std::string_view bytes) {
    std::string out = "(";
    for (const char c : bytes) {
        if (c == '(' || c == ')' || c == '\\') out += '\\';
        if (c == '\r')
            out += "\\r";
        else
            out += c;
    }
    return out + ')';
}

std::string text_string(std::string_view utf8) {
    const bool plain = std::ranges::all_of(utf8, [](char c) { return c >= ' ' && c < 0x7F; });
    return plain ? literal_string(utf8) : "<FEFF" + utf16_hex(utf8) + ">";
}

namespace {

std::string map_head(std::string_view code_space) {
    return "/CIDInit/ProcSet findresource begin\n12 dict "
           "begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)"
           "/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n" +
           std::string(code_space) + "\nendcodespacerange\n";
}

constexpr std::string_view kMapTail = "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n";

}  // namespace

std::string to_unicode_map(const std::map<std::uint32_t, std::string>& glyph_text,
                           std::span<const std::uint16_t> cids) {
    constexpr std::size_t kBlock = 100;  // the most one bfchar block may hold
    std::vector<std::pair<std::uint32_t, std::string_view>> lines;
    for (const auto& [glyph, text] : glyph_text)
        if (!text.empty()) lines.emplace_back(glyph < cids.size() ? cids[glyph] : glyph, text);
    std::string out = map_head("<0000><FFFF>");
    for (std::size_t begin = 0; begin < lines.size(); begin += kBlock) {
        const std::size_t end = std::min(lines.size(), begin + kBlock);
        out += std::to_string(end - begin) + " beginbfchar\n";
        for (std::size_t i = begin; i < end; ++i) {
            out += '<';
            append_hex16(out, lines[i].first);
            out += "><" + utf16_hex(lines[i].second) + ">\n";
        }
        out += "endbfchar\n";
    }
    return out.append(kMapTail);
}

std::string win_ansi_unicode_map() {
    std::string signs;
    int count = 0;
    for (unsigned code = 0x80; code < 0xA0; ++code) {
        const char32_t c = win_ansi_character(code);
        if (c == 0) continue;
        ++count;
        std::string hex;
        append_hex16(hex, code);
        signs += '<' + hex.substr(2) + "><";
        append_hex16(signs, c);
        signs += ">\n";
    }
    return map_head("<00><FF>") + "3 beginbfrange\n<20><7E><0020>\n<A0><AC><00A0>\n<AE><FF><00AE>\nendbfrange\n" +
           std::to_string(count) + " beginbfchar\n" + signs + "endbfchar\n" + std::string(kMapTail);
}

std::string byte_unicode_map(std::span<const std::string> texts) {
    constexpr std::size_t kBlock = 100;
    std::string out = map_head("<00><FF>");
    for (std::size_t begin = 0; begin < texts.size(); begin += kBlock) {
        const std::size_t end = std::min(texts.size(), begin + kBlock);
        std::string lines;
        std::size_t count = 0;
        for (std::size_t code = begin; code < end; ++code) {
            if (texts[code].empty()) continue;
            std::string hex;
            append_hex16(hex, static_cast<std::uint32_t>(code));
            lines += '<' + hex.substr(2) + "><" + utf16_hex(texts[code]) + ">\n";
            ++count;
        }
        if (count > 0) out += std::to_string(count) + " beginbfchar\n" + lines + "endbfchar\n";
    }
    return out.append(kMapTail);
}

}  // namespace galley::document
