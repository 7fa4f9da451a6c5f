#include "rooms/room_store.h"

#include "codec/date.h"
#include "codec/json_writer.h"
#include "rooms/list_walk.h"

namespace galley::rooms {

using store::Executor;
using store::Row;

std::optional<auth::RoomRole> RoomAccess::role_of(std::string_view email) const {
    for (const auto& [member, role] : members)
        if (member == email) return role;
    return std::nullopt;
}

namespace {

Result<void> require_row(std::int64_t changed, std::string_view what) {
    if (changed > 0) return {};
    return fail(ErrorCode::NotFound, "no such " + std::string(what));
}

// The room's JSON without `activity`; `generated_at` (the time of the state) filled in when absent.
std::string body_without_activity(const codec::JsonValue& body, Time now) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    body.for_each_member([&](std::string_view name, const codec::JsonValue& value) {
        if (name != "activity" && name != "generated_at") json.raw_field(name, value.to_json());
    });
    const auto given = body.find("generated_at");
    json.field("generated_at", given ? std::string(given->string()) : codec::format_rfc3339(now));
    json.end_object();
    return out;
}

Result<void> replace_activity(Executor& executor, std::string_view room_id, const codec::JsonValue& body) {
    GALLEY_TRY_VOID(executor.execute("DELETE FROM room_activity WHERE room_id = $1", {room_id}));
    const auto given = body.find("activity");
    if (!given) return {};
    const std::vector<codec::JsonValue> entries = given->elements();
    auto seq = static_cast<std::int64_t>(entries.size());
    for (const codec::JsonValue& entry : entries) {
        const std::string text = entry.to_json();
        GALLEY_TRY_VOID(executor.execute("INSERT INTO room_activity (room_id, seq, entry) VALUES ($1, $2, $3)",
                                         {room_id, seq--, text}));
    }
    return {};
}

Result<std::int64_t> stored_version(Executor& executor, std::string_view room_id) {
    GALLEY_TRY(const auto version, executor.query_integer("SELECT version FROM room WHERE room_id = $1", {room_id}));
    return version.value_or(0);
}

// Replaces the value of `generated_at`, which body_without_activity() writes last.
std::string with_state_time(std::string body, Time now) {
    constexpr std::string_view kKey = "\"generated_at\":";
    const std::size_t at = body.rfind(kKey);
    GALLEY_CHECK(at != std::string::npos);
    body.resize(at + kKey.size());
    codec::append_json_string(body, codec::format_rfc3339(now));
    body += '}';
    return body;
}

Result<std::string> body_of(Executor& executor, std::string_view room_id) {
    GALLEY_TRY(const store::Rows rows, executor.query("SELECT body FROM room WHERE room_id = $1", {room_id}));
    if (rows.empty()) return fail(ErrorCode::NotFound, "no such room");
    return std::string(rows[0].text(0));
}

}  // namespace

RoomStore::RoomStore(store::Database& database) : database_(database), directory_(kRoomsRemembered) {}

void RoomStore::forget_after_commit(Executor& executor, std::string_view room_id) const {
    executor.after_commit([this, room = std::string(room_id)] { directory_.forget(room); });
}

Result<bool> RoomStore::put_in(Executor& executor, std::string_view room_id, const codec::JsonValue& body,
                               std::string_view by, Time now) {
    GALLEY_TRY(const std::int64_t version, stored_version(executor, room_id));
    const std::string text = body_without_activity(body, now);
    const std::string title(body.find("room")->find("title")->string());
    const std::int64_t now_ms = to_unix_ms(now);
    forget_after_commit(executor, room_id);
    if (version == 0) {
        GALLEY_TRY_VOID(
            executor.execute("INSERT INTO room (room_id, version, title, body, created_by, created_at, updated_at) "
                             "VALUES ($1, 1, $2, $3, $4, $5, $5)",
                             {room_id, title, text, by, now_ms}));
        GALLEY_TRY_VOID(put_member_in(executor, room_id, {std::string(by), auth::RoomRole::Owner, now}));
    } else {
        GALLEY_TRY_VOID(
            executor.execute("UPDATE room SET version = $2, title = $3, body = $4, updated_at = $5 WHERE room_id = $1",
                             {room_id, version + 1, title, text, now_ms}));
    }
    GALLEY_TRY_VOID(replace_activity(executor, room_id, body));
    return version == 0;
}

