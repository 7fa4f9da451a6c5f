// Rooms (R20).
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "auth/audit.h"
#include "net/conditional.h"
#include "rooms/room_schema.h"

namespace galley::api {

namespace {

using auth::Action;
using store::Executor;

constexpr Duration kSettledAfter = std::chrono::seconds(2);

void append_room_head(codec::JsonWriter& json, const rooms::RoomHead& head) {
    json.begin_object();
    json.field("room_id", head.room_id);
    json.field("title", head.title);
    json.field("version", head.version);
    time_field(json, "created_at", head.created_at);
    time_field(json, "updated_at", head.updated_at);
    json.end_object();
}

Result<rooms::RoomListFilter> filter_from_query(const Call& call) {
    GALLEY_TRY(const NumberedPageRequest page, numbered_page_request(call));
    rooms::RoomListFilter filter;
    filter.before = page.before;
    filter.limit = page.limit;
    GALLEY_TRY(const auto role, query_parameter(call, "role"));
    GALLEY_TRY(filter.updated_after, query_time(call, "updated_after"));
    if (role) filter.role = auth::parse_room_role(*role);
    if (role || !call.caller().is_admin()) filter.member = call.caller().email;
    return filter;
}

Result<std::string> list_rooms_json(const Call& call) {
    GALLEY_TRY(const rooms::RoomListFilter filter, filter_from_query(call));
    GALLEY_TRY(const rooms::RoomPage page, call.services().rooms.list(filter));
    return page_json(call.request(), page.rooms, position_of(page.next), append_room_head);
}

void list_rooms(Call call) {
    Result<std::string> body = list_rooms_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

void get_room(Call call) {
    if (const auto access = room_access(call, Action::RoomRead); !access) return std::move(call).fail(access.error());
    Result<rooms::RoomText> room = call.services().rooms.text(call.parameter("room_id"));
    if (!room) return std::move(call).fail(room.error());
    // A room can change again within the second that an HTTP date names: no date before that is over (RFC 9110
    // §8.8.2.2).
    const bool settled = call.services().clock.now() - room->updated_at >= kSettledAfter;
    std::move(call).json(200, std::move(room->json), settled ? std::optional(room->updated_at) : std::nullopt);
}

// If-Match and its like, checked by the writer: no other change can come between the check and the change (R6).
Result<void> check_room_conditions(Executor& executor, const net::Request& request, std::string_view room_id) {
    if (!net::has_write_conditions(request)) return {};
    const Result<rooms::RoomText> room = rooms::RoomStore::text_in(executor, room_id);
    if (!room && room.error().code != ErrorCode::NotFound) return std::unexpected(room.error());
    std::optional<net::Validators> current;
    if (room) current = {.etag = net::content_etag(room->json), .last_modified = room->updated_at};
    if (net::write_conditions_hold(request, current)) return {};
    return fail(ErrorCode::PreconditionFailed, "the room is not in the state that the request names");
}

// PUT of a room that exists needs its owner; a new one may be made by whoever the table of rights allows.
Result<void> check_put(const Call& call) {
    GALLEY_TRY(const auto access, call.services().rooms.access(call.parameter("room_id")));
    if (!access) return auth::check_right(call.caller(), Action::RoomCreate);
    return auth::check_room_right(call.caller(), access->role_of(call.caller().email), Action::RoomWrite);
}

Result<codec::JsonDocument> checked_room_body(const Call& call) {
    if (!rooms::is_room_id(call.parameter("room_id"))) {
        return fail(ErrorCode::InvalidInput, "a room id has 1 to 64 letters, digits, '.', '_' or '-'");
    }
    GALLEY_TRY_VOID(check_put(call));
    GALLEY_TRY(codec::JsonDocument body, parse_body_or_form(call, "room"));
    GALLEY_TRY_VOID(rooms::check_room(body.root(), call.parameter("room_id")));
    return body;
}

void put_room(Call call) {
    Result<codec::JsonDocument> body = checked_room_body(call);
    if (!body) return std::move(call).fail(body.error());
    const Time now = call.services().clock.now();
    auto work = [&services = call.services(), id = std::string(call.parameter("room_id")),
                 request = call.request_pointer(), audit = audit_of(call, Action::RoomWrite),
                 document = std::make_shared<codec::JsonDocument>(std::move(*body)),
                 now](Executor& executor) -> Result<bool> {
        GALLEY_TRY_VOID(check_room_conditions(executor, *request, id));
        GALLEY_TRY(const bool created, services.rooms.put_in(executor, id, document->root(), audit.who, now));
        GALLEY_TRY_VOID(auth::append_audit(executor, audit));
        return created;
    };
    write_then(std::move(call), std::move(work), [](Call done, bool created) {
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        json.field("room_id", done.parameter("room_id"));
        json.field("created", created);
        json.end_object();
        std::move(done).json(created ? 201 : 200, std::move(out));
    });
}

void delete_room(Call call) {
    if (const auto access = room_access(call, Action::RoomDelete); !access) return std::move(call).fail(access.error());
    using Orphans = std::vector<Digest>;
    auto work = [&services = call.services(), id = std::string(call.parameter("room_id")),
                 request = call.request_pointer(),
                 audit = audit_of(call, Action::RoomDelete)](Executor& executor) -> Result<Orphans> {
        GALLEY_TRY_VOID(check_room_conditions(executor, *request, id));
        GALLEY_TRY_VOID(services.rooms.remove_in(executor, id));
        GALLEY_TRY(Orphans orphans, services.snapshots.remove_room_in(executor, id));
        GALLEY_TRY_VOID(auth::append_audit(executor, audit));
        return orphans;
    };
    write_then(std::move(call), std::move(work), [](Call done, const Orphans& orphans) {
        for (const Digest& orphan : orphans) (void)done.services().documents.invalidate(orphan);  // NotFound is as good
        std::move(done).respond({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    });
}

Schema put_answer() {
    return object({field("room_id", text()), field("created", boolean())});
}

}  // namespace

std::vector<EndpointRow> room_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Get,
         .pattern = "/api/v1/rooms",
         .name = "room_list",
         .tag = "rooms",
         .summary = "Rooms that the caller may see, newest first",
         .description = "Administrators see all rooms, others those that they are members of.",
         .query = paged(
             {{"role", one_of({"owner", "broker", "charterer", "viewer"}), "rooms in which the caller has this role"},
              {"updated_after", time_text(), "rooms that were changed after this moment"}}),
         .answers = {answer_of(200, "a page of rooms", page_of(ref("RoomHead")))},
         .handler = list_rooms},
        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}",
         .name = "room_get",
         .tag = "rooms",
         .summary = "A whole room",
         .answers = {answer_of(200, "the room with all its activity, newest first", ref("Room"))},
         .handler = get_room},
        {.method = Put,
         .pattern = "/api/v1/rooms/{room_id}",
         .name = "room_put",
         .tag = "rooms",
         .summary = "Create or replace a room",
         .description = "Administrators and staff create rooms and become their first owner; owners replace them. What "
                        "the body leaves out is empty afterwards. The JSON may also come as the part `room` of a form "
                        "(multipart/form-data). If-Match and If-Unmodified-Since replace only the state that was read, "
                        "`If-None-Match: *` only creates.",
         .rate_class = Write,
         .body_bytes_max = &ServiceLimits::room_body_bytes_max,
         .body = ref("Room"),
         .body_example =
             R"({"room":{"reference":"STS-2041","title":"Crude transfer off Fujairah"},"parties":[],"documents":[]})",
         .answers = {answer_of(200, "replaced", put_answer()), answer_of(201, "created", put_answer())},
         .problems = {{412, "the room is not in the state that If-Match, If-None-Match or If-Unmodified-Since names"}},
         .handler = put_room},
        {.method = Delete,
         .pattern = "/api/v1/rooms/{room_id}",
         .name = "room_delete",
         .tag = "rooms",
         .summary = "Delete a room with its snapshots",
         .rate_class = Write,
         .answers = {no_content("deleted")},
         .problems = {{412, "the room is not in the state that If-Match or If-Unmodified-Since names"}},
         .handler = delete_room},
    };
}

}  // namespace galley::api
