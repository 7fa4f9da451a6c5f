#include "jobs/render/render_kind.h"

#include <algorithm>
#include <memory>

#include "codec/json.h"
#include "codec/json_writer.h"

namespace galley::jobs {

namespace {

using store::Executor;
using tasks::Outcome;
using tasks::TaskContext;

// That no child could be made is no fault of the document's: it costs none of its attempts.
constexpr Duration kPause = std::chrono::seconds(5);
constexpr int kWrittenPercent = 90;

struct Input {
    Digest hash;
    Fetching fetching = Fetching::No;
};

Result<Input> parse_input(std::string_view input) {
    GALLEY_TRY(const codec::JsonDocument document, codec::JsonDocument::parse(input));
    const auto hash = document.root().is_object() ? document.root().find("content_hash") : std::nullopt;
    if (!hash || !hash->is_string()) return fail(ErrorCode::InvalidInput, "the task's input names no document");
    Input parsed;
    GALLEY_TRY(parsed.hash, parse_digest(hash->string()));
    const auto fetch = document.root().find("fetch");
    if (fetch && fetch->type() == codec::JsonType::Bool && fetch->boolean()) parsed.fetching = Fetching::Yes;
    return parsed;
}

// The report's members come after what is the task's own.
std::string result_json(const Digest& hash, const DocumentMaker::Made& made) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("content_hash", hash.hex());
    json.field("file_size", made.pdf.size());
    json.field("cached", made.cached);
    json.field("download_url", document_path(hash));
    json.end_object();
    out.back() = ',';
    return out.append(made.report, 1);
}

class RenderJob {
 public:
    explicit RenderJob(const RenderParts& parts) : parts_(parts) {}

    Outcome run(TaskContext& task) {
        const Result<Input> input = parse_input(task.input());
        if (!input) return Outcome::from_error(input.error());
        if (parts_.store.is_gone(input->hash)) return Outcome::cancel("the document was deleted");
        const MonotonicTime begin = parts_.clock.monotonic();
        return input->fetching == Fetching::Yes ? fetch_and_make(task, input->hash, begin)
                                                : make(task, input->hash, begin);
    }

 private:
    Outcome make(TaskContext& task, const Digest& hash, MonotonicTime begin) {
        bool died = false;
        const Result<DocumentMaker::Made> made = parts_.maker.make(hash, hooks(task, died));
        if (!made) return failure(made.error(), died);
        finish(task, hash, *made);
        return ended(task, hash, *made, begin);
    }

    Outcome fetch_and_make(TaskContext& task, const Digest& asked, MonotonicTime begin) {
        bool died = false;
        Result<RenderOrder> order = parts_.maker.fetch_source(asked, hooks(task, died));
        if (!order) return Outcome::from_error(order.error());
        Result<DocumentMaker::MadeFetched> made = parts_.maker.make_fetched(std::move(*order), hooks(task, died));
        if (!made) return failure(made.error(), died);
        const Digest hash = made->hash;
        const auto shared = std::make_shared<const DocumentMaker::MadeFetched>(std::move(*made));
        if (auto finished = finish_fetched(task, asked, shared); !finished)
            return Outcome::from_error(finished.error());
        return ended(task, hash, shared->made, begin);
    }

    Outcome ended(TaskContext& task, const Digest& hash, const DocumentMaker::Made& made, MonotonicTime begin) {
        task.progress(kWrittenPercent, "written");
        log_warnings(task, made.report);
        const std::chrono::duration<double> took = parts_.clock.monotonic() - begin;
        parts_.journal.record_generation(took.count(), made.cached);
        return Outcome::done(result_json(hash, made));
    }

    // What the transaction refers to lives as long as it.
    Result<void> finish_fetched(TaskContext& task, const Digest& asked,
                                const std::shared_ptr<const DocumentMaker::MadeFetched>& made) const {
        GALLEY_TRY(KeptOrder kept, parts_.store.keep(made->hash, made->order));
        task.finish_with([this, asked, made, kept = std::move(kept), holder = task.task().created_by,
                          task_id = task.task().id](Executor& executor) {
            return parts_.store.became_in(executor, {.asked = asked,
                                                     .holder = holder,
                                                     .task_id = task_id,
                                                     .order = kept,
                                                     .file_size = static_cast<std::int64_t>(made->made.pdf.size()),
                                                     .report = made->made.report,
                                                     .now = parts_.clock.now()});
        });
        return {};
    }

    static DocumentMaker::Hooks hooks(TaskContext& task, bool& died) {
        return {.stop = task.stop_token(),
                .wall_time = task.task().timeout,
                .progress = [&task](int percent, std::string_view message) { task.progress(percent, message); },
                .on_death = [&died](const pool::Death&) { died = true; }};
    }

    static Outcome failure(const Error& error, bool died) {
        if (died) return Outcome::died(error.message);
        if (error.code == ErrorCode::Unavailable) return Outcome::snooze(kPause);
        return Outcome::from_error(error);
    }

    static void log_warnings(TaskContext& task, std::string_view report) {
        const Result<DocumentReport> parsed = parse_report(report);
        if (!parsed) return;
        for (std::size_t i = 0; i < std::min(parsed->warnings.size(), kWarningsLogged); ++i)
            task.log("warning: " + parsed->warnings[i]);
    }

    void finish(TaskContext& task, const Digest& hash, const DocumentMaker::Made& made) const {
        task.finish_with(
            [this, hash, size = static_cast<std::int64_t>(made.pdf.size()), report = made.report](Executor& executor) {
                return parts_.store.complete_in(executor, hash, size, report, parts_.clock.now());
            });
    }

    const RenderParts parts_;
};

}  // namespace

void register_render_kind(tasks::TaskEngine& engine, const RenderParts& parts) {
    engine.register_kind({.name = kRenderKind, .queue = kRenderQueue},
                         [job = std::make_shared<RenderJob>(parts)](TaskContext& task) { return job->run(task); });
}

tasks::NewTask render_task(const Digest& hash, Fetching fetching) {
    tasks::NewTask task;
    task.kind = kRenderKind;
    task.input.clear();
    codec::JsonWriter json(task.input);
    json.begin_object();
    json.field("content_hash", hash.hex());
    if (fetching == Fetching::Yes) json.field("fetch", true);
    json.end_object();
    return task;
}

std::string document_path(const Digest& hash) {
    return "/api/v1/documents/" + hash.hex();
}

}  // namespace galley::jobs
