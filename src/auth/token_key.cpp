#include "auth/token_key.h"

#include "auth/hs256_key.h"
#include "auth/pem_key.h"

namespace galley::auth {

Result<std::unique_ptr<SignatureKey>> make_signature_key(const TokenKey& key) {
    switch (key.algorithm) {
        case TokenAlgorithm::Hs256:
            return Hs256Key::create(key.material);
        case TokenAlgorithm::Rs256:
        case TokenAlgorithm::EdDsa:
            return PemKey::create(key.algorithm, key.material);
    }
    return fail(ErrorCode::Internal, "token key: an algorithm without an implementation");
}

}  // namespace galley::auth
