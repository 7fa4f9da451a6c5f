// Snapshots of rooms: create, list, get, download, delete (R21–R22).
#include "api/creation.h"
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/paging.h"
#include "api/pdf_answer.h"
#include "api/room_access.h"
#include "api/schemas.h"
#include "api/waiting.h"
#include "auth/audit.h"
#include "codec/object_reader.h"
#include "jobs/snapshot/snapshot_kind.h"
#include "net/conditional.h"

namespace galley::api {

namespace {

using auth::Action;
using store::Executor;

struct SnapshotOrder {
    std::string title;
    rooms::Includes includes;
};

Result<SnapshotOrder> order_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    SnapshotOrder order;
    order.title = reader.required_string("title", {.bytes_min = 1, .bytes_max = rooms::kSnapshotTitleBytesMax});
    const auto type = reader.optional_string("snapshot_type");
    if (type && *type != "pdf") reader.note("snapshot_type", "must be \"pdf\"");
    order.includes.documents = reader.optional_bool("include_documents", true);
    order.includes.activity = reader.optional_bool("include_activity", true);
    order.includes.approvals = reader.optional_bool("include_approvals", true);
    GALLEY_TRY_VOID(reader.finish());
    return order;
}

// Snapshot, its task and the audit entry: one transaction, so that 201 means that all three are durable.
Result<rooms::Snapshot> create_in(Services& services, Executor& executor, const rooms::NewSnapshot& wanted, Time now,
                                  const auth::AuditEntry& audit) {
    GALLEY_TRY(const rooms::SnapshotId id, services.snapshots.create_in(executor, wanted, now));
    tasks::NewTask task = jobs::snapshot_task(wanted.room_id, id, wanted.includes);
    task.created_by = wanted.created_by;
    task.correlation_id = audit.request_id;
    GALLEY_TRY_VOID(services.tasks.enqueue(executor, task));
    auth::AuditEntry entry = audit;
    entry.object += "/" + to_string(id);
    GALLEY_TRY_VOID(auth::append_audit(executor, entry));
    rooms::Snapshot snapshot;
    snapshot.id = id;
    snapshot.room_id = wanted.room_id;
    snapshot.title = wanted.title;
    snapshot.created_by = wanted.created_by;
    snapshot.created_at = now;
    snapshot.includes = wanted.includes;
    return snapshot;
}

Result<SnapshotOrder> checked_order(const Call& call) {
    GALLEY_TRY_VOID(room_access(call, Action::SnapshotCreate));
    return order_from_body(call);
}

void create_snapshot(Call call) {
    Result<SnapshotOrder> order = checked_order(call);
    if (!order) return std::move(call).fail(order.error());
    rooms::NewSnapshot wanted{.room_id = std::string(call.parameter("room_id")),
                              .title = std::move(order->title),
                              .created_by = call.caller().email,
                              .includes = order->includes,
                              .tag = static_cast<std::uint32_t>(call.services().random.random_u64())};
    auto work = [&services = call.services(), wanted = std::move(wanted),
                 audit = audit_of(call, Action::SnapshotCreate), now = call.services().clock.now()](
                    Executor& executor) { return create_in(services, executor, wanted, now, audit); };
    create_then(std::move(call), std::move(work), [](const net::Request& request, const rooms::Snapshot& snapshot) {
        return KeptAnswer{201, std::string(request.path) + "/" + to_string(snapshot.id), snapshot_json(snapshot)};
    });
}

Result<std::string> list_snapshots_json(const Call& call) {
    GALLEY_TRY_VOID(room_access(call, Action::SnapshotRead));
    GALLEY_TRY(const NumberedPageRequest wanted, numbered_page_request(call));
    rooms::SnapshotListFilter filter;
    filter.before = wanted.before;
    filter.limit = wanted.limit;
    GALLEY_TRY(const auto status, query_parameter(call, "status"));
    if (status) filter.state = rooms::parse_snapshot_state(*status);
    GALLEY_TRY(filter.created_by, query_parameter(call, "created_by"));
    GALLEY_TRY(const rooms::SnapshotPage page, call.services().snapshots.list(call.parameter("room_id"), filter));
    return page_json(call.request(), page.snapshots, position_of(page.next), append_snapshot);
}

void list_snapshots(Call call) {
    Result<std::string> body = list_snapshots_json(call);
    if (!body) return std::move(call).fail(body.error());
    std::move(call).json(200, std::move(*body));
}

// The snapshot that the path names, after levels 3 and 4.
Result<rooms::Snapshot> find_snapshot(const Call& call, Action action) {
    GALLEY_TRY_VOID(room_access(call, action));
    const auto id = rooms::parse_snapshot_id(call.parameter("snapshot_id"));
    if (!id) return fail(ErrorCode::NotFound, "no such snapshot");
    return call.services().snapshots.get(call.parameter("room_id"), *id);
}

void answer_snapshot(Call call) {
    Result<rooms::Snapshot> snapshot = find_snapshot(call, Action::SnapshotRead);
    if (!snapshot) return std::move(call).fail(snapshot.error());
    // Only what is completed stays as it is; a failed one may be tried again within the second that HTTP dates know.
    const bool final_state = snapshot->state == rooms::SnapshotState::Completed;
    std::move(call).json(200, snapshot_json(*snapshot), final_state ? snapshot->completed_at : std::nullopt);
}

void get_snapshot(Call call) {
    const Result<std::optional<Duration>> wait = wait_request(call);
    if (!wait) return std::move(call).fail(wait.error());
    if (!*wait) return answer_snapshot(std::move(call));
    const Result<rooms::Snapshot> snapshot = find_snapshot(call, Action::SnapshotRead);
    if (!snapshot) return std::move(call).fail(snapshot.error());
    wait_for_task(std::move(call), rooms::snapshot_task_id(snapshot->id), **wait, answer_snapshot);
}

// ---- download

std::string disposition(const rooms::Snapshot& snapshot) {
    return "attachment; filename=\"" + snapshot.room_id + "-" + to_string(snapshot.id) + ".pdf\"";
}

void send_pdf(Call call, const rooms::Snapshot& snapshot, net::Body body, CacheOutcome outcome) {
    net::Response response = pdf_response(disposition(snapshot), std::move(body), outcome);
    response.validators = {.etag = net::strong_etag(snapshot.content_hash->hex()),
                           .last_modified = snapshot.completed_at};
    std::move(call).respond(std::move(response));
}

// R26: evicted or damaged files are made again, and the reader only sees X-Cache: MISS.
void regenerate(Call call, rooms::Snapshot snapshot) {
    jobs::Regenerator& regenerator = call.services().regenerator;
    const Digest content_hash = *snapshot.content_hash;
    auto shared = std::make_shared<Call>(std::move(call));
    regenerator.regenerate(content_hash, [shared, snapshot = std::move(snapshot)](Result<SharedBytes> bytes) {
        shared->on_loop([shared, snapshot, bytes = std::move(bytes)]() mutable {
            if (!bytes) return std::move(*shared).fail(bytes.error());
            send_pdf(std::move(*shared), snapshot, net::SharedBody(std::move(*bytes)), CacheOutcome::Miss);
        });
    });
}

// Level 5: only a completed snapshot has a file.
Result<void> check_downloadable(const rooms::Snapshot& snapshot) {
    if (snapshot.state == rooms::SnapshotState::Generating) {
        return fail(ErrorCode::Conflict, "the snapshot is still being generated");
    }
    if (snapshot.state == rooms::SnapshotState::Failed) {
        return fail(ErrorCode::Conflict, "the snapshot failed: " + snapshot.error.value_or("unknown error"));
    }
    return {};
}

// Who downloads what is written down; the answer need not wait for it.
Result<void> audit_download(const Call& call) {
    if (call.request().method != net::Method::Get) return {};
    return call.services().audit.add(audit_of(call, Action::SnapshotRead, call.parameter("snapshot_id")));
}

void download_snapshot(Call call) {
    Result<rooms::Snapshot> snapshot = find_snapshot(call, Action::SnapshotRead);
    if (!snapshot) return std::move(call).fail(snapshot.error());
    if (const auto state = check_downloadable(*snapshot); !state) return std::move(call).fail(state.error());
    if (const auto audited = audit_download(call); !audited) return std::move(call).fail(audited.error());
    Result<cache::DocumentBody> document = call.services().documents.get(*snapshot->content_hash);
    if (!document) return regenerate(std::move(call), std::move(*snapshot));
    send_pdf(std::move(call), *snapshot, body_of(std::move(*document)), CacheOutcome::Hit);
}

void delete_snapshot(Call call) {
    const Result<rooms::Snapshot> snapshot = find_snapshot(call, Action::SnapshotDelete);
    if (!snapshot) return std::move(call).fail(snapshot.error());
    auto work = [&services = call.services(), room = snapshot->room_id, id = snapshot->id,
                 audit = audit_of(call, Action::SnapshotDelete, to_string(snapshot->id))](
                    Executor& executor) -> Result<rooms::Removed> {
        GALLEY_TRY(const rooms::Removed removed, services.snapshots.remove_in(executor, room, id));
        GALLEY_TRY_VOID(auth::append_audit(executor, audit));
        return removed;
    };
    write_then(std::move(call), std::move(work), [](Call done, const rooms::Removed& removed) {
        if (removed.orphan) (void)done.services().documents.invalidate(*removed.orphan);  // NotFound is as good
        std::move(done).respond({.status = 204, .content_type = {}, .headers = {}, .body = {}});
    });
}

}  // namespace

