// The document cache: statistics, health, and its care by administrators (R80, R85).
#include "api/cache_json.h"
#include "api/cache_walk.h"
#include "api/endpoint.h"
#include "api/health_monitor.h"
#include "api/json_parts.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "codec/object_reader.h"
#include "rooms/room_schema.h"

namespace galley::api {

namespace {

using auth::Action;

constexpr std::int64_t kHoursMax = std::int64_t{24} * 3660;

Result<void> check_administrator(const Call& call) {
    return auth::check_right(call.caller(), Action::CacheAdminister);
}

// What was done is written down before it is answered.
Result<void> audit(const Call& call, const std::string& object) {
    auth::AuditEntry entry = audit_of(call, Action::CacheAdminister);
    entry.object = object;
    return call.services().audit.add(entry);
}

void cache_stats(Call call) {
    if (const auto allowed = check_administrator(call); !allowed) return std::move(call).fail(allowed.error());
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

// ---- health

// Documents are made and served without the folder too, so it is never worse than degraded.
std::string cache_health_json(const PartReport& folder, const cache::DocumentCacheStatistics& statistics) {
    const bool good = folder.state == PartState::Ok;
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("status", good ? "ok" : "degraded");
    json.field("duration_ms", folder.milliseconds);
    if (!good) json.field("detail", "the folder " + folder.detail + ": memory alone keeps documents");
    append_cache_statistics(json, statistics);
    json.end_object();
    return out;
}

// On the background queue: figures of the disk may have to be counted first.
void answer_cache_health(Call call, const PartReport* folder) {
    if (folder == nullptr) return std::move(call).fail({ErrorCode::Unavailable, "the disk does not answer", {}, {}});
    auto work = [](Call& waiting) -> Result<cache::DocumentCacheStatistics> {
        return waiting.services().documents.statistics();
    };
    block_then(std::move(call), work, [part = *folder](Call done, const cache::DocumentCacheStatistics& statistics) {
        std::move(done).json_unstored(200, cache_health_json(part, statistics));
    });
}

void cache_health(Call call) {
    if (const auto allowed = check_administrator(call); !allowed) return std::move(call).fail(allowed.error());
    auto shared = std::make_shared<Call>(std::move(call));
    shared->services().health.check(
        [shared](const HealthReport& health) { answer_cache_health(std::move(*shared), health.find("cache_folder")); });
}

// ---- care

// One of the two.
struct Unwanted {
    std::optional<Digest> hash{};
    std::string room_id{};
};

Result<Unwanted> unwanted_from_body(const Call& call) {
    GALLEY_TRY_VOID(check_administrator(call));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const auto hash_text = reader.optional_string("content_hash");
    const auto room_id = reader.optional_string("room_id", {.bytes_min = 1, .bytes_max = rooms::kRoomIdBytesMax});
    const Result<Digest> hash = parse_digest(hash_text.value_or(""));
    if (hash_text && !hash) reader.note("content_hash", "must be 64 lower-case hexadecimal digits");
    if (room_id && !rooms::is_room_id(*room_id)) reader.note("room_id", "is not the id of a room");
    if (hash_text.has_value() == room_id.has_value()) reader.note("content_hash", "or room_id must be there, not both");
    GALLEY_TRY_VOID(reader.finish());
    return hash ? Unwanted{.hash = *hash} : Unwanted{.room_id = *room_id};
}

// The documents of a room that are cached; how many they were.
Result<std::int64_t> invalidate_room(const Services& services, const std::string& room_id) {
    GALLEY_TRY(const std::vector<Digest> hashes, services.snapshots.documents_of(room_id));
    std::int64_t removed = 0;
    for (const Digest& hash : hashes) {
        const Result<void> done = services.documents.invalidate(hash);
        if (!done && done.error().code != ErrorCode::NotFound) return fail(done.error());
        if (done) ++removed;
    }
    return removed;
}

Result<std::int64_t> invalidate(const Call& call, const Unwanted& unwanted) {
    std::int64_t removed = 1;
    if (unwanted.hash) {
        const Result<void> done = call.services().documents.invalidate(*unwanted.hash);
        if (!done && done.error().code == ErrorCode::NotFound) return fail(ErrorCode::NotFound, "it is not cached");
        GALLEY_TRY_VOID(done);
    } else {
        GALLEY_TRY(removed, invalidate_room(call.services(), unwanted.room_id));
    }
    GALLEY_TRY_VOID(audit(call, unwanted.hash ? "cache/" + unwanted.hash->hex() : "cache/room=" + unwanted.room_id));
    return removed;
}

void answer_removed(Call call, std::int64_t removed) {
    std::move(call).json(200, R"({"removed":)" + std::to_string(removed) + "}");
}

void cache_invalidate(Call call) {
    const Result<Unwanted> unwanted = unwanted_from_body(call);
    if (!unwanted) return std::move(call).fail(unwanted.error());
    block_then(
        std::move(call), [unwanted = *unwanted](Call& waiting) { return invalidate(waiting, unwanted); },
        answer_removed);
}

Result<std::int64_t> hours_from_body(const Call& call) {
    GALLEY_TRY_VOID(check_administrator(call));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const std::int64_t hours = reader.required_integer("older_than_hours", {.min = 0, .max = kHoursMax});
    GALLEY_TRY_VOID(reader.finish());
    return hours;
}

void cache_clear(Call call) {
    const Result<std::int64_t> hours = hours_from_body(call);
    if (!hours) return std::move(call).fail(hours.error());
    auto work = [hours = *hours](Call& waiting) -> Result<std::int64_t> {
        GALLEY_TRY(const std::uint64_t removed,
                   waiting.services().documents.clear_older_than(std::chrono::hours(hours)));
        GALLEY_TRY_VOID(audit(waiting, "cache/older_than_hours=" + std::to_string(hours)));
        return static_cast<std::int64_t>(removed);
    };
    block_then(std::move(call), work, answer_removed);
}

std::string walk_json(const WalkReport& walk) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("status", walk_state_name(walk.state));
    time_field(json, "started_at", walk.started_at);
    time_field(json, "completed_at", walk.completed_at);
    json.field("entries_checked", walk.found.entries_checked);
    json.field("entries_removed", walk.found.entries_removed);
    json.field("bytes_checked", walk.found.bytes_checked);
    json.end_object();
    return out;
}

void cache_verify(Call call) {
    if (const auto allowed = check_administrator(call); !allowed) return std::move(call).fail(allowed.error());
    if (const auto audited = audit(call, "cache/verify"); !audited) return std::move(call).fail(audited.error());
    const std::string body = walk_json(call.services().cache_walk.start());
    std::move(call).json(202, body);
}

void cache_verify_report(Call call) {
    if (const auto allowed = check_administrator(call); !allowed) return std::move(call).fail(allowed.error());
    const std::string body = walk_json(call.services().cache_walk.report());
    std::move(call).json_unstored(200, body);
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
        {.method = Get,
         .pattern = "/api/cache/health",
         .name = "cache_health",
         .tag = "cache",
         .summary = "Whether the cache can keep documents",
         .description = "For administrators. Degraded: documents are served and made, but not kept on disk.",
         .rate_class = Administration,
         .answers = {answer_of(200, "its state, and its figures since the start", ref("CacheHealth"))},
         .handler = cache_health},
        {.method = Post,
         .pattern = "/api/v1/cache/invalidate",
         .name = "cache_invalidate",
         .tag = "cache",
         .summary = "Forget a document, or those of a room",
         .description =
             "For administrators; one of the two members. What is forgotten is made again when somebody asks "
             "for it.",
         .rate_class = Administration,
         .body = object({optional("content_hash", nullable(text_like("^[0-9a-f]{64}$"))),
                         optional("room_id", nullable(text({.min = 1, .max = rooms::kRoomIdBytesMax})))}),
         .body_example = R"({"room_id":"room-1"})",
         .answers = {answer_of(200, "how many left the cache", object({field("removed", integer({.min = 0}))}))},
         .problems = {{404, "the document is not cached"}},
         .handler = cache_invalidate},
        {.method = Post,
         .pattern = "/api/v1/cache/clear",
         .name = "cache_clear",
         .tag = "cache",
         .summary = "Forget documents that were not asked for lately",
         .description = "For administrators. 0 hours: all of them.",
         .rate_class = Administration,
         .body = object({field("older_than_hours", integer({.min = 0, .max = kHoursMax}))}),
         .body_example = R"({"older_than_hours":168})",
         .answers = {answer_of(200, "how many left the disk", object({field("removed", integer({.min = 0}))}))},
         .handler = cache_clear},
        {.method = Post,
         .pattern = "/api/v1/cache/verify",
         .name = "cache_verify",
         .tag = "cache",
         .summary = "Read every cached file and remove damaged ones",
         .description = "For administrators. Starts a walk in the background, or joins the one under way.",
         .rate_class = Administration,
         .answers = {answer_of(202, "how it stands", ref("CacheWalk"))},
         .handler = cache_verify},
        {.method = Get,
         .pattern = "/api/v1/cache/verify",
         .name = "cache_verify_report",
         .tag = "cache",
         .summary = "What the walk through the cache found",
         .description = "For administrators.",
         .rate_class = Administration,
         .answers = {answer_of(200, "how it stands or ended", ref("CacheWalk"))},
         .handler = cache_verify_report},
    };
}

}  // namespace galley::api
