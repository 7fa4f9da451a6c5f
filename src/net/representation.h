// src/net/representation.h — the last step of every answer: content coding, validators and conditions (R6).
//
// Shape    represent(request, response, limits), in this order:
//          1. choose a coding; 2. to GET and HEAD: `Vary`, 406 when the client accepts nothing that is offered;
//          3. what carries validators: ETag of the coding chosen ("hash" or "hash-gzip"), then 304, 412 or 206
//          (conditional.h); 4. encode what is still to be sent.
//          HEAD goes the same way as GET, so that its fields are the same.
// Threads  any; runs on the request's loop.
// Limits   CompressionLimits.
// Source   RFC 9110 §8.8.3, §12.5.3, §13.2.
#pragma once

#include "net/content_encoding.h"
#include "net/http.h"

namespace galley::net {

void represent(const Request& request, Response& response, const CompressionLimits& limits);

}  // namespace galley::net
