#include "auth/key_folder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "os/key_files.h"

namespace galley::auth {

namespace {

constexpr std::array<std::pair<TokenAlgorithm, std::string_view>, 3> kSuffixes{
    {{TokenAlgorithm::Hs256, ".hs256"},
     {TokenAlgorithm::Rs256, ".rs256.pem"},
     {TokenAlgorithm::EdDsa, ".ed25519.pem"}}};

struct KeyName {
    std::string_view kid;
    TokenAlgorithm algorithm;
};

std::optional<KeyName> parse_name(std::string_view name) {
    for (const auto& [algorithm, suffix] : kSuffixes) {
        if (name.ends_with(suffix)) return KeyName{name.substr(0, name.size() - suffix.size()), algorithm};
    }
    return std::nullopt;
}

Result<TokenKey> read_key(os::Files& files, const std::string& path, const KeyName& name) {
    if (!is_kid(name.kid)) {
        return fail(ErrorCode::InvalidInput, "token key: a kid has 1 to 64 letters, digits, '.', '_' or '-'", path);
    }
    GALLEY_TRY(Bytes material, files.read(path, kKeyFileBytesMax));
    if (name.algorithm == TokenAlgorithm::Hs256)
        material.resize(std::min(material.size(), material.find_first_of("\r\n")));
    return TokenKey{std::string(name.kid), name.algorithm, std::move(material)};
}

bool is_secret(const TokenKey& key) {
    return key.algorithm == TokenAlgorithm::Hs256 || key.material.contains("PRIVATE KEY-----");
}

Result<void> check_distinct(const KeyFolder& found, const TokenKey& key, const std::string& path) {
    if (found.keys.size() >= kTokenKeysMax) {
        return fail(ErrorCode::InvalidInput, "token keys: more than " + std::to_string(kTokenKeysMax), path);
    }
    if (std::ranges::find(found.keys, key.kid, &TokenKey::kid) == found.keys.end()) return {};
    return fail(ErrorCode::InvalidInput, "token keys: two files have the kid \"" + key.kid + "\"", path);
}

}  // namespace

bool is_kid(std::string_view text) {
    static_assert(kKidBytesMax == os::kKeyNameBytesMax);
    return os::is_key_name(text);
}

std::string key_file_name(std::string_view kid, TokenAlgorithm algorithm) {
    for (const auto& [value, suffix] : kSuffixes) {
        if (value == algorithm) return std::string(kid).append(suffix);
    }
    return std::string(kid);
}

Result<KeyFolder> read_key_folder(os::Files& files, const std::string& folder) {
    KeyFolder found;
    GALLEY_TRY(const std::vector<os::KeyFile> entries, os::list_key_files(files, folder));
    for (const os::KeyFile& entry : entries) {
        const auto name = parse_name(entry.file_name);
        if (!name) {
            found.warnings.push_back(entry.path + " is no key: expected KID.hs256, KID.rs256.pem or KID.ed25519.pem");
            continue;
        }
        GALLEY_TRY(TokenKey key, read_key(files, entry.path, *name));
        GALLEY_TRY_VOID(check_distinct(found, key, entry.path));
        GALLEY_TRY(const bool exposed, os::others_may_read(files, entry.path));
        if (is_secret(key) && exposed) {
            found.warnings.push_back(entry.path + " can be read by others: chmod 600");
        }
        found.keys.push_back(std::move(key));
    }
    return found;
}

}  // namespace galley::auth
