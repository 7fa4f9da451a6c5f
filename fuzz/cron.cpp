// Cron expressions: whatever the text, an answer or an error; what is accepted has words, figures, and times in order.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schedule/cron_text.h"
#include "schedule/cron_times.h"

using namespace galley;
using namespace galley::schedule;

namespace {

constexpr std::size_t kTimes = 5;

void check(bool holds) {
    if (!holds) std::abort();
}

void ask(const CronExpression& expression, const TimeZone& zone, Time after) {
    const CronTimes found = next_times(expression, zone, after, kTimes);
    check(found.truncated == (found.times.size() < kTimes));
    Time last = after;
    for (const Time time : found.times) {
        check(time > last && time <= after + kCronHorizon);
        last = time;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const TimeZone zones[] = {*TimeZone::load("UTC"), *TimeZone::load("Europe/Berlin"),
                                     *TimeZone::load("Australia/Lord_Howe")};
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto order = (data[0] & 1) != 0 ? SecondsField::First : SecondsField::Last;
    const Result<CronExpression> expression = CronExpression::parse(text, order);
    if (!expression) return 0;
    check(!describe(*expression).empty());
    // From the morning before a change of clocks, 28 March and 24 October 2026.
    const Time before_change(std::chrono::seconds((data[0] & 2) != 0 ? 1'774'692'000 : 1'792'836'000));
    ask(*expression, zones[data[0] / 4 % std::size(zones)], before_change);
    return 0;
}
