// Bodies that make a schedule or ask about one: whatever the text, an answer or faults with pointers; what is accepted
// has a next time, and times that were missed are counted within their bound.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/schedule_parts.h"
#include "codec/json.h"
#include "codec/object_reader.h"
#include "schedule/schedule.h"

using namespace galley;
using namespace galley::schedule;

namespace {

// 28 March 2026, the morning before a change of clocks.
constexpr Time kNow(std::chrono::seconds(1'774'692'000));

void check(bool holds) {
    if (!holds) std::abort();
}

NewSchedule read(codec::ObjectReader& reader) {
    NewSchedule out;
    out.name = reader.required_string("name", {.bytes_min = 1, .bytes_max = kScheduleNameBytesMax});
    api::read_expression(reader, out);
    out.task.kind = "echo";
    if (const auto policy = reader.optional_string("missed_runs")) {
        out.missed_runs = parse_missed_runs(*policy).value_or(MissedRuns::Once);
    }
    if (const auto policy = reader.optional_string("overlap"))
        out.overlap = parse_overlap(*policy).value_or(Overlap::Allow);
    out.description = reader.optional_string("description", {.bytes_max = kScheduleDescriptionBytesMax}).value_or("");
    if (const auto input = reader.optional_any("input")) out.task.input = input->to_json();
    return out;
}

void ask(const NewSchedule& schedule) {
    const Result<Recurrence> recurrence = recurrence_of(schedule);
    check(recurrence.has_value());
    const std::optional<Time> next = next_run(*recurrence, kNow);
    check(next && *next > kNow);
    const DueTimes due = due_times(*recurrence, *next, *next + std::chrono::hours(2));
    check(due.missed.size() <= kMissedRunsMax && due.last >= *next);
    check(!clock_was_wrong(*recurrence, kNow, *next));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = codec::JsonDocument::parse({reinterpret_cast<const char*>(data), size});
    if (!document) return 0;
    codec::ObjectReader reader(document->root(), "");
    const NewSchedule schedule = read(reader);
    if (!reader.finish()) return 0;
    const Result<void> valid = validate(schedule, kNow);
    if (!valid) {
        check(!valid.error().fields.empty());
        return 0;
    }
    ask(schedule);
    return 0;
}
