#include "net/representation.h"

#include <utility>

#include "net/conditional.h"
#include "net/problem.h"
#include "net/response_head.h"

namespace galley::net {

namespace {

using codec::Coding;
using Offer = AcceptedCodings::Offer;

bool is_read(const Request& request) {
    return request.method == Method::Get || request.method == Method::Head;
}

// A client that refuses identity gets small bodies encoded, too.
Offer offer_for(const Response& response, bool compressible, const AcceptedCodings& accepted,
                const CompressionLimits& limits) {
    if (!compressible || body_size(response.body) > limits.bytes_max) return Offer::IdentityOnly;
    const bool large_enough = body_size(response.body) >= limits.bytes_min;
    return large_enough || accepted.of(Coding::Identity) == 0 ? Offer::All : Offer::IdentityOnly;
}

Response refusal(const Request& request, bool compressible) {
    Response refused = problem(406, "The answer is not available in an accepted content coding.", request.request_id);
    if (compressible) refused.add_header("Vary", "Accept-Encoding");
    return refused;
}

}  // namespace

void represent(const Request& request, Response& response, const CompressionLimits& limits) {
    if (!status_has_body(response.status) || std::holds_alternative<StreamBody>(response.body)) return;
    if (!is_read(request) && body_size(response.body) < limits.bytes_min)
        return;  // OPTIMIZATION: most answers to writes
    const int status = response.status;
    const bool compressible = is_compressible(response);
    const AcceptedCodings accepted = accepted_codings(request);
    const auto coding = accepted.choose(offer_for(response, compressible, accepted, limits));
    if (is_read(request) && status == 200) {
        if (!coding) {
            response = refusal(request, compressible);
            return;
        }
        if (compressible) response.add_header("Vary", "Accept-Encoding");
    }
    const Coding chosen = coding.value_or(Coding::Identity);
    if (response.validators) {
        Validators validators = *std::exchange(response.validators, std::nullopt);
        if (!validators.etag.empty()) validators.etag = etag_of_coding(validators.etag, chosen);
        apply_conditions(request, validators, response, compressible ? Ranges::No : Ranges::Yes);
    }
    if (compressible && response.status == status) encode(response, chosen);
}

}  // namespace galley::net
