// The document cache's statistics (R80, R85).
#include "api/cache_json.h"
#include "api/endpoint.h"

namespace galley::api {

namespace {

void cache_stats(Call call) {
    const Result<void> allowed = auth::check_right(call.caller(), auth::Action::CacheAdminister);
    if (!allowed) return std::move(call).fail(allowed.error());
    auto work = [](Call& waiting) -> Result<cache::DocumentCacheStatistics> {
        return waiting.services().documents.statistics();
    };
    block_then(std::move(call), work, [](Call done, const cache::DocumentCacheStatistics& statistics) {
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        append_cache_statistics(json, statistics);
        json.end_object();
        std::move(done).json(200, std::move(out));
    });
}

}  // namespace

std::vector<EndpointRow> cache_endpoints() {
    constexpr auto kBody = &ServiceLimits::json_body_bytes_max;
    return {{net::Method::Get, "/api/cache/stats", "cache_stats", "Statistics of the document cache", Access::Token,
             kBody, cache_stats}};
}

}  // namespace galley::api
