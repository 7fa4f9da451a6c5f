// src/document/pdf/metadata.h — the document's information dictionary and its XMP twin.
//
// Shape    info_dictionary(m) → "<</Title…>>"; xmp_packet(m) → XML, empty when there is nothing to say.
//          pdf_date("2024-01-15T10:30:00+01:00") → "D:20240115103000+01'00'"; the seconds, the time, the day and the
//          month may be missing (W3C's date and time formats); empty when it is no such date.
// Threads  any.
// Source   ISO 32000-1 §14.3.2–3, §7.9.4; XMP (ISO 16684-1). No clock: a date only when the caller gives one.
#pragma once

#include <string>
#include <string_view>

#include "document/pdf/pdf_options.h"

namespace galley::document {

std::string info_dictionary(const PdfMetadata& metadata);
std::string xmp_packet(const PdfMetadata& metadata);
std::string pdf_date(std::string_view text);

}  // namespace galley::document