Result<void> RoomStore::remove_in(Executor& executor, std::string_view room_id) {
    forget_after_commit(executor, room_id);
    GALLEY_TRY(const std::int64_t removed, executor.execute("DELETE FROM room WHERE room_id = $1", {room_id}));
    GALLEY_TRY_VOID(require_row(removed, "room"));
    GALLEY_TRY_VOID(executor.execute("DELETE FROM room_member WHERE room_id = $1", {room_id}));
    GALLEY_TRY_VOID(executor.execute("DELETE FROM room_activity WHERE room_id = $1", {room_id}));
    return {};
}

Result<void> RoomStore::put_member_in(Executor& executor, std::string_view room_id, const Member& member) {
    forget_after_commit(executor, room_id);
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO room_member (room_id, email, role, added_at) VALUES ($1, $2, $3, $4) "
                         "ON CONFLICT (room_id, email) DO UPDATE SET role = excluded.role",
                         {room_id, member.email, static_cast<int>(member.role), to_unix_ms(member.added_at)}));
    return {};
}

Result<void> RoomStore::remove_member_in(Executor& executor, std::string_view room_id, std::string_view email) {
    forget_after_commit(executor, room_id);
    GALLEY_TRY(const std::int64_t removed,
               executor.execute("DELETE FROM room_member WHERE room_id = $1 AND email = $2", {room_id, email}));
    return require_row(removed, "member");
}

Result<void> RoomStore::append_activity_in(Executor& executor, std::string_view room_id, std::string_view entry,
                                           Time now) {
    GALLEY_TRY(const std::string body, body_of(executor, room_id));
    GALLEY_TRY(const auto last,
               executor.query_integer("SELECT max(seq) FROM room_activity WHERE room_id = $1", {room_id}));
    const std::int64_t seq = last.value_or(0) + 1;
    if (seq > kActivityEntriesMax)
        return fail(ErrorCode::LimitExceeded, "the room's activity is full (activity_entries_max)");
    forget_after_commit(executor, room_id);
    GALLEY_TRY_VOID(
        executor.execute("INSERT INTO room_activity (room_id, seq, entry) VALUES ($1, $2, $3)", {room_id, seq, entry}));
    const std::string stamped = with_state_time(body, now);
    GALLEY_TRY_VOID(
        executor.execute("UPDATE room SET version = version + 1, body = $2, updated_at = $3 WHERE room_id = $1",
                         {room_id, stamped, to_unix_ms(now)}));
    return {};
}

Result<std::string> RoomStore::get_in(Executor& executor, std::string_view room_id, std::int64_t activity_max) {
    GALLEY_TRY(std::string body, body_of(executor, room_id));
    std::string list;
    GALLEY_TRY_VOID(executor.each("SELECT entry FROM room_activity WHERE room_id = $1 ORDER BY seq DESC LIMIT $2",
                                  {room_id, activity_max}, [&](const Row& row) -> Result<void> {
                                      if (!list.empty()) list += ',';
                                      list += row.text(0);
                                      return {};
                                  }));
    body.pop_back();  // the closing brace
    return body + ",\"activity\":[" + list + "]}";
}

Result<std::string> RoomStore::get(std::string_view room_id) const {
    return database_.read([&](Executor& executor) { return get_in(executor, room_id, kActivityEntriesMax); });
}

Result<RoomText> RoomStore::text_in(Executor& executor, std::string_view room_id) {
    GALLEY_TRY(std::string json, get_in(executor, room_id, kActivityEntriesMax));
    GALLEY_TRY(const auto updated_at,
               executor.query_integer("SELECT updated_at FROM room WHERE room_id = $1", {room_id}));
    return RoomText{std::move(json), from_unix_ms(updated_at.value_or(0))};
}

Result<RoomText> RoomStore::text(std::string_view room_id) const {
    return database_.read([&](Executor& executor) { return text_in(executor, room_id); });
}

