#include "api/schedule_parts.h"

#include "api/json_parts.h"
#include "schedule/cron_text.h"

namespace galley::api {

void read_expression(codec::ObjectReader& reader, schedule::NewSchedule& into) {
    into.cron = reader.required_string("cron", {.bytes_min = 1, .bytes_max = schedule::kCronTextBytesMax});
    const bool first = reader.optional_bool("seconds_first", false);
    into.seconds = first ? schedule::SecondsField::First : schedule::SecondsField::Last;
    into.zone =
        reader.optional_string("timezone", {.bytes_min = 1, .bytes_max = schedule::kZoneNameBytesMax}).value_or("UTC");
}

void append_times(codec::JsonWriter& json, const schedule::TimeZone& zone, const schedule::CronTimes& found) {
    json.begin_object();
    json.key("times");
    json.begin_array();
    for (const Time time : found.times) {
        json.begin_object();
        time_field(json, "utc", time);
        json.field("local", schedule::local_text(zone, time));
        json.end_object();
    }
    json.end_array();
    json.field("truncated", found.truncated);
    json.end_object();
}

}  // namespace galley::api
