// src/document/pdf/pdf_file.h — numbered objects and the file around them: streams as they come, all else in object
// streams.
//
// Shape    reserve() → a number; put(number, "<<…>>") a value; put_stream(…) a stream; finish(trailer) → the file.
//          Values are collected in compressed object streams of kObjectsPerStream, with one cross-reference stream at
//          the end.
// Errors   none; the caller watches size().
// Threads  one.
// Source   ISO 32000-1 §7.5 (file structure), §7.5.7 (object streams), §7.5.8 (cross-reference streams). /ID is the
//          first half of the SHA-256 of all objects, so equal documents are equal bytes;
//          the first of the two identifiers may be given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "codec/deflate.h"
#include "document/pdf/pdf_options.h"

namespace galley::document {

using ObjectId = std::uint32_t;

class PdfFile {
 public:
    PdfFile(codec::DeflatePool& deflate, int level, const PdfFormat& format);

    ObjectId reserve();
    void put(ObjectId id, std::string_view value);
    ObjectId add(std::string_view value);
    // `entries` are the dictionary's entries but /Length ("/Type /XObject …"); `data` is written as it is.
    void put_stream(ObjectId id, std::string_view entries, std::string_view data);
    ObjectId add_stream(std::string_view entries, std::string_view data);
    // A stream whose digest is known already (a cached font), so that it need not be hashed again.
    ObjectId add_known_stream(std::string_view entries, std::string_view data, const Digest& digest);
    int level() const { return level_; }
    Bytes deflated(std::string_view data);
    // Deflates `data` and adds /Filter, unless the format is not compressed.
    void put_deflated(ObjectId id, std::string_view entries, std::string_view data);
    ObjectId add_deflated(std::string_view entries, std::string_view data);

    std::uint64_t size() const { return out_.size() + pending_values_.size(); }
    // `trailer` = "/Root 1 0 R /Info 2 0 R". Once.
    Bytes finish(std::string_view trailer);

 private:
    struct Place {
        std::uint64_t offset = 0;  // of the object, or 0 when it lies in an object stream
        ObjectId container = 0;    // the object stream
        std::uint32_t index = 0;   // in it
    };
    struct Pending {
        ObjectId id;
        std::size_t offset;
    };
    void begin_stream(ObjectId id, std::string_view entries, std::size_t length);
    void end_stream();
    void flush_values();
    std::string cross_reference() const;

    codec::DeflatePool& deflate_;
    int level_;
    const PdfFormat format_;
    std::string out_;
    std::vector<Place> places_;
    std::string pending_values_;
    std::vector<Pending> pending_;
    std::string deflated_;
    Sha256 hash_;
};

std::string reference(ObjectId id);  // "12 0 R"

}  // namespace galley::document
