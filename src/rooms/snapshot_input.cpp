#include "rooms/snapshot_input.h"

#include <deque>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "codec/canonical_json.h"
#include "rooms/room_schema.h"
#include "rooms/room_store.h"

namespace galley::rooms {

using store::Executor;

namespace {

constexpr std::size_t kPrintedTimeBytes = 16;  // "2026-01-02T03:04": the template prints the state's time to the minute

bool included(std::string_view section, Includes includes) {
    if (section == "documents") return includes.documents;
    if (section == "approvals") return includes.approvals;
    if (section == "activity") return includes.activity;
    return true;
}

Digest hash_of(std::string_view canonical, std::string_view renderer_version) {
    Sha256 hash;
    hash.update(renderer_version);
    hash.update(std::string_view("\0", 1));
    hash.update(canonical);
    return hash.finish();
}

}  // namespace

Result<std::string> printed_room(std::string_view room_json, Includes includes) {
    GALLEY_TRY(const codec::JsonDocument whole, codec::JsonDocument::parse(room_json));
    std::vector<FieldRule> rules;
    for (const FieldRule& rule : room_schema()) {
        if (included(rule.name, includes) && rule.type != FieldType::Time) rules.push_back(rule);
    }
    std::string printed = printed_json(whole.root(), rules);
    if (const auto state_time = whole.root().find("generated_at")) {
        printed.pop_back();
        printed += ",\"generated_at\":\"" + std::string(state_time->string().substr(0, kPrintedTimeBytes)) + "\"}";
    }
    GALLEY_TRY(const codec::JsonDocument document, codec::JsonDocument::parse(printed));
    return codec::canonical_json(document.root());
}

class SnapshotGatherer::Memory {
 public:
    std::optional<SnapshotInput> find(const std::string& key) {
        const MutexLock lock(mutex_);
        const auto it = inputs_.find(key);
        return it == inputs_.end() ? std::nullopt : std::optional(it->second);
    }
    void remember(const std::string& key, const SnapshotInput& input) {
        const MutexLock lock(mutex_);
        if (!inputs_.emplace(key, input).second) return;
        order_.push_back(key);
        if (order_.size() <= kInputsRemembered) return;
        inputs_.erase(order_.front());
        order_.pop_front();
    }

 private:
    Mutex mutex_;
    std::unordered_map<std::string, SnapshotInput> inputs_ GALLEY_GUARDED_BY(mutex_);
    std::deque<std::string> order_ GALLEY_GUARDED_BY(mutex_);
};

SnapshotGatherer::SnapshotGatherer(store::Database& database, std::string renderer_version)
    : database_(database), renderer_version_(std::move(renderer_version)), memory_(std::make_unique<Memory>()) {}
SnapshotGatherer::~SnapshotGatherer() = default;

Result<SnapshotInput> SnapshotGatherer::gather(std::string_view room_id, Includes includes) const {
    return database_.read([&](Executor& executor) -> Result<SnapshotInput> {
        // The row number is part of the key: a room that was deleted and made anew starts again at version 1.
        GALLEY_TRY(const store::Rows rows,
                   executor.query("SELECT seq, version, created_at FROM room WHERE room_id = $1", {room_id}));
        if (rows.empty()) return fail(ErrorCode::NotFound, "no such room");
        std::string key = std::to_string(rows[0].integer(0)) + ':' + std::to_string(rows[0].integer(1)) + ':' +
                          std::to_string(rows[0].integer(2)) + ':' + std::to_string(includes.bits());
        if (auto remembered = memory_->find(key)) return *remembered;
        GALLEY_TRY(const std::string room, RoomStore::get_in(executor, room_id, kActivityPrintedMax));
        GALLEY_TRY(std::string canonical, printed_room(room, includes));
        SnapshotInput input{hash_of(canonical, renderer_version_), SharedBytes(std::move(canonical))};
        memory_->remember(key, input);
        return input;
    });
}

}  // namespace galley::rooms
