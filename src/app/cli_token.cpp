#include "app/cli.h"
#include "app/commands.h"

namespace galley::app {

namespace {

void add_keygen(CLI::App& token, Chosen& chosen) {
    static KeygenCommand keygen;
    CLI::App* command = token.add_subcommand("keygen", "Make a key: one half to verify with, one to mint with");
    command->footer(
        "Examples:\n"
        "  galley token keygen --kid 2026-07 --keys-dir /etc/galley/keys --private 2026-07.key\n"
        "  galley token keygen --algorithm RS256 --bits 3072 --kid idp --keys-dir keys --private idp.key\n"
        "  galley token --key 2026-07.key --kid 2026-07 --sub ann@example.org\n\n"
        "The server reads the folder that auth.keys_dir names; SIGHUP makes it read it anew. Nothing is replaced.");
    command->add_option("--algorithm", keygen.algorithm, "EdDSA, RS256 or HS256")->capture_default_str();
    command->add_option("--kid", keygen.kid, "The key's name in tokens and in the folder")->required();
    command->add_option("--keys-dir", keygen.keys_folder, "Folder for the half that verifies")->required();
    command->add_option("--private", keygen.private_file, "New file for the half that mints (mode 0600)")->required();
    command->add_option("--bits", keygen.rsa_bits, "Size of an RSA key, 2048 to 8192")->capture_default_str();
    command->callback([&chosen] { chosen = [] { return generate_token_key(keygen); }; });
}

}  // namespace

void add_token(CLI::App& root, Chosen& chosen) {
    static TokenCommand token;
    static SettingFlags flags;
    CLI::App* command = root.add_subcommand("token", "Mint a bearer token with GALLEY_JWT_SECRET or a key");
    command->footer(
        "Examples:\n  galley token --sub ann@example.org --role admin --hours 8\n"
        "  galley token --sub ann@example.org --key 2026-07.key --kid 2026-07\n"
        "  galley token keygen --kid 2026-07 --keys-dir /etc/galley/keys --private 2026-07.key");
    CLI::Option* sub = command->add_option("--sub", token.sub, "The caller's e-mail address (required)");
    command->add_option("--role", token.role, "admin, staff, user or worker")->capture_default_str();
    command->add_option("--name", token.name, "The caller's name");
    command->add_option("--key", token.key_file, "Private key in PEM, or a file with a secret");
    command->add_option("--algorithm", token.algorithm, "HS256, RS256 or EdDSA (default: what the key is for)");
    command->add_option("--kid", token.kid, "Name of the key, as the server's folder has it");
    command->add_option("--hours", token.hours, "How long it is good for")
        ->check(CLI::Range(0.001, 24.0 * 3660))
        ->capture_default_str();
    flags.declare(*command, {"auth.jwt_secret", "auth.issuer", "auth.audience"});
    add_keygen(*command, chosen);
    command->callback([&chosen, command, sub] {
        if (!command->get_subcommands().empty()) return;
        if (sub->empty()) throw CLI::RequiredError("--sub");
        chosen = [] {
            token.sources = flags.sources();
            return mint_token(token);
        };
    });
}

}  // namespace galley::app
