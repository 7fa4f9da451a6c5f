// bench/load/plan.h — what the load test asks and which answers it predicts.
//
// Shape    next() gives the next request of the mix; answered() takes its answer, says whether it is one that the plan
//          predicts, and remembers what it made: snapshots go from created to completed to deleted, so that their
//          number stays the same over the run.
// Owner    copies its tokens; requests are texts of their own.
// Threads  one.
// Limits   kSnapshotsKept completed snapshots; an id in use by a request is not deleted meanwhile.
#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "load/connections.h"

namespace galley::load {

inline constexpr std::size_t kSnapshotsKept = 2000;

enum class Route : std::uint8_t {
    CreateSnapshot,
    StatusWithWait,
    ListSnapshots,
    Download,
    DownloadRange,
    DownloadUnchanged,
    DeleteSnapshot,
    ListCompressed,
    BadRequest,
    TaskBatch,
    ChangeRoom,
};
inline constexpr std::size_t kRouteCount = 11;
std::vector<std::string> route_names();

struct Call {
    Route route = Route::ListSnapshots;
    std::string request{};
    int status = 200;  // the one answer that is predicted
    std::string snapshot{};
    std::size_t room = 0;
};

struct PlanOptions {
    std::string host;  // "127.0.0.1:8000"
    std::string user_token;
    std::string admin_token;
    std::size_t rooms = 8;  // named load-0 …; they must exist, the user a broker in each
    std::uint64_t seed = 1;
};

class Plan {
 public:
    explicit Plan(PlanOptions options);

    Call next();
    // True when the answer is as predicted.
    bool answered(const Call& call, const Reply& reply);

 private:
    struct Snapshot {
        std::string id;
        std::size_t room = 0;
    };
    enum class Who : std::uint8_t { User, Admin, Nobody };

    Route draw();
    Call make(Route route);
    Call create();
    Call status_of_created();
    Call list(bool compressed);
    Call download(Route route);
    Call remove();
    Call bad_request();
    Call task_batch();
    Call change_room();
    std::string text(std::string_view method, const std::string& path, Who who, std::string_view fields = {},
                     std::string_view body = {}) const;
    std::string room_path(std::size_t room) const;
    void release(const std::string& snapshot);

    PlanOptions options_;
    std::mt19937_64 random_;
    std::size_t number_ = 0;
    std::deque<Snapshot> created_;
    std::deque<Snapshot> completed_;
    std::unordered_map<std::string, std::string> tags_;    // snapshot → ETag of its document
    std::unordered_map<std::string, std::size_t> in_use_;  // snapshot → requests under way
};

}  // namespace galley::load
