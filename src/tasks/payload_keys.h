// src/tasks/payload_keys.h — the keys that inputs, results and cursors of encrypted tasks are sealed with at rest.
//
// Shape    A folder of files KID.key, each one line of 64 hex digits (openssl rand -hex 32). The last by name seals,
//          all of them open: a new key gets a name that comes after, the old one stays as long as tasks are sealed with
//          it. A sealed payload is "KID:" and base64url of what base/aead.h makes, bound to its task and its part.
// Errors   read_payload_keys: NotFound, Unavailable (folder, file); InvalidInput (name, content). open: NotFound (no
//          key of that name), InvalidInput (changed).
// Threads  all methods from any thread.
// Limits   kPayloadKeysMax keys.
// Source   SPEC R53a.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/aead.h"
#include "base/error.h"
#include "os/files.h"
#include "os/random.h"

namespace galley::tasks {

inline constexpr std::size_t kPayloadKeysMax = 100;

struct PayloadKey {
    std::string id;
    AeadKey secret{};
};

class PayloadKeys {
 public:
    PayloadKeys() = default;
    explicit PayloadKeys(std::vector<PayloadKey> keys) : keys_(std::move(keys)) {}

    bool empty() const { return keys_.empty(); }
    // Precondition: not empty().
    std::string seal(std::string_view plain, std::string_view context, os::Random& random) const;
    Result<std::string> open(std::string_view sealed, std::string_view context) const;

 private:
    std::vector<PayloadKey> keys_;
};

struct PayloadKeyFolder {
    std::vector<PayloadKey> keys;  // in order of their names
    std::vector<std::string> warnings;
};

Result<PayloadKeyFolder> read_payload_keys(os::Files& files, const std::string& folder);

}  // namespace galley::tasks
