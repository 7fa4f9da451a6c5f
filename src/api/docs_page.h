// src/api/docs_page.h — the readable page at /docs, made from the endpoint rows (R1).
//
// Shape    docs_page(rows) = one HTML document with its styles, no script, no outside request: the template
//          assets/docs/api.html.j2 filled with docs_model(rows), what it shows as JSON.
//          policy: the Content-Security-Policy that allows exactly the page's own styles, by their hash.
// Errors   GALLEY_CHECK: template and model are the program's own (docs_page_test).
// Threads  any.
#pragma once

#include <string>
#include <vector>

#include "api/endpoint.h"

namespace galley::api {

struct DocsPage {
    std::string html;
    std::string policy;
};

DocsPage docs_page(const std::vector<EndpointRow>& rows);
std::string docs_model(const std::vector<EndpointRow>& rows);

}  // namespace galley::api
