// src/jobs/render/fetched_files.h — what a document has from the web: fetched between two renders, never within one.
//
// Shape    a render asks load(); what was not fetched yet is missing and becomes wanted(). Whoever holds the network
//          then calls fetch_all(), add()s what came and renders again, at most kFetchRoundsMax times: a sheet may
//          import another, which names a font. When nothing is wanted any more the last render counts.
// Errors   load: NotFound (it cannot be had, with the reason, or is wanted), InvalidInput (no address that can be
//          fetched). fetch_all: none; each file says what became of it.
// Owner    FetchedFiles copies. fetch_all borrows the client.
// Threads  FetchedFiles: one, a render's. fetch_all: any; it has kFetchesAtOnce threads of its own.
// Limits   kWantedMax addresses a render; FetchLimits a document.
// Source   SPEC R37, R44; docs/outbound.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace galley::net {
class WebClient;
}

namespace galley::jobs {

inline constexpr int kFetchRoundsMax = 6;
inline constexpr std::size_t kFetchesAtOnce = 6;
inline constexpr std::size_t kWantedMax = 1'000;
inline constexpr std::string_view kNotFetched = "it was not fetched: too many addresses, or named too late";

struct FetchedFile {
    std::string url;        // as the document has it, without its fragment
    std::string final_url;  // where redirects led; "" when none did
    int status = 0;         // 0: no answer
    std::string missing;    // why it cannot be had; "" when it was had
    SharedBytes content;
};

// What is left to one document.
struct FetchLimits {
    std::int64_t count_max = 200;
    std::int64_t bytes_max = 64 << 20;
};

class FetchedFiles {
 public:
    void add(FetchedFile file);
    const FetchedFile* find(std::string_view url) const;
    Result<SharedBytes> load(std::string_view url) const;

    // Asked for and not there, each once.
    std::vector<std::string> wanted() const { return {wanted_.begin(), wanted_.end()}; }
    FetchLimits left(const FetchLimits& limits) const;

 private:
    std::map<std::string, FetchedFile, std::less<>> files_;
    mutable std::set<std::string, std::less<>> wanted_;
};

// What a whole document was fetched from: 2xx, and of a type that can be one.
struct FetchedDocument {
    FetchedFile file;  // its content as it came
    std::string html;  // in UTF-8
};
// `charset`: of the content; "" for what the answer or the document says. Errors: those of net::WebClient; NotFound
// (4xx), Unavailable (other answers), Unsupported (another type, an encoding that nobody knows).
Result<FetchedDocument> fetch_document(const net::WebClient& client, const std::string& url, std::string_view charset,
                                       const std::stop_token& stop);

std::vector<FetchedFile> fetch_all(const net::WebClient& client, std::span<const std::string> urls,
                                   const FetchLimits& left, const std::stop_token& stop);

}  // namespace galley::jobs
