#include "document/pdf/metadata.h"

#include <algorithm>

#include "base/digest.h"
#include "document/pdf/to_unicode.h"

namespace galley::document {
namespace {

constexpr std::string_view kProducer = "Galley";

std::string xml_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
            out += c;
    }
    return out;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "/Name", what a name may not hold as "#xx".
std::string name_object(std::string_view name) {
    constexpr std::string_view kSpecial = "()<>[]{}/%#";
    std::string out = "/";
    for (const char c : name) {
        if (c > 0x20 && c < 0x7F && kSpecial.find(c) == kSpecial.npos)
            out += c;
        else
            out += "#" + hex_encode(std::string_view(&c, 1));
    }
    return out;
}

}  // namespace

std::string pdf_date(std::string_view text) {
    constexpr std::string_view kShape = "0000-00-00T00:00:00";
    constexpr std::size_t kYear = 4, kMonth = 7, kDay = 10, kMinute = 16;
    std::string out = "D:";
    std::size_t at = 0;
    for (; at < std::min(kShape.size(), text.size()); ++at) {
        const bool zone = at == kMinute && text[at] != ':';
        if (zone) break;
        if (kShape[at] == '0' ? !is_digit(text[at]) : text[at] != kShape[at]) return {};
        if (kShape[at] == '0') out += text[at];
    }
    if (at == text.size()) return at == kYear || at == kMonth || at == kDay ? out : std::string();
    if (at != kMinute && at != kShape.size()) return {};
    if (at == kMinute) out += "00";
    std::string_view zone = text.substr(at);
    if (at == kShape.size() && zone.starts_with('.')) {
        zone.remove_prefix(1);
        while (!zone.empty() && is_digit(zone.front())) zone.remove_prefix(1);
    }
    if (zone == "Z") return out + "Z";
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return {};
    for (const std::size_t i : {1U, 2U, 4U, 5U})
        if (!is_digit(zone[i])) return {};
    out += zone.substr(0, 3);
    out += '\'';
    out += zone.substr(4, 2);
    return out + '\'';
}

std::string info_dictionary(const PdfMetadata& metadata) {
    std::string out = "<<";
    const auto entry = [&](const char* key, std::string_view value) {
        if (!value.empty()) out += key + text_string(value);
    };
    entry("/Title", metadata.title);
    entry("/Author", metadata.author);
    entry("/Subject", metadata.subject);
    entry("/Keywords", metadata.keywords);
    entry("/Creator", metadata.creator);
    entry("/Producer", kProducer);
    entry("/CreationDate", pdf_date(metadata.creation_date));
    entry("/ModDate", pdf_date(metadata.modification_date));
    for (const auto& [key, value] : metadata.custom) entry(name_object(key).c_str(), value);
    return out + ">>";
}

std::string xmp_packet(const PdfMetadata& metadata) {
    std::string body;
    const auto simple = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) body += "<" + std::string(name) + ">" + xml_text(value) + "</" + std::string(name) + ">\n";
    };
    const auto list = [&](std::string_view name, std::string_view kind, std::string_view item, std::string_view value) {
        if (value.empty()) return;
        const std::string list_name = "rdf:" + std::string(kind);
        body += "<" + std::string(name) + "><" + list_name + "><rdf:li" + std::string(item) + ">" + xml_text(value) +
                "</rdf:li></" + list_name + "></" + std::string(name) + ">\n";
    };
    list("dc:title", "Alt", " xml:lang=\"x-default\"", metadata.title);
    list("dc:creator", "Seq", "", metadata.author);
    list("dc:description", "Alt", " xml:lang=\"x-default\"", metadata.subject);
    list("dc:language", "Bag", "", metadata.language);
    simple("pdf:Keywords", metadata.keywords);
    simple("xmp:CreatorTool", metadata.creator);
    if (!pdf_date(metadata.creation_date).empty()) simple("xmp:CreateDate", metadata.creation_date);
    if (!pdf_date(metadata.modification_date).empty()) simple("xmp:ModifyDate", metadata.modification_date);
    if (body.empty()) return {};
    simple("pdf:Producer", kProducer);
    return "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
           "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
           "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
           "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
           "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n" +
           body + "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>";
}

}  // namespace galley::document