std::vector<EndpointRow> snapshot_endpoints() {
    using enum net::Method;
    using enum auth::RateClass;
    return {

        {.method = Post,
         .pattern = "/api/v1/rooms/{room_id}/snapshots",
         .name = "snapshot_create",
         .tag = "snapshots",
         .summary = "Make a snapshot of a room",
         .description = "Answers once the snapshot and its task are durable; the PDF is made in the background.",
         .rate_class = Write,
         .idempotency = Idempotency::Keyed,
         .body = ref("NewSnapshot"),
         .body_example = R"({"title":"Before mooring"})",
         .answers = {created("accepted: the snapshot with status generating", ref("Snapshot"))},
         .handler = create_snapshot},
        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}/snapshots",
         .name = "snapshot_list",
         .tag = "snapshots",
         .summary = "Snapshots of a room, newest first",
         .query = paged({{"status", one_of({"generating", "completed", "failed"}), "in this state"},
                         {"created_by", text({.min = 1, .max = auth::kEmailBytesMax}), "made by this caller"}}),
         .answers = {answer_of(200, "a page of snapshots", page_of(ref("Snapshot")))},
         .handler = list_snapshots},
        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}/snapshots/{snapshot_id}",
         .name = "snapshot_get",
         .tag = "snapshots",
         .summary = "One snapshot",
         .description = "`?wait=` holds the answer until the snapshot is completed or failed, or the time is up.",
         .query = {wait_parameter()},
         .answers = {answer_of(200, "the snapshot", ref("Snapshot"))},
         .handler = get_snapshot},
        {.method = Delete,
         .pattern = "/api/v1/rooms/{room_id}/snapshots/{snapshot_id}",
         .name = "snapshot_delete",
         .tag = "snapshots",
         .summary = "Delete a snapshot",
         .description = "For administrators.",
         .rate_class = Write,
         .answers = {no_content("deleted")},
         .handler = delete_snapshot},
        {.method = Get,
         .pattern = "/api/v1/rooms/{room_id}/snapshots/{snapshot_id}/download",
         .name = "snapshot_download",
         .tag = "snapshots",
         .summary = "The PDF",
         .description =
             "With ETag, Last-Modified and ranges; a file that was evicted or damaged is made again (`X-Cache: MISS`).",
         .rate_class = Download,
         .answers = {pdf_answer(200, "the PDF"),
                     pdf_answer(206, "the part of it that Range asked for"),
                     {.status = 304, .description = "the caller's copy is current"}},
         .problems = {{409, "the snapshot is still being generated, or has failed"},
                      {412, "If-Match or If-Unmodified-Since fails"},
                      {416, "the range lies outside the file"}},
         .handler = download_snapshot},
    };
}

}  // namespace galley::api
