// Questions about cron expressions, with or without a schedule of theirs (R70, R71).
#include "api/endpoint.h"
#include "api/json_parts.h"
#include "api/schedule_parts.h"
#include "api/schemas.h"
#include "codec/date.h"
#include "schedule/cron_text.h"

namespace galley::api {

namespace {

using schedule::NewSchedule;

struct Question {
    schedule::Recurrence recurrence;
    Time from;
    std::size_t count;
};

Result<Question> question_from_body(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    NewSchedule asked;
    read_expression(reader, asked);
    const auto from = reader.optional_string("from");
    const auto count = reader.optional_integer("count", {.min = 1, .max = schedule::kCronTimesMax});
    Time moment = call.services().clock.now();
    if (from) {
        const Result<Time> given = codec::parse_rfc3339(*from);
        if (!given) reader.note("from", "must be an RFC 3339 time");
        moment = given.value_or(moment);
    }
    GALLEY_TRY_VOID(reader.finish());
    GALLEY_TRY(schedule::Recurrence recurrence, schedule::recurrence_of(asked));
    return Question{std::move(recurrence), moment, static_cast<std::size_t>(count.value_or(kCronTimesDefault))};
}

Result<std::string> times_json(const Call& call) {
    GALLEY_TRY(const Question asked, question_from_body(call));
    std::string out;
    codec::JsonWriter json(out);
    const schedule::Recurrence& it = asked.recurrence;
    append_times(json, it.zone, schedule::next_times(it.expression, it.zone, asked.from, asked.count));
    return out;
}

Result<std::string> description_json(const Call& call) {
    GALLEY_TRY(const Question asked, question_from_body(call));
    const schedule::Recurrence& it = asked.recurrence;
    const schedule::CronFrequency often = schedule::frequency(it.expression, it.zone, asked.from);
    const auto seconds = [](std::chrono::seconds gap) { return gap.count(); };
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("words", schedule::describe(it.expression));
    json.field("runs_per_day", often.runs_per_day);
    optional_field(json, "shortest_gap_seconds", often.shortest_gap.transform(seconds));
    optional_field(json, "longest_gap_seconds", often.longest_gap.transform(seconds));
    json.key("next");
    append_times(json, it.zone, schedule::next_times(it.expression, it.zone, asked.from, asked.count));
    json.end_object();
    return out;
}

// A bad expression is an answer here, a body that cannot be read is not.
Result<std::string> verdict_json(const Call& call) {
    GALLEY_TRY(const codec::JsonDocument body, parse_body(call));
    codec::ObjectReader reader(body.root(), "");
    NewSchedule asked;
    read_expression(reader, asked);
    GALLEY_TRY_VOID(reader.finish());
    const Result<schedule::Recurrence> found = schedule::recurrence_of(asked);
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("valid", found.has_value());
    optional_field(json, "words", found ? std::optional(schedule::describe(found->expression)) : std::nullopt);
    json.key("errors");
    json.begin_array();
    if (!found) {
        for (const FieldError& fault : found.error().fields) {
            json.begin_object();
            json.field("pointer", fault.pointer);
            json.field("message", fault.message);
            json.end_object();
        }
    }
    json.end_array();
    json.end_object();
    return out;
}

}  // namespace

std::vector<EndpointRow> cron_question_endpoints() {
    using enum net::Method;
    return {
        {.method = Post,
         .pattern = "/api/v1/schedules/validate",
         .name = "schedule_validate",
         .tag = "schedules",
         .summary = "Whether an expression is good",
         .body = object({field("cron", text({.min = 1, .max = schedule::kCronTextBytesMax})),
                         optional("seconds_first", nullable(boolean())),
                         optional("timezone", nullable(text({.min = 1, .max = schedule::kZoneNameBytesMax})))}),
         .body_example = R"({"cron":"0 8 L * *"})",
         .answers = {answer_of(200, "the verdict", ref("CronVerdict"))},
         .handler = answer_with<verdict_json>},
        {.method = Post,
         .pattern = "/api/v1/schedules/next",
         .name = "schedule_times",
         .tag = "schedules",
         .summary = "When an expression fires",
         .description = "The search ends 365 days after `from`. Where clocks change: see `docs/cron.md`.",
         .body = ref("CronQuestion"),
         .body_example = R"({"cron":"30 2 * * *","timezone":"Europe/Berlin","count":3})",
         .answers = {answer_of(200, "the next times", ref("CronTimes"))},
         .handler = answer_with<times_json>},
        {.method = Post,
         .pattern = "/api/v1/schedules/describe",
         .name = "schedule_describe",
         .tag = "schedules",
         .summary = "An expression in words and figures",
         .body = ref("CronQuestion"),
         .body_example = R"({"cron":"0 8 * * fri#3"})",
         .answers = {answer_of(200, "the description", ref("CronDescription"))},
         .handler = answer_with<description_json>},
    };
}

}  // namespace galley::api
