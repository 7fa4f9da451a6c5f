// src/app/file_loader.h — resources of `galley render`: files beside the input, in folders that were allowed, and what
// was fetched from the web.
//
// Shape    base_url() is the input's path (or the working folder's, for standard input), or what was given instead;
//          load() takes what resolve_url() made of it, and notes it. A document from the web has no folder: files are
//          loaded for it from allowed ones only.
// Errors   load: Forbidden (another scheme, the web when it is not allowed, or a path that leaves the allowed folders),
//          NotFound, LimitExceeded.
// Owner    borrows what was fetched.
// Threads  one render at a time.
// Limits   kResourceBytesMax; kNotesMax notes.
#pragma once

#include <string>
#include <vector>

#include "document/resource_loader.h"
#include "jobs/render/fetched_files.h"

namespace galley::app {

// A path as a URL, absolute: "page.html" → "file://…/page.html".
std::string file_url(const std::string& path);

class FileLoader final : public document::ResourceLoader {
 public:
    static constexpr std::uint64_t kResourceBytesMax = 64u << 20;
    static constexpr std::size_t kNotesMax = 10'000;

    struct Note {
        std::string url;
        std::string path;  // "" when it is no file
        std::uint64_t bytes = 0;
        std::string missing;  // why; "" when it was there
    };

    explicit FileLoader(const std::string& input_path, const std::string& base_url = {});
    // Addresses of the web are looked up here; without it they are refused.
    void allow_remote(const jobs::FetchedFiles& fetched) { fetched_ = &fetched; }
    // Files of this folder, and below it, may be loaded, too.
    void allow_folder(const std::string& folder);
    const std::string& base_url() const { return base_url_; }
    const std::vector<Note>& notes() const { return notes_; }
    Result<SharedBytes> load(std::string_view absolute_url) const override;

 private:
    Result<SharedBytes> read(std::string_view absolute_url, std::string& path) const;
    bool is_allowed(const std::string& path) const;

    const jobs::FetchedFiles* fetched_ = nullptr;
    std::string base_url_;
    std::vector<std::string> folders_;  // absolute, without symbolic links, with a slash at their ends
    mutable std::vector<Note> notes_;
};

}  // namespace galley::app
