#include "jobs/snapshot/snapshot_kind.h"

#include <optional>

#include "auth/audit.h"
#include "base/log.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "jobs/snapshot/page_counts.h"

namespace galley::jobs {

namespace {

using store::Executor;
using tasks::Outcome;
using tasks::TaskContext;

struct Order {
    std::string room_id;
    rooms::SnapshotId id;
    rooms::Includes includes;
};

Result<Order> parse_order(std::string_view input) {
    GALLEY_TRY(const codec::JsonDocument document, codec::JsonDocument::parse(input));
    const auto room = document.root().find("room_id");
    const auto snapshot = document.root().find("snapshot_id");
    const auto includes = document.root().find("includes");
    if (!room || !snapshot || !includes)
        return fail(ErrorCode::InvalidInput, "the task's input is not a snapshot order");
    const auto id = rooms::parse_snapshot_id(snapshot->string());
    if (!id) return fail(ErrorCode::InvalidInput, "the task's input names no snapshot");
    return Order{std::string(room->string()), *id, rooms::Includes::from_bits(includes->integer())};
}

struct Made {
    SharedBytes pdf;
    int page_count = 0;
    bool cached = false;
};

std::string result_json(const Order& order, const Digest& content_hash, const Made& made) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("snapshot_id", to_string(order.id));
    json.field("content_hash", content_hash.hex());
    json.field("file_size", made.pdf.size());
    json.field("page_count", made.page_count);
    json.field("cached", made.cached);
    json.end_object();
    return out;
}

// A database that cannot be read is no fault of the snapshot's: it costs none of its attempts.
constexpr Duration kPause = std::chrono::seconds(5);
Outcome when_not_gathered(const Error& error) {
    return error.code == ErrorCode::Unavailable ? Outcome::snooze(kPause) : Outcome::from_error(error);
}

class SnapshotJob {
 public:
    explicit SnapshotJob(const SnapshotParts& parts) : parts_(parts) {}

    Outcome run(TaskContext& task) {
        const Result<Order> order = parse_order(task.input());
        if (!order) return Outcome::from_error(order.error());
        if (is_gone(*order)) return Outcome::cancel("the snapshot was deleted");
        const MonotonicTime begin = parts_.clock.monotonic();
        Result<rooms::SnapshotInput> input = parts_.gatherer.gather(order->room_id, order->includes);
        if (!input) return when_not_gathered(input.error());
        task.progress(30, "data gathered");
        std::optional<Outcome> verdict;
        Result<Made> made = make(task, *input, verdict);
        if (!made) return verdict ? std::move(*verdict) : Outcome::from_error(made.error());
        task.progress(80, "written");
        finish(task, *order, *input, *made);
        const std::chrono::duration<double> took = parts_.clock.monotonic() - begin;
        parts_.journal.record_generation(took.count(), made->cached);
        return Outcome::done(result_json(*order, input->content_hash, *made));
    }

 private:
    // Deleted while its task waited: nothing is to be made, and no file to be left behind that no snapshot refers to.
    bool is_gone(const Order& order) const {
        const Result<rooms::Snapshot> snapshot = parts_.snapshots.get(order.room_id, order.id);
        return !snapshot && snapshot.error().code == ErrorCode::NotFound;
    }

    // A child process that died of this render is this task's. That none could be made is no fault of it.
    Result<document::Rendered> render(TaskContext& task, std::string_view json, std::optional<Outcome>& verdict) {
        bool died = false;
        Result<document::Rendered> rendered = parts_.renderer.render(
            json, {.stop = task.stop_token(),
                   .wall_time = task.task().timeout,
                   .progress = [&task](int percent, std::string_view message) { task.progress(percent, message); },
                   .on_death = [&died](const pool::Death&) { died = true; }});
        if (rendered) return rendered;
        const Error& error = rendered.error();
        if (died) verdict = Outcome::died(error.message);
        if (!died && error.code == ErrorCode::Unavailable) verdict = Outcome::snooze(kPause);
        return rendered;
    }

