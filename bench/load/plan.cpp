#include "load/plan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace galley::load {

namespace {

struct Share {
    Route route;
    const char* name;
    unsigned weight;  // of 1000
};

// As many are created as are waited for and deleted.
constexpr std::array<Share, kRouteCount> kMix = {{
    {Route::CreateSnapshot, "create snapshot", 120},
    {Route::StatusWithWait, "status with wait", 125},
    {Route::ListSnapshots, "list snapshots", 100},
    {Route::Download, "download", 250},
    {Route::DownloadRange, "download a range", 60},
    {Route::DownloadUnchanged, "download, unchanged", 100},
    {Route::DeleteSnapshot, "delete snapshot", 120},
    {Route::ListCompressed, "room, compressed", 52},
    {Route::BadRequest, "bad request", 60},
    {Route::TaskBatch, "batch of 20 tasks", 10},
    {Route::ChangeRoom, "change a room", 3},
}};
constexpr unsigned kWhole = 1000;

constexpr bool mix_is_whole() {
    unsigned sum = 0;
    for (std::size_t i = 0; i < kMix.size(); ++i) {
        if (static_cast<std::size_t>(kMix[i].route) != i) return false;
        sum += kMix[i].weight;
    }
    return sum == kWhole;
}
static_assert(mix_is_whole(), "one row for each Route, in order, 1000 together");

constexpr int kTasksInBatch = 20;

std::string_view member(std::string_view json, std::string_view name) {
    const std::string key = "\"" + std::string(name) + "\":\"";
    const std::size_t at = json.find(key);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = json.substr(at + key.size());
    return rest.substr(0, rest.find('"'));
}

std::string_view field(std::string_view head, std::string_view name) {
    const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string_view::npos) return {};
    const std::string_view rest = head.substr(at + name.size() + 4);
    return rest.substr(0, rest.find("\r\n"));
}

std::string room_body(const std::string& id, std::size_t number) {
    std::string documents;
    for (int i = 0; i < 12; ++i) {
        documents += std::string(i == 0 ? "" : ",") + R"({"id":"d)" + std::to_string(i) +
                     R"(","type_code":"Q88","type_name":"Questionnaire )" + std::to_string(i) +
                     R"(","status":"approved"})";
    }
    return R"({"room":{"id":")" + id + R"(","reference":"STS-1","title":"Transfer )" + std::to_string(number) +
           R"(","location":"Fujairah OPL"},"parties":[{"id":"p1","role":"owner","name":"Olga Owner",)"
           R"("company":"Aegean Tankers"}],"vessels":[{"id":"v1","name":"Aegean Promise","imo":"9321483",)"
           R"("deadweight":299999}],"documents":[)" +
           documents +
           R"(],"approvals":[],"activity":[],"summary":{"documents_total":12,"progress_percent":50,"blockers":[]},)"
           R"("generated_at":"2026-01-09T12:00:00Z"})";
}

}  // namespace

std::vector<std::string> route_names() {
    std::vector<std::string> names;
    for (const Share& share : kMix) names.emplace_back(share.name);
    return names;
}

Plan::Plan(PlanOptions options) : options_(std::move(options)), random_(options_.seed) {}

Route Plan::draw() {
    auto at = static_cast<unsigned>(random_() % kWhole);
    for (const Share& share : kMix) {
        if (at < share.weight) return share.route;
        at -= share.weight;
    }
    return Route::ListSnapshots;
}

Call Plan::next() {
    ++number_;
    return make(draw());
}

Call Plan::make(Route route) {
    switch (route) {
        case Route::CreateSnapshot:
            return create();
        case Route::StatusWithWait:
            return created_.empty() ? list(false) : status_of_created();
        case Route::Download:
        case Route::DownloadRange:
        case Route::DownloadUnchanged:
            return completed_.empty() ? list(false) : download(route);
        case Route::DeleteSnapshot:
            return completed_.size() < kSnapshotsKept ? list(false) : remove();
        case Route::BadRequest:
            return bad_request();
        case Route::TaskBatch:
            return task_batch();
        case Route::ChangeRoom:
            return change_room();
        case Route::ListCompressed:
            return list(true);
        case Route::ListSnapshots:
            break;
    }
    return list(false);
}

std::string Plan::room_path(std::size_t room) const {
    return "/api/v1/rooms/load-" + std::to_string(room);
}

std::string Plan::text(std::string_view method, const std::string& path, Who who, std::string_view fields,
                       std::string_view body) const {
    std::string out;
    out.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(options_.host).append("\r\n");
    if (who != Who::Nobody) {
        const std::string& token = who == Who::Admin ? options_.admin_token : options_.user_token;
        out.append("Authorization: Bearer ").append(token).append("\r\n");
    }
    out.append(fields);
    if (!body.empty()) {
        if (fields.find("Content-Type") == std::string_view::npos) out.append("Content-Type: application/json\r\n");
        out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    return out.append("\r\n").append(body);
}

Call Plan::create() {
    const std::size_t room = random_() % options_.rooms;
    const std::string body = R"({"title":"Load )" + std::to_string(number_) + "\"}";
    return {.route = Route::CreateSnapshot,
            .request = text("POST", room_path(room) + "/snapshots", Who::User, {}, body),
            .status = 201,
            .room = room};
}

