// The interface described: the OpenAPI document and the page at /docs (R1).
#include "api/docs_page.h"
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

void send_page(Call call, const Page& page, const char* content_type, const std::string& policy = {}) {
    net::Response response{
        .status = 200, .content_type = content_type, .headers = {}, .body = net::SharedBody(page.bytes)};
    response.add_header("Cache-Control", "no-cache");
    response.add_header("Referrer-Policy", "no-referrer");
    if (!policy.empty()) response.add_header("Content-Security-Policy", policy);
    response.validators = {.etag = page.etag};
    std::move(call).respond(std::move(response));
}

void docs(Call call) {
    static const DocsPage kDocs = docs_page(all_endpoints());
    static const Page kPage(kDocs.html);
    send_page(std::move(call), kPage, "text/html; charset=utf-8", kDocs.policy);
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
        {.method = Get,
         .pattern = "/docs",
         .name = "docs",
         .tag = "description",
         .summary = "This interface as a readable page",
         .access = Access::Public,
         .rate_class = auth::RateClass::Public,
         .answers = {{.status = 200,
                      .description = "the page: no script, no outside requests",
                      .schema = text(),
                      .content_type = "text/html; charset=utf-8"},
                     {.status = 304, .description = "the caller's copy is current"}},
         .handler = docs},
    };
}

}  // namespace galley::api
