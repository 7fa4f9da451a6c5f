// src/document/data_url_loader.h — a loader that reads data: addresses itself and asks another one for all the rest.
//
// Errors   load: InvalidInput (broken base64), Forbidden (nobody to ask), those of the other loader.
// Owner    borrows `inner`, which may be null.
// Threads  as `inner`.
// Source   RFC 2397.
#pragma once

#include <utility>

#include "document/resource_loader.h"

namespace galley::document {

class DataUrlLoader final : public ResourceLoader {
 public:
    explicit DataUrlLoader(const ResourceLoader* inner) : inner_(inner) {}

    Result<SharedBytes> load(std::string_view url) const override {
        if (url.starts_with("data:")) {
            GALLEY_TRY(DataUrl data, decode_data_url(url));
            return SharedBytes(std::move(data.bytes));
        }
        if (inner_ == nullptr) return fail(ErrorCode::Forbidden, "no resources are allowed");
        return inner_->load(url);
    }

 private:
    const ResourceLoader* inner_;
};

}  // namespace galley::document
