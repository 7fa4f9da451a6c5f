// src/app/remote.h — asking a running server from the command line: where it is, with what token.
//
// Shape    ask_server(options, "GET", "/api/v1/accounts") → its JSON; print_answer() shows it.
// Errors   what http_client.h gives; a refusal becomes the error that its status stands for, with the server's words.
// Threads  the main thread; blocks.
#pragma once

#include <string>

#include "base/error.h"
#include "codec/json.h"

namespace galley::app {

struct RemoteOptions {
    std::string url;         // "http://127.0.0.1:8000"
    std::string token_file;  // its first line; "": GALLEY_TOKEN
    std::string ca_file;     // PEM; "": the system's
};

Result<codec::JsonDocument> ask_server(const RemoteOptions& options, const std::string& method, const std::string& path,
                                       const std::string& body = {});

// The same for an answer that is no JSON.
Result<std::string> ask_server_for_text(const RemoteOptions& options, const std::string& method,
                                        const std::string& path, const std::string& body = {});

// The members of an object as "name  value" lines, or the JSON as it came.
void print_answer(const codec::JsonValue& answer, bool as_json);

}  // namespace galley::app
