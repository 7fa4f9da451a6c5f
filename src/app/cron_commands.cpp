#include "app/cron_commands.h"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "app/commands.h"
#include "codec/date.h"
#include "codec/json_writer.h"
#include "os/clock.h"
#include "schedule/cron_text.h"
#include "schedule/cron_times.h"

namespace galley::app {

namespace {

using schedule::CronExpression;
using schedule::TimeZone;

struct Question {
    CronExpression expression;
    TimeZone zone;
    Time from;
};

// A time without an offset is one of the zone's; a date is its midnight.
Result<Time> parse_moment(std::string_view text, const TimeZone& zone) {
    constexpr std::size_t kDateBytes = 10;
    if (text.empty()) return os::system_clock().now();
    Result<Time> moment = codec::parse_rfc3339(text);
    if (moment) return moment;
    std::string local(text);
    if (local.size() == kDateBytes) local += "T00:00:00";
    const Result<Time> on_the_wall = codec::parse_rfc3339(local + "Z");
    if (!on_the_wall) return fail(std::move(moment.error()));
    const auto wall = std::chrono::floor<std::chrono::seconds>(*on_the_wall);
    return Time(zone.to_instant(schedule::LocalSeconds(wall.time_since_epoch())));
}

Result<CronExpression> parse_expression(const CronCommand& command) {
    const auto order = command.seconds_first ? schedule::SecondsField::First : schedule::SecondsField::Last;
    return CronExpression::parse(command.expression, order);
}

Result<Question> read_question(const CronCommand& command) {
    GALLEY_TRY(CronExpression expression, parse_expression(command));
    GALLEY_TRY(const TimeZone zone, TimeZone::load(command.zone));
    Result<Time> from = parse_moment(command.from, zone);
    if (!from) from.error().where = "--from";
    if (!from) return fail(std::move(from.error()));
    return Question{std::move(expression), zone, *from};
}

std::string gap_text(std::chrono::seconds gap) {
    constexpr std::pair<std::int64_t, std::string_view> kUnits[] = {{86'400, "d"}, {3'600, "h"}, {60, "min"}, {1, "s"}};
    std::string out;
    std::int64_t left = gap.count();
    for (const auto& [size, unit] : kUnits) {
        if (left < size) continue;
        out += fmt::format("{}{} {}", out.empty() ? "" : " ", left / size, unit);
        left %= size;
    }
    return out;
}

void write_time(codec::JsonWriter& json, const TimeZone& zone, Time time) {
    json.begin_object();
    json.field("utc", codec::format_rfc3339(time));
    json.field("local", schedule::local_text(zone, time));
    json.end_object();
}

void print_times_json(const Question& question, const schedule::CronTimes& found) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("expression", question.expression.text());
    json.field("timezone", question.zone.name());
    json.field("from", codec::format_rfc3339(question.from));
    json.key("times");
    json.begin_array();
    for (const Time time : found.times) write_time(json, question.zone, time);
    json.end_array();
    json.field("truncated", found.truncated);
    json.end_object();
    std::puts(out.c_str());
}

void print_fault(const CronCommand& command, const Error& error) {
    if (!command.json) {
        fmt::print(stderr, "galley: {}: {}\n", command.expression, error.to_string());
        return;
    }
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("expression", command.expression);
    json.field("error", error.to_string());
    json.end_object();
    std::puts(out.c_str());
}

void print_description_json(const Question& question, const schedule::CronFrequency& often,
                            const schedule::CronTimes& next) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("expression", question.expression.text());
    json.field("timezone", question.zone.name());
    json.field("description", schedule::describe(question.expression));
    json.field("runs_per_day", often.runs_per_day);
    if (often.shortest_gap) json.field("shortest_gap_seconds", often.shortest_gap->count());
    if (often.longest_gap) json.field("longest_gap_seconds", often.longest_gap->count());
    json.key("next");
    json.begin_array();
    for (const Time time : next.times) write_time(json, question.zone, time);
    json.end_array();
    json.end_object();
    std::puts(out.c_str());
}

void print_description(const Question& question, const schedule::CronFrequency& often,
                       const schedule::CronTimes& next) {
    fmt::print("{}\n", schedule::describe(question.expression));
    fmt::print("runs per day  {:.4g}\n", often.runs_per_day);
    if (often.shortest_gap)
        fmt::print("gaps          {} to {}\n", gap_text(*often.shortest_gap), gap_text(*often.longest_gap));
    for (const Time time : next.times) fmt::print("next          {}\n", schedule::local_text(question.zone, time));
    if (next.times.empty()) fmt::print("next          not within 365 days\n");
}

}  // namespace

namespace {

// One line of standard input after the other: a crontab's expressions, or a test's.
int print_times_of_lines(CronCommand command) {
    constexpr std::size_t kLinesMax = 100'000;
    int code = 0;
    std::size_t lines = 0;
    while (lines++ < kLinesMax && std::getline(std::cin, command.expression)) {
        const Result<Question> question = read_question(command);
        if (!question) {
            code = 1;
            print_fault(command, question.error());
            continue;
        }
        const auto found = schedule::next_times(question->expression, question->zone, question->from,
                                                static_cast<std::size_t>(command.count));
        if (command.json) {
            print_times_json(*question, found);
            continue;
        }
        fmt::print("{}\n", command.expression);
        for (const Time time : found.times) fmt::print("  {}\n", schedule::local_text(question->zone, time));
    }
    return code;
}

}  // namespace

int print_cron_times(const CronCommand& command) {
    if (command.expression == "-") return print_times_of_lines(command);
    const Result<Question> question = read_question(command);
    if (!question) return report(question.error());
    const auto found = schedule::next_times(question->expression, question->zone, question->from,
                                            static_cast<std::size_t>(command.count));
    if (command.json) {
        print_times_json(*question, found);
        return 0;
    }
    for (const Time time : found.times) fmt::print("{}\n", schedule::local_text(question->zone, time));
    if (found.truncated) fmt::print(stderr, "galley: the search ended 365 days after --from\n");
    return 0;
}

int validate_cron(const CronCommand& command) {
    const Result<CronExpression> expression = parse_expression(command);
    if (!command.json && !expression) return report(expression.error());
    if (!command.json) {
        fmt::print("valid: {}\n", schedule::describe(*expression));
        return 0;
    }
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("expression", command.expression);
    json.field("valid", expression.has_value());
    if (!expression) json.field("field", expression.error().where);
    if (!expression) json.field("error", expression.error().message);
    if (expression) json.field("description", schedule::describe(*expression));
    json.end_object();
    std::puts(out.c_str());
    return expression ? 0 : 1;
}

int describe_cron(const CronCommand& command) {
    constexpr std::size_t kNextTimes = 3;
    const Result<Question> question = read_question(command);
    if (!question) return report(question.error());
    const auto often = schedule::frequency(question->expression, question->zone, question->from);
    const auto next = schedule::next_times(question->expression, question->zone, question->from, kNextTimes);
    if (command.json) {
        print_description_json(*question, often, next);
    } else {
        print_description(*question, often, next);
    }
    return 0;
}

}  // namespace galley::app
