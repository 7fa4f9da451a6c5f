#include "tasks/payload_keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "codec/base64url.h"
#include "os/key_files.h"

namespace galley::tasks {
namespace {

constexpr std::string_view kSuffix = ".key";
constexpr std::uint64_t kFileBytesMax = 1'024;

Result<PayloadKey> read_key(os::Files& files, const std::string& path, std::string_view id) {
    if (!os::is_key_name(id)) {
        return fail(ErrorCode::InvalidInput, "payload key: a name has 1 to 64 letters, digits, '.', '_' or '-'", path);
    }
    GALLEY_TRY(const Bytes text, files.read(path, kFileBytesMax));
    const std::string_view line = std::string_view(text).substr(0, text.find_first_of("\r\n"));
    const Result<Digest> secret = parse_digest(line);  // also 32 bytes in hex
    if (!secret) return fail(ErrorCode::InvalidInput, "payload key: expected a line of 64 hex digits", path);
    return PayloadKey{std::string(id), secret->bytes};
}

}  // namespace

std::string PayloadKeys::seal(std::string_view plain, std::string_view context, os::Random& random) const {
    const PayloadKey& key = keys_.back();
    AeadNonce nonce{};
    random.fill(nonce);
    return key.id + ":" + codec::base64url_encode(aead_seal(key.secret, nonce, plain, context));
}

Result<std::string> PayloadKeys::open(std::string_view sealed, std::string_view context) const {
    const std::size_t colon = sealed.find(':');
    const std::string_view id = sealed.substr(0, colon);
    if (colon == sealed.npos) return fail(ErrorCode::InvalidInput, "the sealed payload names no key");
    const auto key = std::ranges::find(keys_, id, &PayloadKey::id);
    if (key == keys_.end()) {
        return fail(ErrorCode::NotFound, fmt::format("it is sealed with the payload key '{}', which is not there", id));
    }
    GALLEY_TRY(const std::string bytes, codec::base64url_decode(sealed.substr(colon + 1)));
    return aead_open(key->secret, bytes, context);
}

Result<PayloadKeyFolder> read_payload_keys(os::Files& files, const std::string& folder) {
    PayloadKeyFolder found;
    GALLEY_TRY(const std::vector<os::KeyFile> entries, os::list_key_files(files, folder));
    for (const os::KeyFile& entry : entries) {
        if (!entry.file_name.ends_with(kSuffix)) {
            found.warnings.push_back(entry.path + " is no payload key: expected NAME.key");
            continue;
        }
        if (found.keys.size() == kPayloadKeysMax) {
            return fail(ErrorCode::InvalidInput, fmt::format("payload keys: more than {}", kPayloadKeysMax),
                        entry.path);
        }
        const std::string_view name = entry.file_name;
        GALLEY_TRY(PayloadKey key, read_key(files, entry.path, name.substr(0, name.size() - kSuffix.size())));
        GALLEY_TRY(const bool exposed, os::others_may_read(files, entry.path));
        if (exposed) {
            found.warnings.push_back(entry.path + " can be read by others: chmod 600");
        }
        found.keys.push_back(std::move(key));
    }
    std::ranges::sort(found.keys, {}, &PayloadKey::id);
    return found;
}

}  // namespace galley::tasks
