#include "app/file_loader.h"

#include <algorithm>
#include <filesystem>

#include "codec/url.h"
#include "net/web_address.h"
#include "os/files.h"

namespace galley::app {

namespace {

constexpr std::string_view kScheme = "file://";

std::string absolute(const std::string& path) {
    std::error_code error;
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error).string();
}

bool has_scheme(std::string_view url) {
    return url.find("://") != url.npos;
}

// A folder given as a base ends with a slash, so that names are looked up in it.
std::string base_of(const std::string& given) {
    if (has_scheme(given)) return given;
    std::error_code error;
    const bool folder = std::filesystem::is_directory(given, error);
    return file_url(given) + (folder ? "/" : "");
}

Result<std::string> path_of(std::string_view url) {
    if (!url.starts_with(kScheme))
        return fail(ErrorCode::Forbidden, "it is neither a file nor an address of the web", std::string(url));
    std::string_view encoded = url.substr(kScheme.size());
    encoded = encoded.substr(0, encoded.find_first_of("?#"));
    return codec::percent_decode(encoded);
}

}  // namespace

std::string file_url(const std::string& path) {
    return std::string(kScheme) + absolute(path);
}

FileLoader::FileLoader(const std::string& input_path, const std::string& base_url) {
    const bool standard_input = input_path == "-";
    const std::string path = absolute(standard_input ? "." : input_path);
    if (net::is_web_address(input_path)) {
        base_url_ = input_path;
    } else {
        allow_folder(standard_input ? path : std::filesystem::path(path).parent_path().string());
        base_url_ = standard_input ? std::string(kScheme) + folders_.front() + "-" : std::string(kScheme) + path;
    }
    if (base_url.empty()) return;
    base_url_ = base_of(base_url);
    if (const auto base = path_of(base_url_)) allow_folder(base->substr(0, base->rfind('/') + 1));
}

void FileLoader::allow_folder(const std::string& folder) {
    std::string path = absolute(folder);
    if (!path.ends_with('/')) path += '/';
    folders_.push_back(std::move(path));
}

bool FileLoader::is_allowed(const std::string& path) const {
    return std::ranges::any_of(folders_, [&path](const std::string& folder) { return path.starts_with(folder); });
}

Result<SharedBytes> FileLoader::read(std::string_view absolute_url, std::string& path) const {
    if (net::is_web_address(absolute_url)) {
        if (fetched_ != nullptr) return fetched_->load(absolute_url);
        return fail(ErrorCode::Forbidden, "nothing is fetched from other machines without --allow-remote");
    }
    GALLEY_TRY(const std::string wanted, path_of(absolute_url));
    std::error_code error;
    path = std::filesystem::weakly_canonical(wanted, error).string();
    if (error || !is_allowed(path))
        return fail(ErrorCode::Forbidden, "the file lies outside the input's folder (--allow-folder)", wanted);
    GALLEY_TRY(Bytes bytes, os::system_files().read(path, kResourceBytesMax));
    return SharedBytes(std::move(bytes));
}

Result<SharedBytes> FileLoader::load(std::string_view absolute_url) const {
    Note note{.url = std::string(absolute_url), .path = {}, .bytes = 0, .missing = {}};
    Result<SharedBytes> loaded = read(absolute_url, note.path);
    if (loaded)
        note.bytes = loaded->size();
    else
        note.missing = loaded.error().message;
    const bool known = std::ranges::any_of(notes_, [&note](const Note& other) { return other.url == note.url; });
    if (!known && notes_.size() < kNotesMax) notes_.push_back(std::move(note));
    return loaded;
}

}  // namespace galley::app
