// What a child process costs: the same job done here and in a child, one after the other, warm.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "app/commands.h"
#include "app/fonts.h"
#include "app/render_pool.h"
#include "codec/json_writer.h"
#include "jobs/snapshot/room_renderer.h"
#include "os/clock.h"

namespace galley::app {

extern const std::string_view kDemoRoomJson;  // generated from assets/demo/room.json

namespace {

constexpr int kWarmUpRuns = 20;

// Median milliseconds of `runs` calls; the first error ends it.
Result<double> median_of(int runs, const std::function<Result<void>()>& call) {
    std::vector<double> milliseconds;
    for (int run = -kWarmUpRuns; run < runs; ++run) {
        const MonotonicTime begin = os::system_clock().monotonic();
        GALLEY_TRY_VOID(call());
        const std::chrono::duration<double, std::milli> took = os::system_clock().monotonic() - begin;
        if (run >= 0) milliseconds.push_back(took.count());
    }
    std::ranges::nth_element(milliseconds, milliseconds.begin() + runs / 2);
    return milliseconds[static_cast<std::size_t>(runs / 2)];
}

struct PoolFigures {
    double echo_in_child = 0, render_here = 0, render_in_child = 0;
};

Result<PoolFigures> measure_pool(int runs) {
    ServeConfig config;
    config.render_processes = 1;
    GALLEY_TRY(const auto pool, start_render_pool(config));
    const SystemFonts fonts;
    document::Engine engine(fonts);
    GALLEY_TRY(const auto renderer, jobs::RoomRenderer::create(engine));
    const auto render = [&]() -> Result<void> {
        GALLEY_TRY_VOID(renderer->render(kDemoRoomJson, {}));
        return {};
    };
    PoolFigures figures;
    GALLEY_TRY(figures.render_here, median_of(runs, render));
    renderer->use_processes(*pool, kRenderRoomJob, config.child_cpu_time);
    GALLEY_TRY(figures.render_in_child, median_of(runs, render));
    GALLEY_TRY(figures.echo_in_child, median_of(runs, [&]() -> Result<void> {
                   GALLEY_TRY_VOID(pool->run({.job = kEchoJob, .input = "hello"}).reply);
                   return {};
               }));
    return figures;
}

}  // namespace

int bench_pool(const BenchPoolCommand& command) {
    const Result<PoolFigures> figures = measure_pool(command.runs);
    if (!figures) return report(figures.error());
    if (!command.json) {
        fmt::print("echo in a child process     {:.3f} ms\n", figures->echo_in_child);
        fmt::print("room rendered in this one   {:.3f} ms\n", figures->render_here);
        fmt::print("room rendered in a child    {:.3f} ms\n", figures->render_in_child);
        return 0;
    }
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("echo_in_child_ms", figures->echo_in_child);
    json.field("render_here_ms", figures->render_here);
    json.field("render_in_child_ms", figures->render_in_child);
    json.end_object();
    fmt::print("{}\n", out);
    return 0;
}

}  // namespace galley::app
