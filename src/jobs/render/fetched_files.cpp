#include "jobs/render/fetched_files.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "codec/charset.h"
#include "codec/header_value.h"
#include "net/web_address.h"
#include "net/web_client.h"

namespace galley::jobs {

namespace {

bool is_success(int status) {
    return status >= 200 && status < 300;
}

std::string answered(int status) {
    return "the server answers " + std::to_string(status);
}

std::string parameter_of(std::string_view content_type, std::string_view name) {
    const auto parsed = codec::parse_header_value(content_type);
    return parsed ? std::string(parsed->parameter(name).value_or("")) : std::string();
}

std::string type_of(std::string_view content_type) {
    std::string type = codec::ascii_lower(content_type.substr(0, content_type.find(';')));
    type.erase(type.find_last_not_of(" \t") + 1);
    return type;
}

FetchedFile file_of(const std::string& url, const net::WebAnswer& answer) {
    return {.url = url,
            .final_url = answer.url == url ? "" : answer.url,
            .status = answer.status,
            .missing = is_success(answer.status) ? "" : answered(answer.status),
            .content = {}};
}

// The engine reads sheets as UTF-8.
Bytes content_of(net::WebAnswer answer) {
    const std::string charset = parameter_of(answer.content_type, "charset");
    if (charset.empty() || type_of(answer.content_type) != "text/css") return std::move(answer.body);
    Result<std::string> text = codec::to_utf8(answer.body, charset);
    return text ? std::move(*text) : std::move(answer.body);
}

FetchedFile fetch_one(const net::WebClient& client, const std::string& url, const FetchLimits& left,
                      const std::stop_token& stop) {
    Result<net::WebAnswer> answer =
        client.get({.url = url, .bytes_max = static_cast<std::uint64_t>(left.bytes_max), .stop = stop});
    if (!answer) return {.url = url, .final_url = {}, .status = 0, .missing = answer.error().message, .content = {}};
    FetchedFile file = file_of(url, *answer);
    if (file.missing.empty()) file.content = SharedBytes(content_of(std::move(*answer)));
    return file;
}

bool may_be_document(std::string_view type) {
    constexpr std::string_view kTypes[] = {"",           "text/html",       "application/xhtml+xml",
                                           "text/plain", "application/xml", "text/xml"};
    return std::ranges::find(kTypes, type) != std::end(kTypes);
}

}  // namespace

void FetchedFiles::add(FetchedFile file) {
    wanted_.erase(file.url);
    std::string url = file.url;
    files_.insert_or_assign(std::move(url), std::move(file));
}

const FetchedFile* FetchedFiles::find(std::string_view url) const {
    const auto found = files_.find(url);
    return found == files_.end() ? nullptr : &found->second;
}

Result<SharedBytes> FetchedFiles::load(std::string_view url) const {
    url = url.substr(0, url.find('#'));
    if (const FetchedFile* file = find(url)) {
        if (file->missing.empty()) return file->content;
        return fail(ErrorCode::NotFound, file->missing);
    }
    GALLEY_TRY_VOID(net::parse_web_address(url));
    if (wanted_.size() < kWantedMax) wanted_.emplace(url);
    return fail(ErrorCode::NotFound, std::string(kNotFetched));
}

FetchLimits FetchedFiles::left(const FetchLimits& limits) const {
    std::int64_t bytes = 0;
    for (const auto& [url, file] : files_) bytes += static_cast<std::int64_t>(file.content.size());
    return {.count_max = std::max<std::int64_t>(0, limits.count_max - static_cast<std::int64_t>(files_.size())),
            .bytes_max = std::max<std::int64_t>(0, limits.bytes_max - bytes)};
}

Result<FetchedDocument> fetch_document(const net::WebClient& client, const std::string& url, std::string_view charset,
                                       const std::stop_token& stop) {
    GALLEY_TRY(net::WebAnswer answer, client.get({.url = url, .stop = stop}));
    const bool for_good = answer.status >= 400 && answer.status < 500 && answer.status != 408 && answer.status != 429;
    if (!is_success(answer.status))
        return fail(for_good ? ErrorCode::NotFound : ErrorCode::Unavailable, answered(answer.status), answer.url);
    if (const std::string type = type_of(answer.content_type); !may_be_document(type))
        return fail(ErrorCode::Unsupported, "a document is HTML; this is " + type.substr(0, 100), answer.url);
    std::string declared(charset);
    if (declared.empty()) declared = parameter_of(answer.content_type, "charset");
    if (declared.empty()) declared = codec::html_charset(answer.body);
    FetchedDocument document{.file = file_of(url, answer), .html = {}};
    GALLEY_TRY(document.html, codec::to_utf8(answer.body, declared));
    document.file.content = SharedBytes(std::move(answer.body));
    return document;
}

// All at once, up to a number; what is beyond the bytes that are left is so in the order of the addresses, whichever
// came first.
std::vector<FetchedFile> fetch_all(const net::WebClient& client, std::span<const std::string> urls,
                                   const FetchLimits& left, const std::stop_token& stop) {
    const std::size_t count = std::min(urls.size(), static_cast<std::size_t>(left.count_max));
    std::vector<FetchedFile> files(urls.size());
    std::atomic<std::size_t> next = 0;
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < std::min(count, kFetchesAtOnce); ++i) {
            threads.emplace_back([&] {
                for (std::size_t at = 0; (at = next++) < count;) files[at] = fetch_one(client, urls[at], left, stop);
            });
        }
    }
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        files[i].url = urls[i];
        if (i >= count) files[i].missing = "the document asks for too many addresses";
        if (bytes + static_cast<std::int64_t>(files[i].content.size()) > left.bytes_max) {
            files[i].content = {};
            files[i].missing = "what the document fetches is too large in all";
        }
        bytes += static_cast<std::int64_t>(files[i].content.size());
    }
    return files;
}

}  // namespace galley::jobs
