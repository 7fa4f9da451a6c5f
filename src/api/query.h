// src/api/query.h — the query of a request against its row's table: names and values (R1, R4).
//
// Errors   InvalidInput: a name that the row does not have, a name given twice, a value that breaks its schema, a query
//          that does not parse. Rows that are open to all take any query: probes and scrapers add what they like.
// Threads  any.
#pragma once

#include "api/endpoint.h"

namespace galley::api {

Result<void> check_query(const net::Request& request, const EndpointRow& row);

// One value against the schema of its parameter (Text, Integer or Boolean).
Result<void> check_query_value(std::string_view name, std::string_view value, const Schema& schema);

}  // namespace galley::api
