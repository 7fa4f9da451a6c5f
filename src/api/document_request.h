// src/api/document_request.h — what POST /documents asks for, from JSON or from a form, checked.
//
// Shape    JSON {"html"|"template_source"+"data"|"url", "options"}; or multipart/form-data whose part `index.html` is
//          the document (or `index.html.j2` a template, with its `data`), `options` the same JSON as above, and every
//          other part a file: its path is the part's name, or for parts named `file` or `files` its file name. A part
//          `url` stands for the document.
// Errors   InvalidInput with the JSON pointer of each fault (of a form: "/" and the part's name); Unsupported for what
//          this version does not offer (stored templates, another engine, encryption, PDF variants), by its
//          pointer; UnsupportedMedia; LimitExceeded (parts of a form).
// Owner    copies out of the body.
// Threads  any.
// Limits   the k…Max below; codec::MultipartLimits.
// Source   SPEC R30, R37; docs/documents.md.
#pragma once

#include <optional>
#include <string>

#include "api/call.h"
#include "jobs/render/order.h"

namespace galley::api {

inline constexpr std::size_t kStyleSheetsMax = 20;
inline constexpr std::size_t kStyleSheetBytesMax = 1u << 20;
inline constexpr std::size_t kMetadataBytesMax = 2'000;
inline constexpr std::size_t kFilePathBytesMax = 200;
inline constexpr std::size_t kFileNameBytesMax = 150;
inline constexpr std::size_t kAttachmentsMax = 100;
inline constexpr std::size_t kMediaTypeBytesMax = 50;
inline constexpr std::size_t kPdfIdentifierBytesMax = 200;

struct DocumentRequest {
    jobs::RenderOrder order;
    std::string file_name;  // for its reader: "invoice.pdf"
    std::optional<Duration> timeout{};
    std::optional<jobs::RemotePolicy> remote{};  // as it was said
};

Result<DocumentRequest> document_request(const Call& call);

}  // namespace galley::api
