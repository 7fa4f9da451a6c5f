// Activity of a room (R20).
#include <fmt/format.h>

#include "api/creation.h"
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "codec/date.h"
#include "rooms/room_schema.h"

namespace galley::api {

namespace {

using auth::Action;
using store::Executor;

// The entry as stored: what the caller sent, with id, time and actor filled in where absent.
Result<std::string> activity_from_body(const Call& call) {
    GALLEY_TRY_VOID(room_access(call, Action::ActivityAppend));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    GALLEY_TRY_VOID(rooms::check_activity_entry(body.root()));
    const auto text_of = [&](std::string_view name) -> std::optional<std::string> {
        const auto value = body.root().find(name);
        return value && value->is_string() ? std::optional(std::string(value->string())) : std::nullopt;
    };
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("id", text_of("id").value_or(fmt::format("act-{:016x}", call.services().random.random_u64())));
    json.key("timestamp");
    if (const auto given = text_of("timestamp")) {
        json.value(*given);
    } else {
        json.value(codec::format_rfc3339(call.services().clock.now()));
    }
    json.field("actor",
               text_of("actor").value_or(call.caller().name.empty() ? call.caller().email : call.caller().name));
    json.field("action", text_of("action").value_or("note"));
    json.field("text", text_of("text").value_or(""));
    json.field("ip", text_of("ip").value_or(call.request().peer_address));
    json.end_object();
    return out;
}

void append_activity(Call call) {
    Result<std::string> entry = activity_from_body(call);
    if (!entry) return std::move(call).fail(entry.error());
    auto work = [&services = call.services(), id = std::string(call.parameter("room_id")), entry = *entry,
                 now = call.services().clock.now()](Executor& executor) -> Result<Nothing> {
        GALLEY_TRY_VOID(services.rooms.append_activity_in(executor, id, entry, now));
        return Nothing{};
    };
    create_then(std::move(call), std::move(work),
                [entry = *entry](const net::Request&, Nothing) { return KeptAnswer{201, {}, entry}; });
}

Result<std::string> activity_json(const Call& call) {
    GALLEY_TRY_VOID(room_access(call, Action::ActivityRead));
    GALLEY_TRY(const NumberedPageRequest wanted, numbered_page_request(call));
    GALLEY_TRY(const rooms::ActivityPage page,
               call.services().rooms.activity(call.parameter("room_id"), wanted.before, wanted.limit));
    return page_json(call.request(), page.entries, position_of(page.next),
                     [](codec::JsonWriter& json, const std::string& entry) { json.raw(entry); });
}

void list_activity(Call call) {
    Result<std::string> body = activity_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

}  // namespace

std::vector<EndpointRow> activity_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}/activity",
         .name = "activity_list",
         .tag = "rooms",
         .summary = "Activity of a room, newest first",
         .query = paged({}),
         .answers = {answer_of(200, "a page of entries", page_of(ref("ActivityEntry")))},
         .handler = list_activity},
        {.method = Post,
         .pattern = "/api/v1/rooms/{room_id}/activity",
         .name = "activity_append",
         .tag = "rooms",
         .summary = "Append to a room's activity",
         .description = "Id, time, actor and address are filled in where the entry leaves them out.",
         .rate_class = Write,
         .idempotency = Idempotency::Keyed,
         .body = ref("ActivityEntry"),
         .body_example = R"({"text":"Pilot on board"})",
         .answers = {answer_of(201, "the entry as stored", ref("ActivityEntry"))},
         .handler = append_activity},
    };
}

}  // namespace galley::api
