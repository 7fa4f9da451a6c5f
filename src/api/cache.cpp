// The document cache's statistics (R80, R85).
#include "api/cache_json.h"
#include "api/endpoint.h"
#include "api/schemas.h"

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
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Get,
         .pattern = "/api/cache/stats",
         .name = "cache_stats",
         .tag = "cache",
         .summary = "Statistics of the document cache",
         .description = "For administrators.",
         .rate_class = Administration,
         .answers = {answer_of(200, "since the start", ref("CacheStatistics"))},
         .handler = cache_stats},
    };
}

}  // namespace galley::api
