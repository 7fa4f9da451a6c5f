// src/app/file_loader.h — resources of `galley render`: files beside the input, nothing else.
//
// Shape    base_url() is the input's path (or the working folder's, for standard input); load() takes what
//          resolve_url() made of it.
// Errors   load: Forbidden (another scheme, or a path that leaves the input's folder), NotFound, LimitExceeded.
// Limits   kResourceBytesMax.
#pragma once

#include <string>

#include "document/resource_loader.h"

namespace galley::app {

class FileLoader final : public document::ResourceLoader {
 public:
    static constexpr std::uint64_t kResourceBytesMax = 64u << 20;

    explicit FileLoader(const std::string& input_path);
    const std::string& base_url() const { return base_url_; }
    Result<SharedBytes> load(std::string_view absolute_url) const override;

 private:
    std::string base_url_;
    std::string folder_;  // absolute, without symbolic links, with a slash at its end
};

}  // namespace galley::app
