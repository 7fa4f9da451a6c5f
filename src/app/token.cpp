#include "auth/token.h"

#include <cstdio>

#include "app/commands.h"
#include "os/clock.h"

namespace galley::app {

int mint_token(const TokenCommand& command) {
    const Result<LoadedSettings> settings = load_settings(command.sources, os::system_files());
    if (!settings) return report_faults(settings.error());
    const std::string& secret = settings->config.jwt_secret;
    if (secret.empty())
        return report({ErrorCode::InvalidInput, "set GALLEY_JWT_SECRET or GALLEY_JWT_SECRET_FILE", {}, {}});
    const std::optional<auth::Role> role = auth::parse_role(command.role);
    if (!role) return report({ErrorCode::InvalidInput, "--role must be admin, staff or user", command.role, {}});
    auth::TokenClaims claims;
    claims.email = command.sub;
    claims.role = *role;
    claims.name = command.name;
    claims.lifetime = std::chrono::seconds(static_cast<std::int64_t>(command.hours * 3600));
    const Result<std::string> token = auth::mint(
        claims, {.kid = {}, .algorithm = auth::TokenAlgorithm::Hs256, .material = secret}, os::system_clock());
    if (!token) return report(token.error());
    std::puts(token->c_str());
    return 0;
}

}  // namespace galley::app
