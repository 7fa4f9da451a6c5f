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

Result<Digest> parse_input(std::string_view input) {
    GALLEY_TRY(const codec::JsonDocument document, codec::JsonDocument::parse(input));
    const auto hash = document.root().is_object() ? document.root().find("content_hash") : std::nullopt;
    if (!hash || !hash->is_string()) return fail(ErrorCode::InvalidInput, "the task's input names no document");
    return parse_digest(hash->string());
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
        const Result<Digest> hash = parse_input(task.input());
        if (!hash) return Outcome::from_error(hash.error());
        if (parts_.store.is_gone(*hash)) return Outcome::cancel("the document was deleted");
        const MonotonicTime begin = parts_.clock.monotonic();
        bool died = false;
        const Result<DocumentMaker::Made> made = parts_.maker.make(*hash, hooks(task, died));
        if (!made) return failure(made.error(), died);
        task.progress(kWrittenPercent, "written");
        log_warnings(task, made->report);
        finish(task, *hash, *made);
        const std::chrono::duration<double> took = parts_.clock.monotonic() - begin;
        parts_.journal.record_generation(took.count(), made->cached);
        return Outcome::done(result_json(*hash, *made));
    }

 private:
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

tasks::NewTask render_task(const Digest& hash) {
    tasks::NewTask task;
    task.kind = kRenderKind;
    task.input.clear();
    codec::JsonWriter json(task.input);
    json.begin_object();
    json.field("content_hash", hash.hex());
    json.end_object();
    return task;
}

std::string document_path(const Digest& hash) {
    return "/api/v1/documents/" + hash.hex();
}

}  // namespace galley::jobs
