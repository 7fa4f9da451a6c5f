#include "jobs/snapshot/room_renderer.h"

#include <fmt/format.h>

#include <atomic>

#include "base/digest.h"
#include "codec/json.h"
#include "jobs/snapshot/render_job.h"

namespace galley::jobs {

extern const std::string_view kRoomTemplateText;  // generated from assets/templates/room_snapshot.html.j2

namespace {

// A message costs a system call from a child process: not one a page of a long document.
constexpr int kPagesATime = 64;
constexpr int kLaidOutPercent = 60;

void report(const RoomRenderer::Options& options, document::RenderPhase phase, int pages) {
    if (!options.progress || phase != document::RenderPhase::LaidOut) return;
    if (pages <= 1) options.progress(kLaidOutPercent, "laid out");
    if (pages % kPagesATime == 0) options.progress(kLaidOutPercent, fmt::format("laid out, {} pages", pages));
}

}  // namespace

RoomRenderer::RoomRenderer(document::Engine& engine, templates::Template room_template, std::string version)
    : engine_(engine), template_(std::move(room_template)), version_(std::move(version)) {}

Result<std::unique_ptr<RoomRenderer>> RoomRenderer::create(document::Engine& engine) {
    GALLEY_TRY(templates::Template room_template, templates::Template::parse(kRoomTemplateText));
    std::string version = std::string(document::kEngineVersion) + "\n" + sha256(kRoomTemplateText).hex();
    return std::unique_ptr<RoomRenderer>(new RoomRenderer(engine, std::move(room_template), std::move(version)));
}

void RoomRenderer::use_processes(pool::ProcessPool& pool, std::uint32_t job, Duration cpu_time) {
    pool_ = &pool;
    job_ = job;
    cpu_time_ = cpu_time;
}

Result<document::Rendered> RoomRenderer::render(std::string_view canonical_json, const Options& options) const {
    if (pool_ == nullptr) return make_here(canonical_json, options);
    pool::JobEnd end = pool_->run({.job = job_,
                                   .input = canonical_json,
                                   .limits = {.cpu = cpu_time_, .wall = options.wall_time},
                                   .stop = options.stop,
                                   .on_progress = options.progress});
    if (end.death && options.on_death) options.on_death(*end.death);
    GALLEY_TRY(Bytes reply, std::move(end.reply));
    return decode_rendered(std::move(reply));
}

Result<document::Rendered> RoomRenderer::make_here(std::string_view canonical_json, const Options& options) const {
    GALLEY_TRY(const codec::JsonDocument data, codec::JsonDocument::parse(canonical_json));
    GALLEY_TRY(const std::string html, template_.render(data.root()));
    std::atomic<bool> cancelled = false;
    const std::stop_callback on_stop(options.stop, [&cancelled] { cancelled = true; });
    document::RenderOptions render_options;
    render_options.cancelled = &cancelled;
    render_options.progress = [&options](document::RenderPhase phase, int pages) { report(options, phase, pages); };
    return engine_.render_pdf(html, render_options);
}

Result<std::string> room_html(std::string_view canonical_json) {
    GALLEY_TRY(const templates::Template room_template, templates::Template::parse(kRoomTemplateText));
    GALLEY_TRY(const codec::JsonDocument data, codec::JsonDocument::parse(canonical_json));
    return room_template.render(data.root());
}

}  // namespace galley::jobs
