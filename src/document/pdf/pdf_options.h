// src/document/pdf/pdf_options.h — what is to stand in a PDF beside its pages.
//
// Owner    PdfOptions::loader is borrowed by the writer.
// Source   ISO 32000-1 §14.3 (metadata), §7.11.4 (embedded files), §14.4 (identifiers).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "document/resource_loader.h"

namespace galley::document {

struct PdfMetadata {
    std::string title, author, subject, keywords, language;
    std::string creator;                                      // what the document was written with
    std::string creation_date, modification_date;             // pdf_date() says what is read; "" = left out
    std::vector<std::pair<std::string, std::string>> custom;  // entries of the information dictionary
};

struct PdfAttachment {
    std::string name;  // of the file, as a viewer offers it
    SharedBytes bytes;
    std::string description = {};
};

struct PdfFormat {
    std::string version = "1.7";  // one of kPdfVersions
    std::string identifier = {};  // "": from the content
    bool compressed = true;       // false: readable with a text editor, but for fonts and images
};
// Object streams, which every file has, came with 1.5.
inline constexpr std::string_view kPdfVersions[] = {"1.5", "1.6", "1.7", "2.0"};

struct PdfLimits {
    int pages_max = 20'000;
    std::uint64_t output_bytes_max = 1'000'000'000;
};

struct PdfOptions {
    PdfMetadata metadata = {};
    std::vector<PdfAttachment> attachments = {};  // of the whole document
    PdfFormat format = {};
    PdfLimits limits = {};
    int deflate_level = 1;      // libdeflate 1–12; on page text 6 doubles the time of a page and saves 3 % of its bytes
    std::string base_url = {};  // relative links start from it
    const ResourceLoader* loader = nullptr;  // for the files that links attach
};

}  // namespace galley::document
