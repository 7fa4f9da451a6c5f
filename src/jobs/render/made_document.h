// src/jobs/render/made_document.h — a document that was made, with all that is told of it, and how it travels from a
// child process.
//
// Shape    encode_made: PDF, then a report in JSON, then the length of the PDF; or, where addresses must be fetched
//          first, these, a line each, and kWantedMark for a length. decode_made takes it apart again.
//          report_json / parse_report: what is kept beside the PDF and shown: pages, warnings, resources.
// Errors   decode_made, parse_report: Corrupt; a child that was taken over may send anything.
// Owner    copies.
// Threads  any.
// Limits   kReportBytesMax; kWarningsMax warnings, kResourcesMax resources, texts cut to kReportTextBytesMax.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/error.h"

namespace galley::jobs {

inline constexpr std::uint64_t kWantedMark = UINT64_MAX;
inline constexpr std::size_t kReportBytesMax = 4u << 20;
inline constexpr std::size_t kReportWarningsMax = 200;
inline constexpr std::size_t kReportResourcesMax = 500;
inline constexpr std::size_t kReportTextBytesMax = 500;

// One reference of the document to something outside of its HTML.
struct UsedResource {
    std::string url;
    std::uint64_t bytes = 0;
    std::string sha256;       // hex; "" when it is missing
    std::string missing;      // why; "" when it was there
    int status = 0;           // of the answer that it came with; 0 when it was not fetched
    std::string final_url{};  // where redirects led; "" when none did
};

struct DocumentReport {
    int page_count = 0;
    std::vector<std::string> warnings;
    std::vector<UsedResource> resources;  // in the order in which they were asked for, each once
};

struct MadePdf {
    Bytes pdf;
    DocumentReport report;
    std::vector<std::string> wanted{};  // addresses that must be fetched first; then there is no PDF
};

std::string report_json(const DocumentReport& report);
Result<DocumentReport> parse_report(std::string_view json);

Bytes encode_made(MadePdf made);
Result<MadePdf> decode_made(Bytes bytes);

}  // namespace galley::jobs
