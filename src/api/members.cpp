// Members of a room (R20).
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "auth/audit.h"
#include "codec/object_reader.h"

namespace galley::api {

namespace {

using auth::Action;
using store::Executor;

void append_member(codec::JsonWriter& json, const rooms::Member& member) {
    json.begin_object();
    json.field("email", member.email);
    json.field("role", auth::room_role_name(member.role));
    time_field(json, "added_at", member.added_at);
    json.end_object();
}

Result<std::string> members_json(const Call& call) {
    GALLEY_TRY_VOID(room_access(call, Action::MembersRead));
    GALLEY_TRY(const PageRequest page, page_request(call));
    GALLEY_TRY(const std::vector<rooms::Member> members,
               call.services().rooms.members(call.parameter("room_id"), page.after.value_or(""), page.limit));
    std::optional<std::string> next;
    if (std::ssize(members) == page.limit) next = members.back().email;
    return page_json(call.request(), members, next, append_member);
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

Schema member_role_body() {
    return object({field("role", one_of({"owner", "broker", "charterer", "viewer"}))});
}

}  // namespace

std::vector<EndpointRow> member_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}/members",
         .name = "member_list",
         .tag = "rooms",
         .summary = "Members of a room, by e-mail address",
         .query = paged({}),
         .answers = {answer_of(200, "a page of members", page_of(ref("Member")))},
         .handler = list_members},
        {.method = Put,
         .pattern = "/api/v1/rooms/{room_id}/members/{email}",
         .name = "member_put",
         .tag = "rooms",
         .summary = "Add a member or change a role",
         .rate_class = Write,
         .body = member_role_body(),
         .body_example = R"({"role":"broker"})",
         .answers = {answer_of(200, "the member", object({field("email", text()), field("role", text())}))},
         .handler = put_member},
        {.method = Delete,
         .pattern = "/api/v1/rooms/{room_id}/members/{email}",
         .name = "member_delete",
         .tag = "rooms",
         .summary = "Remove a member",
         .rate_class = Write,
         .answers = {no_content("removed")},
         .handler = delete_member},
    };
}

}  // namespace galley::api
