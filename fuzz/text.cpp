// fuzz/text.cpp — arbitrary UTF-8 through line breaking, bidi, hyphenation, shaping and lines: no crash, and
// one mark and one level for each byte.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "codec/utf8.h"
#include "document/document.h"
#include "document/text/bidi.h"
#include "document/text/line_break.h"
#include "document/text/testing/installed_fonts.h"

namespace {

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = galley::codec::utf8_sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '&')
            out += "&amp;";
        else if (c != '\0')
            out += c;
    }
    return out;
}

// The first byte chooses how the rest is set.
std::string document_of(std::uint8_t choice, std::string_view text) {
    constexpr const char* kLanguages[] = {"en", "de", "ar", "th", "ja", "zh-Hant", "he", ""};
    constexpr const char* kSpaces[] = {"normal", "pre-wrap", "break-spaces", "pre"};
    std::string html = "<style>@page{size:200px 200px;margin:5px}p{hyphens:auto;text-align:justify;white-space:";
    html += kSpaces[choice >> 3 & 3];
    html += (choice & 32) != 0 ? ";direction:rtl" : "";
    html += (choice & 64) != 0 ? ";unicode-bidi:plaintext;overflow-wrap:anywhere"
                               : ";overflow:hidden;text-overflow:ellipsis";
    html += (choice & 128) != 0 ? ";font-variant:small-caps;text-transform:capitalize" : "";
    const std::string body = escaped(text);
    return html + "}</style><p lang=\"" + kLanguages[choice & 7] + "\">" + body + "<b dir=auto>" +
           body.substr(0, body.find(' ')) + "</b>" + body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 4096) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (!is_utf8(text)) return 0;
    galley::document::LineBreaker breaker;
    if (breaker.find(text, 0, {"en"}).size() != text.size() + 1) std::abort();
    galley::document::BidiLevels bidi;
    if (bidi.find(text, galley::document::ParagraphBase::FirstStrong).size() != text.size()) std::abort();
    static const galley::document::InstalledFonts fonts;
    static galley::document::Engine engine(fonts);
    galley::document::RenderOptions options;
    options.limits.pages_max = 50;
    (void)engine.render_pdf(document_of(data[0], text), options);
    return 0;
}
