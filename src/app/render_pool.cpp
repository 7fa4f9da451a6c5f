#include "app/render_pool.h"

#include <algorithm>
#include <string_view>

#include "app/fonts.h"
#include "document/text/hyphenation.h"
#include "jobs/render/order_renderer.h"
#include "jobs/snapshot/render_job.h"
#include "jobs/snapshot/room_renderer.h"
#include "os/descriptor.h"
#include "os/process.h"
#include "pool/parent.h"

namespace galley::app {

extern const std::string_view kDemoRoomJson;  // generated from assets/demo/room.json

namespace {

constexpr std::size_t kChildrenAtStart = 2;
constexpr std::size_t kFontMagicBytes = 4;
constexpr std::size_t kFreedBytesKept = 32 << 20;  // by a child, for its next document

bool begins_as_fonts_do(std::string_view file) {
    constexpr std::string_view kBeginnings[] = {{"\0\1\0\0", 4}, "OTTO", "true", "ttcf", "wOFF", "wOF2", "typ1"};
    constexpr std::string_view kType1[] = {"%!", "\x80\x01"};
    return std::ranges::any_of(kBeginnings, [&](std::string_view magic) { return file.starts_with(magic); }) ||
           std::ranges::any_of(kType1, [&](std::string_view magic) { return file.starts_with(magic); });
}

// What the parent of render processes makes once, and every child begins with.
class RenderJobs {
 public:
    static Result<std::unique_ptr<RenderJobs>> create() {
        auto jobs = std::unique_ptr<RenderJobs>(new RenderJobs());
        GALLEY_TRY(jobs->renderer_, jobs::RoomRenderer::create(jobs->engine_));
        return jobs;
    }

    pool::JobTable table() {
        pool::JobTable table;
        table.warm_up = [this] { (void)renderer_->make_here(kDemoRoomJson, {}); };
        table.jobs = {[this](pool::JobContext& job) { return render_room(job); },
                      [this](pool::JobContext& job) { return render_html(job); },
                      [](pool::JobContext& job) -> Result<Bytes> { return Bytes(job.input()); },
                      [this](pool::JobContext& job) { return render_document(job); }};
        return table;
    }

 private:
    RenderJobs() = default;

    Result<Bytes> render_room(pool::JobContext& job) {
        fonts_.set_job(&job);
        const auto progress = [&job](int percent, std::string_view message) { job.progress(percent, message); };
        GALLEY_TRY(document::Rendered rendered, renderer_->make_here(job.input(), {.progress = progress}));
        return jobs::encode_rendered(std::move(rendered));
    }

    Result<Bytes> render_html(pool::JobContext& job) {
        fonts_.set_job(&job);
        GALLEY_TRY(document::Rendered rendered, engine_.render_pdf(job.input(), {}));
        return jobs::encode_rendered(std::move(rendered));
    }

    Result<Bytes> render_document(pool::JobContext& job) {
        fonts_.set_job(&job);
        const auto progress = [&job](int percent, std::string_view message) { job.progress(percent, message); };
        return jobs::run_render_job(engine_, job.input(), {.progress = progress});
    }

    SystemFonts own_fonts_;
    jobs::ChildFonts fonts_{own_fonts_};
    document::Engine engine_{fonts_};
    std::unique_ptr<jobs::RoomRenderer> renderer_;
};

std::size_t process_count(const ServeConfig& config) {
    if (config.render_processes >= 0) return static_cast<std::size_t>(config.render_processes);
    return config.workers > 0 ? static_cast<std::size_t>(config.workers) : os::cpu_count();
}

}  // namespace

std::optional<int> run_as_render_pool(int argc, const char* const* argv) {
    if (argc != 2 || std::string_view(argv[1]) != pool::kParentArgument) return std::nullopt;
    os::keep_freed_memory(kFreedBytesKept);
    const Result<std::unique_ptr<RenderJobs>> jobs = RenderJobs::create();
    return jobs ? pool::run_parent((*jobs)->table()) : 1;
}

Result<std::unique_ptr<pool::ProcessPool>> start_render_pool(const ServeConfig& config) {
    const std::size_t processes = process_count(config);
    if (processes == 0) return nullptr;
    pool::PoolOptions options;
    options.children_max = processes;
    options.children_at_start = kChildrenAtStart;
    options.memory_bytes_max = config.child_memory_bytes_max;
    options.open_file = open_font;
    auto started = pool::ProcessPool::start(std::move(options), os::system_clock());
    if (!started) started.error().message += "; tasks.render_processes = 0 renders in the server's own threads";
    return started;
}

Result<os::RegularFile> open_font(const std::string& path) {
    GALLEY_TRY(os::RegularFile file, os::open_regular_file(path));
    if (file.size_bytes > SystemFonts::kFontBytesMax || file.size_bytes < kFontMagicBytes)
        return fail(ErrorCode::Forbidden, "no font has this size");
    if (document::is_hyphenation_file(path)) return file;
    GALLEY_TRY(const Bytes beginning, os::read_at(file.descriptor, 0, kFontMagicBytes));
    if (!begins_as_fonts_do(beginning)) return fail(ErrorCode::Forbidden, "not a font");
    return file;
}

}  // namespace galley::app
