// src/api/pdf_answer.h — what all answers with a PDF of the cache have in common.
//
// Shape    pdf_response(…) → 200 with the fields that say how it came; the caller adds validators.
// Threads  any.
// Source   SPEC R26, R30.
#pragma once

#include <cstdint>
#include <string>

#include "api/endpoint.h"
#include "cache/document_cache.h"
#include "net/http.h"

namespace galley::api {

inline constexpr const char* kPdfType = "application/pdf";

enum class CacheOutcome : std::uint8_t { Hit, Miss };

net::Body body_of(cache::DocumentBody document);
net::Response pdf_response(const std::string& disposition, net::Body body, CacheOutcome outcome);
// The row of OpenAPI for it.
Answer pdf_answer(int status, const char* description);

}  // namespace galley::api
