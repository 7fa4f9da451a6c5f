#include "jobs/maintenance/optimize_kind.h"

#include <algorithm>

#include "codec/json_writer.h"
#include "jobs/maintenance/input.h"
#include "jobs/maintenance/kinds.h"
#include "store/sqlite/compact.h"

namespace galley::jobs {

using tasks::Outcome;

namespace {

std::string result_json(const store::CompactReport& report) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    json.field("bytes_before", report.bytes_before);
    json.field("bytes_after", report.bytes_after);
    json.field("bytes_freed", std::max<std::int64_t>(0, report.bytes_before - report.bytes_after));
    json.field("free_bytes", report.free_bytes);
    json.field("rewritten", report.rewritten);
    json.field("too_large", report.too_large);
    json.end_object();
    return out;
}

}  // namespace

void register_optimize(tasks::TaskEngine& engine, store::Database& database) {
    engine.register_kind({.name = kOptimizeKind, .queue = kMaintenanceQueue}, [&database](tasks::TaskContext& task) {
        if (const auto read = read_input(task.input(), [](codec::ObjectReader&) {}); !read)
            return Outcome::from_error(read.error());
        const Result<store::CompactReport> report = store::compact(database);
        return report ? Outcome::done(result_json(*report)) : Outcome::from_error(report.error());
    });
}

}  // namespace galley::jobs
