#include "store/testing/durable_file.h"

#include <algorithm>

namespace galley::store::testing {

void DurableFile::apply(std::string& content, const Change& change) {
    if (change.truncates) return content.resize(change.at);
    content.resize(std::max<std::size_t>(content.size(), change.at + change.bytes.size()));
    content.replace(change.at, change.bytes.size(), change.bytes);
}

void DurableFile::synced() {
    if (!durable_ || deleted_) durable_.emplace();
    deleted_ = false;
    for (const Change& change : unsynced_) apply(*durable_, change);
    unsynced_.clear();
}

void DurableFile::deleted(bool durably) {
    deleted_ = durable_.has_value();
    unsynced_.clear();
    if (durably) folder_synced();
}

void DurableFile::folder_synced() {
    if (deleted_) durable_.reset();
    deleted_ = false;
}

void DurableFile::adopt(std::string content) {
    durable_ = std::move(content);
    deleted_ = false;
    unsynced_.clear();
}

std::optional<std::string> DurableFile::after_power_cut() const {
    return durable_;
}

std::optional<std::string> DurableFile::after_torn_power_cut(std::uint32_t seed) const {
    if (!durable_ || deleted_) return durable_;
    std::string content = *durable_;
    for (const Change& change : unsynced_) {
        seed = seed * 1664525u + 1013904223u;
        if ((seed >> 16 & 1u) != 0) apply(content, change);
    }
    return content;
}

}  // namespace galley::store::testing