namespace {

constexpr store::Sql kRoomsOfMember =
    "SELECT r.seq, r.room_id, r.title, r.version, r.created_at, r.updated_at, m.role FROM room_member m "
    "JOIN room r ON r.room_id = m.room_id WHERE m.email = $1 AND r.seq < $2 ORDER BY r.seq DESC LIMIT $3";
constexpr store::Sql kAllRooms =
    "SELECT seq, room_id, title, version, created_at, updated_at, 0 FROM room WHERE seq < $1 ORDER BY seq DESC LIMIT "
    "$2";

RoomHead read_head(const Row& row) {
    return {row.integer(0), std::string(row.text(1)),     std::string(row.text(2)),
            row.integer(3), from_unix_ms(row.integer(4)), from_unix_ms(row.integer(5))};
}

bool is_wanted(const RoomListFilter& filter, const RoomHead& head, auth::RoomRole role) {
    return (!filter.role || *filter.role == role) && (!filter.updated_after || head.updated_at > *filter.updated_after);
}

}  // namespace

Result<RoomPage> RoomStore::list(const RoomListFilter& filter) const {
    const bool filtered = filter.role || filter.updated_after;
    const int rows_max = filtered ? kListStretch : filter.limit;
    const std::int64_t before = filter.before.value_or(INT64_MAX);
    RoomPage page;
    ListWalk walk(filter.limit, rows_max);
    const auto take = [&](const Row& row) -> Result<void> {
        if (walk.is_full()) return {};
        RoomHead head = read_head(row);
        const bool wanted = is_wanted(filter, head, static_cast<auth::RoomRole>(row.integer(6)));
        walk.saw(head.seq, wanted);
        if (wanted) page.rooms.push_back(std::move(head));
        return {};
    };
    GALLEY_TRY_VOID(database_.read([&](Executor& executor) {
        if (filter.member) return executor.each(kRoomsOfMember, {*filter.member, before, rows_max}, take);
        return executor.each(kAllRooms, {before, rows_max}, take);
    }));
    page.next = walk.next();
    return page;
}

Result<std::vector<Member>> RoomStore::members(std::string_view room_id, std::string_view after, int limit) const {
    return database_.read([&](Executor& executor) -> Result<std::vector<Member>> {
        std::vector<Member> members;
        GALLEY_TRY_VOID(
            executor.each("SELECT email, role, added_at FROM room_member WHERE room_id = $1 AND email > $2 ORDER BY "
                          "email LIMIT $3",
                          {room_id, after, limit}, [&](const Row& row) -> Result<void> {
                              members.push_back({std::string(row.text(0)), static_cast<auth::RoomRole>(row.integer(1)),
                                                 from_unix_ms(row.integer(2))});
                              return {};
                          }));
        return members;
    });
}

Result<ActivityPage> RoomStore::activity(std::string_view room_id, std::optional<std::int64_t> before,
                                         int limit) const {
    return database_.read([&](Executor& executor) -> Result<ActivityPage> {
        ActivityPage page;
        ListWalk walk(limit, limit);
        GALLEY_TRY_VOID(executor.each(
            "SELECT entry, seq FROM room_activity WHERE room_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
            {room_id, before.value_or(INT64_MAX), limit}, [&](const Row& row) -> Result<void> {
                page.entries.emplace_back(row.text(0));
                walk.saw(row.integer(1), true);
                return {};
            }));
        page.next = walk.next();
        return page;
    });
}

Result<std::shared_ptr<const RoomAccess>> RoomStore::access(std::string_view room_id) const {
    std::uint64_t generation = 0;
    if (auto remembered = directory_.find(std::string(room_id), generation)) return *remembered;
    auto access = std::make_shared<RoomAccess>();
    GALLEY_TRY_VOID(database_.read([&](Executor& executor) -> Result<void> {
        GALLEY_TRY(access->version, stored_version(executor, room_id));
        return executor.each(
            "SELECT email, role FROM room_member WHERE room_id = $1", {room_id}, [&](const Row& row) -> Result<void> {
                access->members.emplace_back(std::string(row.text(0)), static_cast<auth::RoomRole>(row.integer(1)));
                return {};
            });
    }));
    if (access->version == 0) return std::shared_ptr<const RoomAccess>();
    directory_.remember(std::string(room_id), access, generation);
    return std::shared_ptr<const RoomAccess>(std::move(access));
}

}  // namespace galley::rooms
