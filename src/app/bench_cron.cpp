// What the next time of a cron expression costs: so many, following each other, from one moment.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "app/commands.h"
#include "codec/json_writer.h"
#include "os/clock.h"
#include "schedule/cron_times.h"

namespace galley::app {

namespace {

using schedule::CronExpression;
using schedule::TimeZone;

constexpr Time kFrom{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}.time_since_epoch()};
constexpr int kWarmUpRuns = 3;

struct CronFigures {
    std::string expression;
    int times = 0;
    double micros = 0;  // median of the runs, for all times
    Time last{};
};

Result<CronFigures> measure(const std::string& text, const TimeZone& zone, const BenchCronCommand& command) {
    GALLEY_TRY(const CronExpression expression, CronExpression::parse(text));
    CronFigures figures{.expression = text};
    std::vector<double> micros;
    for (int run = -kWarmUpRuns; run < command.runs; ++run) {
        const MonotonicTime begin = os::system_clock().monotonic();
        figures.times = 0;
        figures.last = kFrom;
        while (figures.times < command.count) {
            const auto next =
                schedule::next_time(expression, zone, figures.last, figures.last + schedule::kCronHorizon);
            if (!next) break;
            figures.last = *next;
            ++figures.times;
        }
        const std::chrono::duration<double, std::micro> took = os::system_clock().monotonic() - begin;
        if (run >= 0) micros.push_back(took.count());
    }
    std::ranges::nth_element(micros, micros.begin() + command.runs / 2);
    figures.micros = micros[static_cast<std::size_t>(command.runs / 2)];
    return figures;
}

}  // namespace

int bench_cron(const BenchCronCommand& command) {
    const Result<TimeZone> zone = TimeZone::load(command.zone);
    if (!zone) return report(zone.error());
    std::string out;
    codec::JsonWriter json(out);
    json.begin_array();
    for (const std::string& text : command.expressions) {
        const Result<CronFigures> figures = measure(text, *zone, command);
        if (!figures) return report(figures.error());
        if (!command.json) {
            fmt::print("{:<28} {} times in {:.1f} us\n", text, figures->times, figures->micros);
            continue;
        }
        json.begin_object();
        json.field("expression", figures->expression);
        json.field("times", figures->times);
        json.field("micros", figures->micros);
        json.field("last_unix", to_unix_ms(figures->last) / 1'000);
        json.end_object();
    }
    json.end_array();
    if (command.json) std::puts(out.c_str());
    return 0;
}

}  // namespace galley::app
