#include "jobs/render/document_maker.h"

#include <memory>

#include "base/log.h"

namespace galley::jobs {

void DocumentMaker::use_processes(pool::ProcessPool& pool, std::uint32_t job, Duration cpu_time) {
    pool_ = &pool;
    job_ = job;
    cpu_time_ = cpu_time;
}

Result<Bytes> DocumentMaker::run_job(std::string_view input, const Hooks& hooks) const {
    if (pool_ == nullptr) return run_render_job(engine_, input, {.stop = hooks.stop, .progress = hooks.progress});
    pool::JobEnd end = pool_->run({.job = job_,
                                   .input = input,
                                   .limits = {.cpu = cpu_time_, .wall = hooks.wall_time},
                                   .stop = hooks.stop,
                                   .on_progress = hooks.progress});
    if (end.death && hooks.on_death) hooks.on_death(*end.death);
    return std::move(end.reply);
}

Result<MadePdf> DocumentMaker::render(const Digest& hash, const Hooks& hooks) const {
    GALLEY_TRY(Bytes order, store_.order(hash));
    Bytes input = render_job_input(order, limits_);
    order = {};
    GALLEY_TRY(Bytes reply, run_job(input, hooks));
    return decode_made(std::move(reply));
}

// Of a document that was just made and whose row does not say so yet, or of one that was made before.
Result<std::optional<std::string>> DocumentMaker::known_report(const Digest& hash) {
    std::uint64_t generation = 0;
    if (auto remembered = reports_.find(hash, generation)) return std::optional(std::move(*remembered));
    return store_.report(hash);
}

// A PDF in the cache of which nobody knows the report is made anew.
Result<DocumentMaker::Made> DocumentMaker::make(const Digest& hash, const Hooks& hooks) {
    std::uint64_t generation = 0;
    (void)reports_.find(hash, generation);
    const auto maker = [&]() -> Result<Bytes> {
        GALLEY_TRY(MadePdf made, render(hash, hooks));
        reports_.remember(hash, report_json(made.report), generation);
        return std::move(made.pdf);
    };
    GALLEY_TRY(const cache::MadeDocument found, cache_.get_or_make(hash, maker));
    GALLEY_TRY(std::optional<std::string> report, known_report(hash));
    if (report) return Made{found.bytes, std::move(*report), found.was_cached};
    GALLEY_TRY(MadePdf made, render(hash, hooks));
    return Made{SharedBytes(std::move(made.pdf)), report_json(made.report), false};
}

void DocumentMaker::make_later(const Digest& hash, Done done) {
    auto shared = std::make_shared<Done>(std::move(done));
    BackgroundQueue::Work work = [this, hash, shared](BackgroundQueue::Run how) {
        if (how == BackgroundQueue::Run::Stopped) return (*shared)(fail(ErrorCode::Unavailable, "the server stops"));
        log(LogLevel::Info, "document_made_again", {{"content_hash", hash.hex()}});
        Result<Made> made = make(hash, {});
        if (!made) return (*shared)(fail(std::move(made.error())));
        (*shared)(std::move(made->pdf));
    };
    if (!queue_.post(work)) (*shared)(fail(ErrorCode::Unavailable, "too many documents are being made again"));
}

}  // namespace galley::jobs
