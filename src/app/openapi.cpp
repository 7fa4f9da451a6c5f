#include "api/openapi.h"

#include <cstdio>

#include "app/commands.h"

namespace galley::app {

int print_openapi() {
    const std::string document = api::openapi_json(api::all_endpoints()) + "\n";
    const bool written = std::fwrite(document.data(), 1, document.size(), stdout) == document.size();
    return written && std::fflush(stdout) == 0
               ? 0
               : report({ErrorCode::Unavailable, "cannot write standard output", {}, {}});
}

}  // namespace galley::app
