#include "auth/token.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/commands.h"
#include "auth/key_folder.h"
#include "auth/key_pair.h"
#include "auth/token_key.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/random.h"

namespace galley::app {

namespace {

// A key in PEM is of the algorithm that takes it; anything else is a secret.
auth::TokenAlgorithm algorithm_of(const std::string& material) {
    if (!material.contains("-----BEGIN ")) return auth::TokenAlgorithm::Hs256;
    const bool is_ed25519 = auth::make_signature_key({{}, auth::TokenAlgorithm::EdDsa, material}).has_value();
    return is_ed25519 ? auth::TokenAlgorithm::EdDsa : auth::TokenAlgorithm::Rs256;
}

Result<auth::TokenAlgorithm> algorithm_named(const std::string& name) {
    const auto algorithm = auth::parse_algorithm(name);
    if (!algorithm) return fail(ErrorCode::InvalidInput, "--algorithm must be HS256, RS256 or EdDSA", name);
    return *algorithm;
}

Result<auth::TokenKey> key_from_file(const TokenCommand& command) {
    GALLEY_TRY(Bytes material, os::system_files().read(command.key_file, auth::kKeyFileBytesMax));
    auth::TokenAlgorithm algorithm = algorithm_of(material);
    if (!command.algorithm.empty()) {
        GALLEY_TRY(algorithm, algorithm_named(command.algorithm));
    }
    if (algorithm == auth::TokenAlgorithm::Hs256)
        material.resize(std::min(material.size(), material.find_first_of("\r\n")));
    return auth::TokenKey{command.kid, algorithm, std::move(material)};
}

Result<auth::TokenKey> signing_key(const TokenCommand& command, const ServeConfig& config) {
    if (!command.key_file.empty()) return key_from_file(command);
    if (!config.jwt_secret.empty()) {
        return auth::TokenKey{command.kid, auth::TokenAlgorithm::Hs256, config.jwt_secret};
    }
    return fail(ErrorCode::InvalidInput, "set GALLEY_JWT_SECRET or GALLEY_JWT_SECRET_FILE, or name a key with --key");
}

Result<std::string> minted(const TokenCommand& command, const ServeConfig& config) {
    const std::optional<auth::Role> role = auth::parse_role(command.role);
    if (!role) return fail(ErrorCode::InvalidInput, "--role must be admin, staff, user or worker", command.role);
    GALLEY_TRY(const auth::TokenKey key, signing_key(command, config));
    const auth::TokenClaims claims{.email = command.sub,
                                   .role = *role,
                                   .name = command.name,
                                   .issuer = config.issuer,
                                   .audience = config.audience,
                                   .lifetime = std::chrono::seconds(static_cast<std::int64_t>(command.hours * 3600))};
    return auth::mint(claims, key, os::system_clock());
}

Result<std::string> generate(const KeygenCommand& command) {
    GALLEY_TRY(const auth::TokenAlgorithm algorithm, algorithm_named(command.algorithm));
    if (!auth::is_kid(command.kid)) {
        return fail(ErrorCode::InvalidInput, "--kid must be 1 to 64 letters, digits, '.', '_' or '-'", command.kid);
    }
    const std::string public_file = command.keys_folder + "/" + auth::key_file_name(command.kid, algorithm);
    os::Files& files = os::system_files();
    if (files.info(public_file)) return fail(ErrorCode::Conflict, "the file exists already", public_file);
    GALLEY_TRY(const auth::KeyPair pair, auth::generate_key_pair(algorithm, command.rsa_bits, os::system_random()));
    GALLEY_TRY_VOID(files.create_private(command.private_file, pair.private_half));
    if (algorithm == auth::TokenAlgorithm::Hs256) {
        GALLEY_TRY_VOID(files.create_private(public_file, pair.public_half));
    } else {
        GALLEY_TRY_VOID(files.write(public_file, {pair.public_half}, os::Files::Sync::Yes));
    }
    GALLEY_TRY_VOID(files.sync_folder(command.keys_folder));
    return public_file;
}

}  // namespace

int mint_token(const TokenCommand& command) {
    const Result<LoadedSettings> settings = load_settings(command.sources, os::system_files());
    if (!settings) return report_faults(settings.error());
    const Result<std::string> token = minted(command, settings->config);
    if (!token) return report(token.error());
    std::puts(token->c_str());
    return 0;
}

int generate_token_key(const KeygenCommand& command) {
    const Result<std::string> public_file = generate(command);
    if (!public_file) return report(public_file.error());
    fmt::print("to verify with: {}\nto mint with:   {}\n", *public_file, command.private_file);
    return 0;
}

}  // namespace galley::app
