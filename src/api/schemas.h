// src/api/schemas.h — the named shapes that rows refer to, and the parameters that many rows share.
//
// Shape    all_schemas(): each name once, in alphabetical order; every ref() in a row names one of them (openapi_test).
//          The room's shapes are made from rooms::room_schema(), the table that check_room() works by.
// Threads  made once; any.
#pragma once

#include <string_view>
#include <vector>

#include "api/endpoint.h"
#include "api/schema.h"

namespace galley::api {

const std::vector<NamedSchema>& all_schemas();
std::vector<NamedSchema> worker_schemas();  // part of them: worker_schemas.cpp

// Path parameters by name; "" describes one that is not known here.
Schema path_parameter_schema(std::string_view name);
std::string_view path_parameter_description(std::string_view name);
std::string_view path_parameter_example(std::string_view name);

QueryParameter wait_parameter();                                         // R5
std::vector<QueryParameter> paged(std::vector<QueryParameter> filters);  // with limit and cursor (R4)

// Shorthand for the usual answers.
Answer answer_of(int status, const char* description, Schema schema);
Answer created(const char* description, Schema schema);  // 201 with Location
Answer accepted(const char* description, Schema schema, std::vector<AnswerHeader> headers = {});
Answer no_content(const char* description);

}  // namespace galley::api
