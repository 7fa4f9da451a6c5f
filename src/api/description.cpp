// The interface described: the OpenAPI document (R1).
#include "api/endpoint.h"
#include "api/openapi.h"
#include "api/schemas.h"
#include "base/digest.h"
#include "net/conditional.h"

namespace galley::api {

namespace {

// Made once: the rows do not change while the program runs.
struct Page {
    SharedBytes bytes;
    std::string etag;

    explicit Page(Bytes text) : bytes(std::move(text)), etag(net::strong_etag(sha256(bytes.view()).hex())) {}
};

void send_page(Call call, const Page& page, const char* content_type) {
    net::Response response{
        .status = 200, .content_type = content_type, .headers = {}, .body = net::SharedBody(page.bytes)};
    response.add_header("Cache-Control", "no-cache");
    response.validators = {.etag = page.etag};
    std::move(call).respond(std::move(response));
}

void openapi_document(Call call) {
    static const Page kPage(openapi_json(all_endpoints()));
    send_page(std::move(call), kPage, "application/json");
}

}  // namespace

std::vector<EndpointRow> description_endpoints() {
    using enum net::Method;
    return {
        {.method = Get,
         .pattern = "/api/v1/openapi.json",
         .name = "openapi",
         .tag = "description",
         .summary = "This document (OpenAPI 3.1)",
         .access = Access::Public,
         .rate_class = auth::RateClass::Public,
         .answers = {answer_of(200, "the document", map(any())),
                     {.status = 304, .description = "the caller's copy is current"}},
         .handler = openapi_document},
    };
}

}  // namespace galley::api
