// src/api/cache_json.h — the document cache's statistics with the names of R80.
#pragma once

#include "cache/document_cache.h"
#include "codec/json_writer.h"

namespace galley::api {

inline void append_cache_statistics(codec::JsonWriter& json, const cache::DocumentCacheStatistics& statistics) {
    json.field("memory_entries", statistics.memory_entries);
    json.field("memory_used_mb", statistics.memory_used_mb);
    json.field("disk_used_mb", statistics.disk_used_mb);
    json.field("memory_hits", statistics.memory_hits);
    json.field("disk_hits", statistics.disk_hits);
    json.field("cache_misses", statistics.cache_misses);
    json.field("cache_evictions", statistics.cache_evictions);
    json.field("hit_rate_percent", statistics.hit_rate_percent);
}

}  // namespace galley::api
