// src/jobs/render/order_loader.h — the resources of one order: its files and what was fetched for it; notes what was
// asked for.
//
// Shape    a file of the order stands for what lies at its path below the base. While the order has a RemotePolicy,
//          other addresses of the web become wanted(), for whoever holds the network.
// Errors   load: NotFound (no such file in the order, or what fetched_files.h says), Forbidden (an address outside of
//          it), LimitExceeded (resource_bytes_max). Each is noted under its URL.
// Owner    borrows the order. Contents are copied when they are asked for first, and shared from then on.
// Threads  one: a render's.
// Limits   resource_bytes_max in all; kReportResourcesMax notes.
// Source   SPEC R37.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document/resource_loader.h"
#include "jobs/render/made_document.h"
#include "jobs/render/order.h"

namespace galley::jobs {

class OrderLoader final : public document::ResourceLoader {
 public:
    OrderLoader(const RenderOrder& order, std::uint64_t resource_bytes_max);
    Result<SharedBytes> load(std::string_view absolute_url) const override;

    const std::vector<UsedResource>& used() const { return used_; }
    std::vector<std::string> wanted() const { return fetched_.wanted(); }
    // The first that could not be had.
    const std::optional<UsedResource>& first_missing() const { return first_missing_; }
    // Whether a text names an address that could not be had.
    bool tells_of_missing(std::string_view text) const;

 private:
    Result<SharedBytes> fetch(std::string_view url) const;
    Result<SharedBytes> counted(const Result<SharedBytes>& found) const;
    const Bytes* file_of(std::string_view url) const;
    void note(std::string_view url, const Result<SharedBytes>& found) const;

    const std::uint64_t bytes_max_;
    const RemotePolicy remote_;
    const std::string base_folder_;  // with a slash at its end
    FetchedFiles fetched_;
    std::map<std::string, const Bytes*, std::less<>> files_;
    mutable std::uint64_t bytes_ = 0;
    mutable std::map<std::string, Result<SharedBytes>, std::less<>> known_;
    mutable std::vector<UsedResource> used_;
    mutable std::optional<UsedResource> first_missing_;
};

}  // namespace galley::jobs
