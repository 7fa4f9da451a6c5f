#include "app/cli.h"
#include "app/commands.h"

namespace galley::app {

void add_openapi(CLI::App& root, Chosen& chosen) {
    CLI::App* command = root.add_subcommand("openapi", "Print the OpenAPI 3.1 document of the HTTP interface");
    command->footer("Example:\n  galley openapi > openapi.json");
    command->callback([&chosen] { chosen = print_openapi; });
}

}  // namespace galley::app
