// src/document/pdf/attachments.h — files inside of a PDF.
//
// Shape    add(attachment) lists a file for the whole document; linked(url) is the file behind an address, embedded
//          once however many links name it; names() is the entry of the catalog's name dictionary.
// Errors   linked: what the loader says, also when it is asked again.
// Owner    borrows the file and the loader.
// Threads  one.
// Source   ISO 32000-1 §7.11.3–4 (file specifications, embedded files), §12.5.6.15 (annotations).
#pragma once

#include <map>
#include <string>

#include "base/error.h"
#include "document/pdf/pdf_file.h"

namespace galley::document {

// The last part of an address's path, decoded: "https://h/a/b%20c.txt?d" → "b c.txt"; "attachment.bin" without one.
std::string attachment_name(std::string_view url);

class Attachments {
 public:
    Attachments(PdfFile& file, const ResourceLoader* loader) : file_(file), loader_(loader) {}

    void add(const PdfAttachment& attachment);
    // Its file specification.
    Result<ObjectId> linked(const std::string& url);
    // "/EmbeddedFiles 5 0 R", or nothing. Call after the last add().
    std::string names();

 private:
    ObjectId embed(const PdfAttachment& attachment);

    PdfFile& file_;
    const ResourceLoader* loader_;
    std::map<std::string, ObjectId> listed_;  // by a name that nobody else has
    std::map<std::string, Result<ObjectId>> linked_;
};

}  // namespace galley::document
