#include "jobs/render/order_loader.h"

#include <algorithm>

#include "codec/url.h"

namespace galley::jobs {

namespace {

// Warnings of the engine show no more of an address.
constexpr std::size_t kUrlInWarningBytes = 200;

}  // namespace

OrderLoader::OrderLoader(const RenderOrder& order, std::uint64_t resource_bytes_max) : bytes_max_(resource_bytes_max) {
    for (const OrderFile& file : order.files) files_.emplace(file.path, &file.content);
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

Result<SharedBytes> OrderLoader::fetch(std::string_view url) const {
    if (!url.starts_with(kOrderRootUrl)) {
        return fail(ErrorCode::Forbidden,
                    "only files that come with the request are loaded; fetching from elsewhere is not configured");
    }
    std::string_view encoded = url.substr(kOrderRootUrl.size());
    encoded = encoded.substr(0, encoded.find('?'));
    GALLEY_TRY(const std::string path, codec::percent_decode(encoded));
    const auto file = files_.find(path);
    if (file == files_.end()) return fail(ErrorCode::NotFound, "no file with this path came with the request");
    if (file->second->size() > bytes_max_ - bytes_) {
        return fail(ErrorCode::LimitExceeded,
                    "the document's resources are larger than " + std::to_string(bytes_max_) + " bytes in all");
    }
    bytes_ += file->second->size();
    return SharedBytes(*file->second);
}

void OrderLoader::note(std::string_view url, const Result<SharedBytes>& found) const {
    const bool own = url.starts_with(kOrderRootUrl);
    UsedResource resource;
    resource.url = own ? url.substr(kOrderRootUrl.size()) : url;
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