Call Plan::status_of_created() {
    const Snapshot snapshot = created_.front();
    created_.pop_front();
    return {.route = Route::StatusWithWait,
            .request = text("GET", room_path(snapshot.room) + "/snapshots/" + snapshot.id + "?wait=30", Who::User),
            .snapshot = snapshot.id,
            .room = snapshot.room};
}

Call Plan::list(bool compressed) {
    const std::size_t room = random_() % options_.rooms;
    if (compressed) {
        return {.route = Route::ListCompressed,
                .request = text("GET", room_path(room), Who::User, "Accept-Encoding: gzip, br, zstd\r\n")};
    }
    return {.route = Route::ListSnapshots, .request = text("GET", room_path(room) + "/snapshots?limit=20", Who::User)};
}

Call Plan::download(Route route) {
    const Snapshot& snapshot = completed_[random_() % completed_.size()];
    const auto tag = tags_.find(snapshot.id);
    if (route == Route::DownloadUnchanged && tag == tags_.end()) route = Route::Download;
    std::string fields;
    int status = 200;
    if (route == Route::DownloadRange) {
        fields = "Range: bytes=100-1099\r\n";
        status = 206;
    } else if (route == Route::DownloadUnchanged) {
        fields = "If-None-Match: " + tag->second + "\r\n";
        status = 304;
    }
    ++in_use_[snapshot.id];
    return {
        .route = route,
        .request = text("GET", room_path(snapshot.room) + "/snapshots/" + snapshot.id + "/download", Who::User, fields),
        .status = status,
        .snapshot = snapshot.id,
        .room = snapshot.room};
}

Call Plan::remove() {
    const auto idle = std::ranges::find_if(completed_, [&](const Snapshot& one) { return !in_use_.contains(one.id); });
    if (idle == completed_.end()) return list(false);
    const Snapshot snapshot = *idle;
    completed_.erase(idle);
    tags_.erase(snapshot.id);
    return {.route = Route::DeleteSnapshot,
            .request = text("DELETE", room_path(snapshot.room) + "/snapshots/" + snapshot.id, Who::Admin),
            .status = 204,
            .snapshot = {},
            .room = snapshot.room};
}

Call Plan::bad_request() {
    constexpr std::string_view kPlain = "Content-Type: text/plain\r\n";
    constexpr std::string_view kGood = R"({"task_type":"echo"})";
    const std::string room = room_path(0);
    Call call{.route = Route::BadRequest};
    const auto set = [&](int status, std::string request) {
        call.status = status;
        call.request = std::move(request);
    };
    switch (random_() % 9) {
        case 0:
            set(404, text("GET", "/api/v1/nothing", Who::User));
            break;
        case 1:
            set(401, text("GET", room, Who::Nobody));
            break;
        case 2:
            set(400, text("POST", "/api/v1/tasks", Who::User, {}, R"({"task_type":"echo",})"));
            break;
        case 3:
            set(415, text("POST", "/api/v1/tasks", Who::User, kPlain, kGood));
            break;
        case 4:
            set(403, text("DELETE", room, Who::User));
            break;
        case 5:
            set(404, text("GET", "/api/v1/rooms/of-nobody", Who::User));
            break;
        case 6:
            set(405, text("DELETE", "/api/v1/rooms", Who::User));
            break;
        case 7:
            set(400, text("GET", "/api/v1/rooms?limit=0", Who::User));
            break;
        default:
            set(400, text("POST", "/api/v1/tasks", Who::User, {}, R"({"task_type":"none","unknown":1})"));
    }
    return call;
}

Call Plan::task_batch() {
    std::string body = R"({"tasks":[)";
    for (int i = 0; i < kTasksInBatch; ++i) {
        body +=
            std::string(i == 0 ? "" : ",") + R"({"task_type":"echo","input":{"n":)" + std::to_string(number_) + "}}";
    }
    return {.route = Route::TaskBatch,
            .request = text("POST", "/api/v1/tasks/batch", Who::User, {}, body + "]}"),
            .status = 202};
}

Call Plan::change_room() {
    const std::size_t room = random_() % options_.rooms;
    const std::string body = room_body("load-" + std::to_string(room), number_);
    return {.route = Route::ChangeRoom, .request = text("PUT", room_path(room), Who::Admin, {}, body)};
}

void Plan::release(const std::string& snapshot) {
    const auto use = in_use_.find(snapshot);
    if (use != in_use_.end() && --use->second == 0) in_use_.erase(use);
}

bool Plan::answered(const Call& call, const Reply& reply) {
    const bool predicted = reply.status == call.status;
    switch (call.route) {
        case Route::CreateSnapshot:
            if (predicted) created_.push_back({std::string(member(reply.body, "id")), call.room});
            return predicted;
        case Route::StatusWithWait:
            if (!predicted || member(reply.body, "status") != "completed") return false;
            completed_.push_back({call.snapshot, call.room});
            return true;
        case Route::Download:
            if (predicted) tags_[call.snapshot] = field(reply.head, "ETag");
            release(call.snapshot);
            return predicted && reply.body.starts_with("%PDF-");
        case Route::DownloadRange:
            release(call.snapshot);
            return predicted && reply.body.size() == 1000;
        case Route::DownloadUnchanged:
            release(call.snapshot);
            return predicted;
        default:
            return predicted;
    }
}

}  // namespace galley::load
