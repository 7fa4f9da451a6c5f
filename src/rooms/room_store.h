// src/rooms/room_store.h — rooms, their members and their activity, in the store.
//
// Shape    a room is its JSON (checked by room_schema.h) without `activity`, which lies apart so that appending is
//          cheap; get() puts
//          them together again, newest activity first. Every change of what may be printed raises the room's version.
// Errors   get, remove, …: NotFound. append_activity: LimitExceeded (kActivityEntriesMax). All: Unavailable.
//          Rights are the caller's business (auth/rights.h with membership()).
// Owner    borrows the database.
// Threads  any. Writes block until durable: call them off the event loops, or use the `…_in` forms inside a write.
// Limits   kActivityEntriesMax per room; the directory remembers kRoomsRemembered rooms' members.
// Source   SPEC R20.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/rights.h"
#include "base/error.h"
#include "base/remembered.h"
#include "base/time.h"
#include "codec/json.h"
#include "store/database.h"

namespace galley::rooms {

inline constexpr std::int64_t kActivityEntriesMax = 100'000;
inline constexpr std::int64_t kActivityPrintedMax = 500;
inline constexpr std::size_t kRoomsRemembered = 4096;
inline constexpr int kListStretch = 2'000;  // rows that a filtered list looks at for one page

struct RoomHead {
    std::int64_t seq = 0;
    std::string room_id;
    std::string title;
    std::int64_t version = 0;
    Time created_at{}, updated_at{};
};

struct RoomText {
    std::string json;
    Time updated_at{};
};

struct Member {
    std::string email;
    auth::RoomRole role = auth::RoomRole::Viewer;
    Time added_at{};
};

// What requests ask most: who belongs to a room, and its version.
struct RoomAccess {
    std::int64_t version = 0;
    std::vector<std::pair<std::string, auth::RoomRole>> members;
    std::optional<auth::RoomRole> role_of(std::string_view email) const;
};

struct RoomListFilter {
    std::optional<std::string> member{};   // only rooms of this member
    std::optional<auth::RoomRole> role{};  // of that member
    std::optional<Time> updated_after{};
    std::optional<std::int64_t> before{};
    int limit = 50;
};

// Newest first. A filtered page may be short although more follow (kListStretch): go on while `next` is set.
struct RoomPage {
    std::vector<RoomHead> rooms;
    std::optional<std::int64_t> next{};
};
struct ActivityPage {
    std::vector<std::string> entries;  // JSON
    std::optional<std::int64_t> next{};
};

class RoomStore {
 public:
    explicit RoomStore(store::Database& database);

    // Creates or replaces the whole room; a new room's first owner is `by`. Precondition: check_room passed. True when
    // created.
    Result<bool> put_in(store::Executor& executor, std::string_view room_id, const codec::JsonValue& body,
                        std::string_view by, Time now);
    Result<void> remove_in(store::Executor& executor, std::string_view room_id);
    Result<void> put_member_in(store::Executor& executor, std::string_view room_id, const Member& member);
    Result<void> remove_member_in(store::Executor& executor, std::string_view room_id, std::string_view email);
    // `entry` is complete JSON (id and timestamp filled in by the caller).
    Result<void> append_activity_in(store::Executor& executor, std::string_view room_id, std::string_view entry,
                                    Time now);

    Result<std::string> get(std::string_view room_id) const;  // JSON of R20
    // The same with the time of its last change, as conditional requests need it.
    Result<RoomText> text(std::string_view room_id) const;
    static Result<RoomText> text_in(store::Executor& executor, std::string_view room_id);
    static Result<std::string> get_in(store::Executor& executor, std::string_view room_id, std::int64_t activity_max);
    Result<RoomPage> list(const RoomListFilter& filter) const;
    // By e-mail address, those behind `after`.
    Result<std::vector<Member>> members(std::string_view room_id, std::string_view after, int limit) const;
    Result<ActivityPage> activity(std::string_view room_id, std::optional<std::int64_t> before, int limit) const;

    // Null for a room that does not exist. From memory when remembered.
    Result<std::shared_ptr<const RoomAccess>> access(std::string_view room_id) const;

 private:
    void forget_after_commit(store::Executor& executor, std::string_view room_id) const;

    store::Database& database_;
    mutable Remembered<std::string, std::shared_ptr<const RoomAccess>> directory_;
};

}  // namespace galley::rooms
