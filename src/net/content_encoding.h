// src/net/content_encoding.h — which content coding an answer goes out with (R6).
//
// Shape    accepted_codings(request) reads Accept-Encoding; choose() gives the coding with the highest q, at equal q
//          zstd, br, gzip, identity in this order; nullopt when the client accepts none of what is offered.
//          is_compressible(response) knows the types that get smaller: JSON, HTML, text, CSS, JavaScript, SVG, XML;
//          never PDF or other images, a file, what is encoded already, a part (206), or `no-transform`.
//          encode(response, coding) puts the encoded body in.
// Threads  any.
// Limits   CompressionLimits: below bytes_min nothing is gained, above bytes_max (a few ms) the loop would be held up.
// Source   RFC 9110 §12.5.3, §8.4; RFC 9111 §5.2.2.6 (no-transform).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "codec/compression.h"
#include "net/http.h"

namespace galley::net {

struct CompressionLimits {
    std::size_t bytes_min = 1024;
    std::size_t bytes_max = 1 << 20;
};

// q in thousandths for each Coding; 0 = not acceptable.
struct AcceptedCodings {
    static constexpr std::size_t kCount = 4;
    std::array<std::uint16_t, kCount> q{1, 0, 0, 0};  // without the field: identity, the least preferred choice

    std::uint16_t of(codec::Coding coding) const { return q[static_cast<std::size_t>(coding)]; }
    // With `encodings` Offered, among all codings, else identity or nothing.
    enum class Offer : std::uint8_t { IdentityOnly, All };
    std::optional<codec::Coding> choose(Offer offer) const;
};

AcceptedCodings accepted_codings(const Request& request);

bool is_compressible(const Response& response);

void encode(Response& response, codec::Coding coding);

}  // namespace galley::net