    // From the cache, or rendered once however many ask; `verdict` is set by who rendered. A cached file whose page
    // count nobody remembers is rendered anew.
    Result<Made> make(TaskContext& task, const rooms::SnapshotInput& input, std::optional<Outcome>& verdict) {
        const auto maker = [&]() -> Result<Bytes> {
            GALLEY_TRY(document::Rendered rendered, render(task, input.canonical_json.view(), verdict));
            for (const std::string& warning : rendered.warnings) {
                log(LogLevel::Warning, "render_warning", {{"task_id", task.task().id}, {"warning", warning}});
            }
            page_counts_.remember(input.content_hash, rendered.page_count);
            return std::move(rendered.pdf);
        };
        GALLEY_TRY(const cache::MadeDocument found, parts_.documents.get_or_make(input.content_hash, maker));
        if (const auto known = page_count(input.content_hash)) return Made{found.bytes, *known, found.was_cached};
        GALLEY_TRY(Bytes pdf, maker());
        return Made{SharedBytes(std::move(pdf)), page_counts_.find(input.content_hash).value_or(0), false};
    }

    std::optional<int> page_count(const Digest& content_hash) {
        if (const auto remembered = page_counts_.find(content_hash)) return remembered;
        const Result<rooms::KeptInput> kept = parts_.snapshots.kept_input(content_hash);
        if (!kept) return std::nullopt;
        page_counts_.remember(content_hash, kept->page_count);
        return kept->page_count;
    }

    void finish(TaskContext& task, const Order& order, const rooms::SnapshotInput& input, const Made& made) {
        task.finish_with([this, id = order.id, input, size = static_cast<std::int64_t>(made.pdf.size()),
                          pages = made.page_count](Executor& executor) -> Result<void> {
            const rooms::RenderedDocument document{input.content_hash, input.canonical_json.view(), size, pages};
            GALLEY_TRY_VOID(parts_.snapshots.complete_in(executor, id, document, parts_.clock.now()));
            return {};
        });
    }

    SnapshotParts parts_;
    PageCounts page_counts_;
};

Result<void> follow_task(const SnapshotParts& parts, Executor& executor, const tasks::TaskRecord& task,
                         tasks::TaskEvent event, std::string_view error) {
    const auto id = rooms::parse_snapshot_task_id(task.id);
    if (!id) return {};
    if (event == tasks::TaskEvent::Requeued) return parts.snapshots.reopen_in(executor, *id);
    GALLEY_TRY_VOID(parts.snapshots.fail_in(executor, *id, error, parts.clock.now()));
    return auth::append_audit(executor, {.who = "system",
                                         .action = "snapshot_create",
                                         .object = to_string(*id),
                                         .from_address = {},
                                         .outcome = auth::AuditOutcome::Failure,
                                         .request_id = task.correlation_id,
                                         .time = parts.clock.now()});
}

}  // namespace

void register_snapshot_kind(tasks::TaskEngine& engine, const SnapshotParts& parts) {
    auto job = std::make_shared<SnapshotJob>(parts);
    engine.register_kind(
        {.name = kSnapshotKind,
         .queue = kSnapshotQueue,
         .on_transition = [parts](Executor& executor, const tasks::TaskRecord& task, tasks::TaskEvent event,
                                  std::string_view error) { return follow_task(parts, executor, task, event, error); }},
        [job](TaskContext& task) { return job->run(task); });
}

tasks::NewTask snapshot_task(std::string_view room_id, rooms::SnapshotId id, rooms::Includes includes) {
    tasks::NewTask task;
    task.kind = kSnapshotKind;
    task.id = snapshot_task_id(id);
    task.input.clear();
    codec::JsonWriter json(task.input);
    json.begin_object();
    json.field("room_id", room_id);
    json.field("snapshot_id", to_string(id));
    json.field("includes", includes.bits());
    json.end_object();
    return task;
}

}  // namespace galley::jobs
