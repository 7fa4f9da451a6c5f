// src/app/listing.h — lists of a running server as tables or JSON.
//
// Shape    list_items(remote, "/api/v1/accounts?limit=200", columns, most) follows `next` and gives at most `most`
//          items; print_listing() shows them under the columns' titles, or as one JSON array.
// Errors   as ask_server(); Unavailable when the answer is no list.
// Threads  the main thread; blocks.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/remote.h"

namespace galley::app {

struct Column {
    const char* title;   // "CREATED"
    const char* member;  // "created_at"
};

struct Listing {
    std::vector<std::vector<std::string>> lines;
    std::string json;  // the items as they came, with commas between
};

Result<Listing> list_items(const RemoteOptions& remote, std::string path, std::span<const Column> columns,
                           std::size_t most);
void print_listing(const Listing& listing, std::span<const Column> columns, bool as_json);

}  // namespace galley::app
