// Rooms, their members and their activity (R20).
#include <fmt/format.h>

#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/room_access.h"
#include "auth/audit.h"
#include "codec/date.h"
#include "codec/object_reader.h"
#include "rooms/room_schema.h"
#include "rooms/snapshot.h"

namespace galley::api {

namespace {

using auth::Action;
using store::Executor;

void append_room_head(codec::JsonWriter& json, const rooms::RoomHead& head) {
    json.begin_object();
    json.field("room_id", head.room_id);
    json.field("title", head.title);
    json.field("version", head.version);
    time_field(json, "created_at", head.created_at);
    time_field(json, "updated_at", head.updated_at);
    json.end_object();
}

Result<std::string> list_rooms_json(const Call& call) {
    GALLEY_TRY_VOID(allow_query(call, {"limit", "before"}));
    GALLEY_TRY(const PageRequest page, page_request(call));
    rooms::RoomListFilter filter{.member = {}, .before = page.before, .limit = page.limit};
    if (!call.caller().is_admin()) filter.member = call.caller().email;
    GALLEY_TRY(const std::vector<rooms::RoomHead> heads, call.services().rooms.list(filter));
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.key("items");
    json.begin_array();
    for (const rooms::RoomHead& head : heads) append_room_head(json, head);
    json.end_array();
    if (std::ssize(heads) == page.limit) {
        json.field("next", next_link(call.request(), heads.back().seq));
    } else {
        json.null_field("next");
    }
    json.end_object();
    return out;
}

void list_rooms(Call call) {
    Result<std::string> body = list_rooms_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

void get_room(Call call) {
    if (const auto access = room_access(call, Action::RoomRead); !access) return std::move(call).fail(access.error());
    Result<std::string> body = call.services().rooms.get(call.parameter("room_id"));
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
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
    GALLEY_TRY(codec::JsonDocument body, parse_body(call));
    GALLEY_TRY_VOID(rooms::check_room(body.root(), call.parameter("room_id")));
    return body;
}

void put_room(Call call) {
    Result<codec::JsonDocument> body = checked_room_body(call);
    if (!body) return std::move(call).fail(body.error());
    const Time now = call.services().clock.now();
    auto work = [&services = call.services(), id = std::string(call.parameter("room_id")),
                 audit = audit_of(call, Action::RoomWrite),
                 document = std::make_shared<codec::JsonDocument>(std::move(*body)),
                 now](Executor& executor) -> Result<bool> {
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
                 audit = audit_of(call, Action::RoomDelete)](Executor& executor) -> Result<Orphans> {
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

// ---- members

Result<std::string> members_json(const Call& call) {
    GALLEY_TRY_VOID(room_access(call, Action::MembersRead));
    GALLEY_TRY(const std::vector<rooms::Member> members, call.services().rooms.members(call.parameter("room_id")));
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.key("items");
    json.begin_array();
    for (const rooms::Member& member : members) {
        json.begin_object();
        json.field("email", member.email);
        json.field("role", auth::room_role_name(member.role));
        time_field(json, "added_at", member.added_at);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out;
}

void list_members(Call call) {
    Result<std::string> body = members_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

Result<rooms::Member> member_from_body(const Call& call) {
    GALLEY_TRY_VOID(room_access(call, Action::MembersManage));
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    const std::string role_text = reader.required_string("role", {.bytes_min = 1});
    const std::optional<auth::RoomRole> role = auth::parse_room_role(role_text);
    if (!role && !role_text.empty()) reader.note("role", "must be owner, broker, charterer or viewer");
    GALLEY_TRY_VOID(reader.finish());
    if (!role) return fail(ErrorCode::InvalidInput, "role must be owner, broker, charterer or viewer", "/role");
    const std::string_view email = call.parameter("email");
    if (email.find('@') == std::string_view::npos || email.size() > auth::kEmailBytesMax) {
        return fail(ErrorCode::InvalidInput, "the path must end with the member's e-mail address");
    }
    return rooms::Member{std::string(email), *role, call.services().clock.now()};
}

void put_member(Call call) {
    Result<rooms::Member> member = member_from_body(call);
    if (!member) return std::move(call).fail(member.error());
    auto work = [&services = call.services(), id = std::string(call.parameter("room_id")), member = *member,
                 audit = audit_of(call, Action::MembersManage, member->email)](Executor& executor) -> Result<Nothing> {
        GALLEY_TRY_VOID(services.rooms.put_member_in(executor, id, member));
        GALLEY_TRY_VOID(auth::append_audit(executor, audit));
        return Nothing{};
    };
    write_then(std::move(call), std::move(work), [member = *member](Call done, Nothing) {
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        json.field("email", member.email);
        json.field("role", auth::room_role_name(member.role));
        json.end_object();
        std::move(done).json(200, std::move(out));
    });
}

void delete_member(Call call) {
    if (const auto access = room_access(call, Action::MembersManage); !access)
        return std::move(call).fail(access.error());
    auto work = [&services = call.services(), id = std::string(call.parameter("room_id")),
                 email = std::string(call.parameter("email")),
                 audit = audit_of(call, Action::MembersManage, call.parameter("email"))](
                    Executor& executor) -> Result<Nothing> {
        GALLEY_TRY_VOID(services.rooms.remove_member_in(executor, id, email));
        GALLEY_TRY_VOID(auth::append_audit(executor, audit));
        return Nothing{};
    };
    write_then(std::move(call), std::move(work), [](Call done, Nothing) {
        std::move(done).respond({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    });
}

// ---- activity

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
    write_then(std::move(call), std::move(work),
               [entry = *entry](Call done, Nothing) { std::move(done).json(201, entry); });
}

Result<std::string> activity_json(const Call& call) {
    GALLEY_TRY_VOID(room_access(call, Action::ActivityRead));
    GALLEY_TRY_VOID(allow_query(call, {"limit"}));
    GALLEY_TRY(const PageRequest page, page_request(call));
    GALLEY_TRY(const auto entries, call.services().rooms.activity(call.parameter("room_id"), page.limit));
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.key("items");
    json.begin_array();
    for (const std::string& entry : entries) json.raw(entry);
    json.end_array();
    json.end_object();
    return out;
}

void list_activity(Call call) {
    Result<std::string> body = activity_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
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
         .summary = "Rooms that the caller may see",
         .rate_class = Read,
         .handler = list_rooms},
        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}",
         .name = "room_get",
         .tag = "rooms",
         .summary = "A whole room",
         .rate_class = Read,
         .handler = get_room},
        {.method = Put,
         .pattern = "/api/v1/rooms/{room_id}",
         .name = "room_put",
         .tag = "rooms",
         .summary = "Create or replace a room",
         .rate_class = Write,
         .body_bytes_max = &ServiceLimits::room_body_bytes_max,
         .handler = put_room},
        {.method = Delete,
         .pattern = "/api/v1/rooms/{room_id}",
         .name = "room_delete",
         .tag = "rooms",
         .summary = "Delete a room with its snapshots",
         .rate_class = Write,
         .handler = delete_room},
        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}/members",
         .name = "member_list",
         .tag = "rooms",
         .summary = "Members of a room",
         .rate_class = Read,
         .handler = list_members},
        {.method = Put,
         .pattern = "/api/v1/rooms/{room_id}/members/{email}",
         .name = "member_put",
         .tag = "rooms",
         .summary = "Add a member or change a role",
         .rate_class = Write,
         .handler = put_member},
        {.method = Delete,
         .pattern = "/api/v1/rooms/{room_id}/members/{email}",
         .name = "member_delete",
         .tag = "rooms",
         .summary = "Remove a member",
         .rate_class = Write,
         .handler = delete_member},
        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}/activity",
         .name = "activity_list",
         .tag = "rooms",
         .summary = "Newest activity of a room",
         .rate_class = Read,
         .handler = list_activity},
        {.method = Post,
         .pattern = "/api/v1/rooms/{room_id}/activity",
         .name = "activity_append",
         .tag = "rooms",
         .summary = "Append to a room's activity",
         .rate_class = Write,
         .handler = append_activity},
    };
}

}  // namespace galley::api
