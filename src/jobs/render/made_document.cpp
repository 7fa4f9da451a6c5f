#include "jobs/render/made_document.h"

#include <algorithm>
#include <cstring>

#include "codec/json.h"
#include "codec/json_writer.h"
#include "codec/url.h"
#include "jobs/render/fetched_files.h"
#include "net/web_address.h"

namespace galley::jobs {

namespace {

constexpr int kPagesMax = 10'000'000;
constexpr std::int64_t kStatusEnd = 1'000;

std::unexpected<Error> not_ours() {
    return fail(ErrorCode::Corrupt, "the child process answered what is no document");
}

// Not in the middle of a character; what is no UTF-8, because it was cut elsewhere, loses those bytes.
std::string cut(std::string_view text) {
    std::size_t end = std::min(text.size(), kReportTextBytesMax);
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    std::string out(text.substr(0, end));
    if (!codec::is_utf8(out)) std::erase_if(out, [](char c) { return static_cast<signed char>(c) < 0; });
    return out;
}

void append_resource(codec::JsonWriter& json, const UsedResource& resource) {
    json.begin_object();
    json.field("url", cut(resource.url));
    if (resource.status != 0) json.field("status", resource.status);
    if (!resource.final_url.empty()) json.field("final_url", cut(resource.final_url));
    if (resource.missing.empty()) {
        json.field("bytes", resource.bytes);
        json.field("sha256", resource.sha256);
    } else {
        json.field("missing", cut(resource.missing));
    }
    json.end_object();
}

std::string text_of(const codec::JsonValue& object, std::string_view name) {
    const auto value = object.find(name);
    return value && value->is_string() ? cut(value->string()) : std::string();
}

std::int64_t number_of(const codec::JsonValue& object, std::string_view name) {
    const auto value = object.find(name);
    return value && value->type() == codec::JsonType::Integer ? value->integer() : -1;
}

Result<UsedResource> read_resource(const codec::JsonValue& value) {
    if (!value.is_object()) return not_ours();
    UsedResource resource{.url = text_of(value, "url"),
                          .bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_of(value, "bytes"))),
                          .sha256 = text_of(value, "sha256"),
                          .missing = text_of(value, "missing"),
                          .status = 0,
                          .final_url = text_of(value, "final_url")};
    if (const std::int64_t status = number_of(value, "status"); status > 0 && status < kStatusEnd)
        resource.status = static_cast<int>(status);
    const bool there = resource.missing.empty();
    if (there && !parse_digest(resource.sha256)) return not_ours();
    return resource;
}

Result<std::vector<std::string>> read_wanted(std::string_view lines) {
    std::vector<std::string> wanted;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        if (end == lines.npos || wanted.size() == kWantedMax) return not_ours();
        if (!net::parse_web_address(lines.substr(0, end))) return not_ours();
        wanted.emplace_back(lines.substr(0, end));
        lines.remove_prefix(end + 1);
    }
    if (wanted.empty()) return not_ours();
    return wanted;
}

}  // namespace

std::string report_json(const DocumentReport& report) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("page_count", report.page_count);
    json.key("warnings");
    json.begin_array();
    for (std::size_t i = 0; i < std::min(report.warnings.size(), kReportWarningsMax); ++i)
        json.value(cut(report.warnings[i]));
    json.end_array();
    json.key("resources");
    json.begin_array();
    for (std::size_t i = 0; i < std::min(report.resources.size(), kReportResourcesMax); ++i)
        append_resource(json, report.resources[i]);
    json.end_array();
    json.end_object();
    return out;
}

Result<DocumentReport> parse_report(std::string_view text) {
    if (text.size() > kReportBytesMax) return not_ours();
    const Result<codec::JsonDocument> parsed = codec::JsonDocument::parse(text, 8);
    if (!parsed || !parsed->root().is_object()) return not_ours();
    const auto warnings = parsed->root().find("warnings"), resources = parsed->root().find("resources");
    const std::int64_t pages = number_of(parsed->root(), "page_count");
    if (!warnings || !warnings->is_array() || !resources || !resources->is_array()) return not_ours();
    if (pages < 0 || pages > kPagesMax) return not_ours();
    if (warnings->size() > kReportWarningsMax || resources->size() > kReportResourcesMax) return not_ours();
    DocumentReport report;
    report.page_count = static_cast<int>(pages);
    for (const codec::JsonValue& warning : warnings->elements()) {
        if (!warning.is_string()) return not_ours();
        report.warnings.push_back(cut(warning.string()));
    }
    for (const codec::JsonValue& value : resources->elements()) {
        GALLEY_TRY(UsedResource resource, read_resource(value));
        report.resources.push_back(std::move(resource));
    }
    return report;
}

Bytes encode_made(MadePdf made) {
    const std::uint64_t pdf_bytes = made.wanted.empty() ? made.pdf.size() : kWantedMark;
    Bytes out = std::move(made.pdf);  // the rest behind it, so that it need not be moved
    if (made.wanted.empty()) out += report_json(made.report);
    for (const std::string& url : made.wanted) (out += url) += '\n';
    out.append(reinterpret_cast<const char*>(&pdf_bytes), sizeof pdf_bytes);
    return out;
}

Result<MadePdf> decode_made(Bytes bytes) {
    std::uint64_t pdf_bytes = 0;
    if (bytes.size() < sizeof pdf_bytes) return not_ours();
    const std::size_t body = bytes.size() - sizeof pdf_bytes;
    std::memcpy(&pdf_bytes, bytes.data() + body, sizeof pdf_bytes);
    MadePdf made;
    if (pdf_bytes == kWantedMark) {
        GALLEY_TRY(made.wanted, read_wanted(std::string_view(bytes).substr(0, body)));
        return made;
    }
    if (pdf_bytes > body) return not_ours();
    GALLEY_TRY(made.report, parse_report(std::string_view(bytes).substr(pdf_bytes, body - pdf_bytes)));
    bytes.resize(pdf_bytes);
    made.pdf = std::move(bytes);
    return made;
}

}  // namespace galley::jobs
