// src/document/document_head.h — what a document says of itself: metadata, attached files, where addresses start from.
//
// Errors   none: a date that is none, and an attachment that cannot be had, are left out and named in `warnings`.
// Threads  any.
// Source   https://html.spec.whatwg.org/multipage/semantics.html#the-head-element; `dcterms.created` and others as
//          https://wiki.whatwg.org/wiki/MetaExtensions registers them.
#pragma once

#include <string>
#include <vector>

#include "document/html/dom.h"
#include "document/pdf/pdf_options.h"

namespace galley::document {

enum class CustomMetadata : bool { Ignored, Kept };  // <meta> elements of other names

// `given`, and from the document what it leaves empty.
PdfMetadata document_metadata(const Dom& dom, PdfMetadata given, CustomMetadata custom,
                              std::vector<std::string>& warnings);

// What relative addresses start from: <base href>, else `given`.
std::string document_base(const Dom& dom, const std::string& given);

// The files of <link rel=attachment>, in order.
std::vector<PdfAttachment> linked_attachments(const Dom& dom, const std::string& base_url, const ResourceLoader& loader,
                                              std::vector<std::string>& warnings);

}  // namespace galley::document
