#include "app/file_loader.h"

#include <filesystem>

#include "codec/url.h"
#include "os/files.h"

namespace galley::app {

FileLoader::FileLoader(const std::string& input_path) {
    std::error_code error;
    const bool standard_input = input_path == "-";
    const auto path = std::filesystem::weakly_canonical(standard_input ? "." : input_path, error);
    const auto folder = standard_input ? path : path.parent_path();
    folder_ = folder.string() + "/";
    base_url_ = "file://" + (standard_input ? folder_ + "-" : path.string());
}

Result<SharedBytes> FileLoader::load(std::string_view absolute_url) const {
    constexpr std::string_view kScheme = "file://";
    if (!absolute_url.starts_with(kScheme)) {
        return fail(ErrorCode::Forbidden, "only files beside the input are loaded", std::string(absolute_url));
    }
    std::string_view encoded = absolute_url.substr(kScheme.size());
    encoded = encoded.substr(0, encoded.find_first_of("?#"));
    GALLEY_TRY(const std::string wanted, codec::percent_decode(encoded));
    std::error_code error;
    const std::string path = std::filesystem::weakly_canonical(wanted, error).string();
    if (error || !path.starts_with(folder_)) {
        return fail(ErrorCode::Forbidden, "the file lies outside the input's folder", wanted);
    }
    GALLEY_TRY(Bytes bytes, os::system_files().read(path, kResourceBytesMax));
    return SharedBytes(std::move(bytes));
}

}  // namespace galley::app
