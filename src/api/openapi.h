// src/api/openapi.h — the OpenAPI 3.1 document, made from the endpoint rows (R1).
//
// Shape    openapi_json(rows) is the whole document as JSON: the same rows give the same bytes.
//          What follows from a row is added here: path parameters, the bearer token, Idempotency-Key, the problems that
//          any such endpoint may answer. `x-rate-class` says which rate limit counts the call.
// Duty     a row's tag is one of kTags (GALLEY_CHECK), a ref() names one of all_schemas() (openapi_test).
// Threads  any.
// Source   https://spec.openapis.org/oas/v3.1.1.html
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/endpoint.h"

namespace galley::api {

struct Tag {
    std::string_view name;
    std::string_view title;
    std::string_view description;
};
std::span<const Tag> all_tags();  // in the order of the page

// What holds everywhere, a sentence or two each, in Markdown.
std::span<const std::string_view> interface_notes();

// The names in "{…}" of a pattern, in order.
std::vector<std::string> path_parameters(std::string_view pattern);

// What may go wrong at this endpoint: its own problems and those that follow from the row; by status.
std::vector<ProblemAnswer> problems_of(const EndpointRow& row);

std::string openapi_json(const std::vector<EndpointRow>& rows);

}  // namespace galley::api
