// What documents cost, warm: whole renders and their phases, on one thread or on several at once.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "app/commands.h"
#include "app/document_input.h"
#include "app/file_loader.h"
#include "app/fonts.h"
#include "app/phase_clock.h"
#include "codec/json_writer.h"
#include "document/document.h"
#include "os/clock.h"
#include "os/process.h"

namespace galley::app {

namespace {

constexpr int kWarmUpRuns = 2;
constexpr std::size_t kFreedBytesKept = 1 << 30;

// Sorted when it is read.
struct Samples {
    std::vector<double> milliseconds;

    void sort() { std::ranges::sort(milliseconds); }
    double at(double share) const {
        const auto index = static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1) + 0.5);
        return milliseconds[index];
    }
};

struct RenderFigures {
    std::string file;
    int pages = 0;
    std::size_t pdf_bytes = 0;
    double renders_per_s = 0;  // of all threads together
    Samples whole;
    std::array<Samples, document::kWorkPhaseNames.size()> phases;

    void add(const PhaseClock& clock) {
        whole.milliseconds.push_back(clock.total_ms());
        for (std::size_t i = 0; i < phases.size(); ++i) phases[i].milliseconds.push_back(clock.milliseconds()[i]);
    }
    void take(const RenderFigures& other) {
        pages = other.pages;
        pdf_bytes = other.pdf_bytes;
        const auto append = [](Samples& to, const Samples& from) {
            to.milliseconds.insert(to.milliseconds.end(), from.milliseconds.begin(), from.milliseconds.end());
        };
        append(whole, other.whole);
        for (std::size_t i = 0; i < phases.size(); ++i) append(phases[i], other.phases[i]);
    }
    void sort() {
        whole.sort();
        for (Samples& phase : phases) phase.sort();
    }
};

Result<void> render_repeatedly(document::Engine& engine, std::string_view html, const document::RenderOptions& base,
                               int runs, RenderFigures& figures) {
    for (int run = 0; run < runs; ++run) {
        PhaseClock clock;
        document::RenderOptions options = base;
        options.phases = &clock;
        GALLEY_TRY(const document::Rendered rendered, engine.render_pdf(html, options));
        clock.stop();
        figures.add(clock);
        figures.pages = rendered.page_count;
        figures.pdf_bytes = rendered.pdf.size();
    }
    return {};
}

Result<RenderFigures> measure_file(document::Engine& engine, const std::string& file,
                                   const BenchRenderCommand& command) {
    GALLEY_TRY(const std::string html, read_document(file));
    const FileLoader loader(file);
    document::RenderOptions options;
    options.base_url = loader.base_url();
    options.loader = &loader;
    RenderFigures warm_up;
    GALLEY_TRY_VOID(render_repeatedly(engine, html, options, kWarmUpRuns, warm_up));
    const auto count = static_cast<std::size_t>(command.threads);
    std::vector<RenderFigures> parts(count);
    std::vector<Result<void>> results(count);
    const MonotonicTime begin = os::system_clock().monotonic();
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 1; i < count; ++i)
            threads.emplace_back(
                [&, i] { results[i] = render_repeatedly(engine, html, options, command.runs, parts[i]); });
        results[0] = render_repeatedly(engine, html, options, command.runs, parts[0]);
    }
    const std::chrono::duration<double> took = os::system_clock().monotonic() - begin;
    RenderFigures figures;
    figures.file = file;
    for (std::size_t i = 0; i < count; ++i) {
        GALLEY_TRY_VOID(results[i]);
        figures.take(parts[i]);
    }
    figures.renders_per_s = static_cast<double>(figures.whole.milliseconds.size()) / took.count();
    figures.sort();
    return figures;
}

void append_figures(codec::JsonWriter& json, const RenderFigures& figures, int threads) {
    json.begin_object();
    json.field("file", figures.file);
    json.field("pages", figures.pages);
    json.field("bytes", figures.pdf_bytes);
    json.field("threads", threads);
    json.field("median_ms", figures.whole.at(0.5));
    json.field("min_ms", figures.whole.at(0));
    json.field("p95_ms", figures.whole.at(0.95));
    json.field("renders_per_s", figures.renders_per_s);
    json.key("phases_median_ms");
    json.begin_object();
    for (std::size_t i = 0; i < figures.phases.size(); ++i)
        json.field(document::kWorkPhaseNames[i], figures.phases[i].at(0.5));
    json.end_object();
    json.end_object();
}

void print_table(const std::vector<RenderFigures>& all) {
    fmt::print("{:<32} {:>5} {:>9} {:>9} {:>9} {:>9} {:>9}", "file", "pages", "bytes", "median ms", "min ms", "p95 ms",
               "per s");
    for (const std::string_view phase : document::kWorkPhaseNames) fmt::print(" {:>8}", phase);
    fmt::print("\n");
    for (const RenderFigures& f : all) {
        fmt::print("{:<32} {:>5} {:>9} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.1f}", f.file, f.pages, f.pdf_bytes,
                   f.whole.at(0.5), f.whole.at(0), f.whole.at(0.95), f.renders_per_s);
        for (const Samples& phase : f.phases) fmt::print(" {:>8.3f}", phase.at(0.5));
        fmt::print("\n");
    }
}

void print_json(const std::vector<RenderFigures>& all, int threads) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_array();
    for (const RenderFigures& figures : all) append_figures(json, figures, threads);
    json.end_array();
    fmt::print("{}\n", out);
}

}  // namespace

int bench_render(const BenchRenderCommand& command) {
    os::keep_freed_memory(kFreedBytesKept);
    const SystemFonts fonts;
    document::Engine engine(fonts);
    std::vector<RenderFigures> all;
    for (const std::string& file : command.files) {
        Result<RenderFigures> figures = measure_file(engine, file, command);
        if (!figures) return report(figures.error());
        all.push_back(std::move(*figures));
    }
    if (command.json)
        print_json(all, command.threads);
    else
        print_table(all);
    return 0;
}

}  // namespace galley::app
