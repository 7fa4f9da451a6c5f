#include "app/cli.h"
#include "app/commands.h"

namespace galley::app {

void add_token(CLI::App& root, Chosen& chosen) {
    static TokenCommand token;
    static SettingFlags flags;
    CLI::App* command = root.add_subcommand("token", "Mint a bearer token with GALLEY_JWT_SECRET");
    command->footer("Example:\n  galley token --sub ann@example.org --role admin --hours 8");
    command->add_option("--sub", token.sub, "The caller's e-mail address")->required();
    command->add_option("--role", token.role, "admin, staff or user")->capture_default_str();
    command->add_option("--name", token.name, "The caller's name");
    command->add_option("--hours", token.hours, "How long it is good for")
        ->check(CLI::Range(0.001, 24.0 * 3660))
        ->capture_default_str();
    flags.declare(*command, {"auth.jwt_secret"});
    command->callback([&chosen] {
        chosen = [] {
            token.sources = flags.sources();
            return mint_token(token);
        };
    });
}

}  // namespace galley::app
