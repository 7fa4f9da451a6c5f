#include "jobs/render/order_loader.h"

#include <algorithm>

#include "codec/url.h"
#include "net/web_address.h"

namespace galley::jobs {

namespace {

// Warnings of the engine show no more of an address.
constexpr std::size_t kUrlInWarningBytes = 200;

// "https://example.org/a/b.html?c" → "https://example.org/a/"
std::string folder_of(std::string_view base_url) {
    const std::string_view path = base_url.substr(0, base_url.find_first_of("?#"));
    return std::string(path.substr(0, path.rfind('/') + 1));
}

}  // namespace

OrderLoader::OrderLoader(const RenderOrder& order, std::uint64_t resource_bytes_max)
    : bytes_max_(resource_bytes_max), remote_(order.remote), base_folder_(folder_of(order.base_url)) {
    for (const OrderFile& file : order.files) files_.emplace(file.path, &file.content);
    for (const FetchedFile& file : order.fetched) fetched_.add(file);
    if (order.fetched_source) {
        used_.push_back({.url = order.fetched_source->url,
                         .bytes = order.fetched_source->bytes,
                         .sha256 = order.fetched_source->sha256,
                         .missing = {},
                         .status = order.fetched_source->status,
                         .final_url = order.fetched_source->final_url});
    }
}

Result<SharedBytes> OrderLoader::load(std::string_view absolute_url) const {
    const std::string_view url = absolute_url.substr(0, absolute_url.find('#'));
    if (const auto known = known_.find(url); known != known_.end()) return known->second;
    Result<SharedBytes> found = fetch(url);
    note(url, found);
    // What a hostile document can ask for without end is remembered up to a bound.
    if (known_.size() < kReportResourcesMax) known_.emplace(url, found);
    return found;
}

// The path of an address within the order, decoded; null when it has none or there is no such file.
const Bytes* OrderLoader::file_of(std::string_view url) const {
    const std::string_view root = url.starts_with(kOrderRootUrl) ? kOrderRootUrl : std::string_view(base_folder_);
    if (root.empty() || !url.starts_with(root)) return nullptr;
    const std::string_view encoded = url.substr(root.size());
    const auto path = codec::percent_decode(encoded.substr(0, encoded.find('?')));
    const auto file = path ? files_.find(*path) : files_.end();
    return file == files_.end() ? nullptr : file->second;
}

Result<SharedBytes> OrderLoader::fetch(std::string_view url) const {
    if (const Bytes* file = file_of(url)) return counted(SharedBytes(*file));
    if (url.starts_with(kOrderRootUrl))
        return fail(ErrorCode::NotFound, "no file with this path came with the request");
    const bool web = net::is_web_address(url);
    if (web && (remote_ != RemotePolicy::None || fetched_.find(url) != nullptr)) return counted(fetched_.load(url));
    if (web)
        return fail(ErrorCode::Forbidden,
                    "only files that come with the request are loaded; options.remote lets addresses be fetched");
    return fail(ErrorCode::Forbidden, "only files that come with the request and addresses of the web are loaded");
}

Result<SharedBytes> OrderLoader::counted(const Result<SharedBytes>& found) const {
    if (!found) return found;
    if (found->size() > bytes_max_ - bytes_) {
        return fail(ErrorCode::LimitExceeded,
                    "the document's resources are larger than " + std::to_string(bytes_max_) + " bytes in all");
    }
    bytes_ += found->size();
    return found;
}

void OrderLoader::note(std::string_view url, const Result<SharedBytes>& found) const {
    const bool own = url.starts_with(kOrderRootUrl);
    UsedResource resource;
    resource.url = own ? url.substr(kOrderRootUrl.size()) : url;
    if (const FetchedFile* file = file_of(url) == nullptr ? fetched_.find(url) : nullptr) {
        resource.status = file->status;
        resource.final_url = file->final_url;
    }
    if (found) {
        resource.bytes = found->size();
        resource.sha256 = sha256(found->view()).hex();
    } else {
        resource.missing = found.error().message;
        if (!first_missing_) first_missing_ = resource;
    }
    if (used_.size() < kReportResourcesMax) used_.push_back(std::move(resource));
}

bool OrderLoader::tells_of_missing(std::string_view text) const {
    return std::ranges::any_of(known_, [text](const auto& known) {
        return !known.second && text.find(std::string_view(known.first).substr(0, kUrlInWarningBytes)) != text.npos;
    });
}

}  // namespace galley::jobs
