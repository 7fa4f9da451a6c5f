// `galley cache …`: works on the folder. What only looks may run beside a server; what changes needs it stopped.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/commands.h"
#include "app/data_folder.h"
#include "app/operation_commands.h"
#include "cache/disk_tier.h"
#include "cache/folder_survey.h"
#include "codec/date.h"
#include "codec/json_writer.h"
#include "store/sqlite/data_lock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::app {

namespace {

Result<std::string> data_of(const SettingSources& sources) {
    GALLEY_TRY(const LoadedSettings settings, load_settings(sources, os::system_files()));
    return settings.config.data_folder;
}

// The cache as this process's own: refused while a server has it.
struct OwnedCache {
    std::unique_ptr<store::DataLock> lock;
    std::unique_ptr<cache::DiskTier> disk;
};
Result<OwnedCache> own_cache(const std::string& data) {
    GALLEY_TRY_VOID(os::system_files().info(cache_folder(data)));
    OwnedCache owned;
    Result<std::unique_ptr<store::DataLock>> lock = store::DataLock::acquire(lock_file(data));
    if (!lock && lock.error().code == ErrorCode::Conflict) lock.error().message += "; stop it, or ask it with --url";
    if (!lock) return fail(lock.error());
    owned.lock = std::move(*lock);
    GALLEY_TRY(owned.disk,
               cache::DiskTier::open({.folder = cache_folder(data), .disk_bytes_max = cache::kUnlimitedBytes},
                                     os::system_files(), os::system_clock()));
    return owned;
}

struct Figures {
    cache::FolderSurvey survey;
    std::size_t referenced = 0;  // documents that the database refers to
    std::size_t present = 0;     // of these, in the cache
};

Result<Figures> look(const std::string& data, cache::Depth depth) {
    Figures figures;
    GALLEY_TRY(figures.survey, cache::survey_folder(cache_folder(data), os::system_files(), depth));
    GALLEY_TRY(const auto database, store::open_sqlite_read_only({.folder = data}));
    GALLEY_TRY(const std::vector<Digest> wanted, referenced_documents(*database));
    std::vector<Digest> there;
    std::ranges::set_intersection(wanted, figures.survey.keys, std::back_inserter(there));
    figures.referenced = wanted.size();
    figures.present = there.size();
    return figures;
}

std::string time_text(const Figures& figures, Time time) {
    return figures.survey.keys.empty() ? "" : codec::format_rfc3339(time);
}

void append_figures(codec::JsonWriter& json, const Figures& figures) {
    json.field("disk_entries", figures.survey.keys.size());
    json.field("disk_used_mb", static_cast<double>(figures.survey.bytes) / 1e6);
    json.field("documents", figures.referenced);
    json.field("documents_missing", figures.referenced - figures.present);
    json.field("unreferenced", figures.survey.keys.size() - figures.present);
    json.field("partial", figures.survey.partials);
    json.field("oldest_use", time_text(figures, figures.survey.oldest));
    json.field("newest_use", time_text(figures, figures.survey.newest));
}

void print_object(const std::function<void(codec::JsonWriter&)>& fill) {
    std::string out;
    codec::JsonWriter json(out);
    json.begin_object();
    fill(json);
    json.end_object();
    std::puts(out.c_str());
}

}  // namespace

int cache_stats(const CacheCommand& command) {
    if (!command.remote.url.empty()) return remote_cache_stats(command);
    const Result<std::string> data = data_of(command.sources);
    if (!data) return report_faults(data.error());
    const Result<Figures> figures = look(*data, cache::Depth::Names);
    if (!figures) return report_faults(figures.error());
    if (command.json) {
        print_object([&](codec::JsonWriter& json) { append_figures(json, *figures); });
        return 0;
    }
    fmt::print("entries on disk     {}\nused on disk        {:.1f} MB\n", figures->survey.keys.size(),
               static_cast<double>(figures->survey.bytes) / 1e6);
    fmt::print("documents           {} ({} to be made again when asked for)\n", figures->referenced,
               figures->referenced - figures->present);
    fmt::print("referred to by none {}\nused least recently {}\nused last           {}\n",
               figures->survey.keys.size() - figures->present, time_text(*figures, figures->survey.oldest),
               time_text(*figures, figures->survey.newest));
    return 0;
}

int cache_health(const CacheCommand& command) {
    if (!command.remote.url.empty()) return remote_cache_health(command);
    const Result<std::string> data = data_of(command.sources);
    if (!data) return report_faults(data.error());
    const Result<Figures> figures = look(*data, cache::Depth::Names);
    const Result<std::uint64_t> free = os::system_files().free_bytes(*data);
    const bool healthy = figures && free;
    const std::string reason = !figures ? figures.error().to_string() : !free ? free.error().to_string() : "";
    if (command.json) {
        print_object([&](codec::JsonWriter& json) {
            json.field("status", healthy ? "ok" : "failed");
            json.field("reason", reason);
            if (free) json.field("disk_free_mb", static_cast<double>(*free) / 1e6);
            if (figures) append_figures(json, *figures);
        });
    } else if (healthy) {
        fmt::print("ok: {} entries, {:.1f} MB used, {:.1f} MB free\n", figures->survey.keys.size(),
                   static_cast<double>(figures->survey.bytes) / 1e6, static_cast<double>(*free) / 1e6);
    } else {
        fmt::print("failed: {}\n", reason);
    }
    return healthy ? 0 : 1;
}

int cache_invalidate(const CacheCommand& command) {
    if (!command.remote.url.empty()) return remote_cache_invalidate(command);
    if (!command.room_id.empty()) {
        return report({ErrorCode::InvalidInput, "--room asks a running server: name it with --url", {}, {}});
    }
    const Result<Digest> hash = parse_digest(command.hash);
    if (!hash) return report(hash.error());
    const Result<std::string> data = data_of(command.sources);
    if (!data) return report_faults(data.error());
    const Result<OwnedCache> owned = own_cache(*data);
    if (!owned) return report_faults(owned.error());
    const Result<void> removed = owned->disk->remove(*hash);
    if (!removed) return report_faults(removed.error());
    if (command.json) print_object([&](codec::JsonWriter& json) { json.field("invalidated", command.hash); });
    if (!command.json) fmt::print("{} left the cache; it is made again when asked for\n", command.hash);
    return 0;
}

int cache_clear(const CacheCommand& command) {
    if (!command.remote.url.empty()) return remote_cache_clear(command);
    const Result<std::string> data = data_of(command.sources);
    if (!data) return report_faults(data.error());
    const Result<OwnedCache> owned = own_cache(*data);
    if (!owned) return report_faults(owned.error());
    // A millisecond more, so that "older than 0 hours" is all there is.
    const Time before = os::system_clock().now() + Duration(1) -
                        Duration(static_cast<std::int64_t>(command.older_than_hours * 3'600'000));
    const Result<std::uint64_t> removed = owned->disk->remove_older_than(before);
    if (!removed) return report_faults(removed.error());
    if (command.json) print_object([&](codec::JsonWriter& json) { json.field("removed", *removed); });
    if (!command.json) fmt::print("{} entries left the cache\n", *removed);
    return 0;
}

namespace {

struct Verdict {
    std::uint64_t checked = 0;
    std::uint64_t damaged = 0;
    std::uint64_t removed = 0;
};

Result<Verdict> verify(const std::string& data, bool repair) {
    if (!repair) {
        GALLEY_TRY(const cache::FolderSurvey survey,
                   cache::survey_folder(cache_folder(data), os::system_files(), cache::Depth::Contents));
        return Verdict{survey.keys.size(), survey.damaged.size(), 0};
    }
    GALLEY_TRY(const OwnedCache owned, own_cache(data));
    GALLEY_TRY(const cache::VerifyReport report, owned.disk->verify());
    return Verdict{report.entries_checked, report.entries_removed, report.entries_removed};
}

}  // namespace

int cache_verify(const CacheCommand& command) {
    if (!command.remote.url.empty()) return remote_cache_verify(command);
    const Result<std::string> data = data_of(command.sources);
    if (!data) return report_faults(data.error());
    const Result<Verdict> verdict = verify(*data, command.repair);
    if (!verdict) return report_faults(verdict.error());
    if (command.json) {
        print_object([&](codec::JsonWriter& json) {
            json.field("entries_checked", verdict->checked);
            json.field("entries_damaged", verdict->damaged);
            json.field("entries_removed", verdict->removed);
        });
    } else {
        fmt::print("{} entries checked, {} damaged, {} removed\n", verdict->checked, verdict->damaged,
                   verdict->removed);
    }
    return verdict->damaged == verdict->removed ? 0 : 1;
}

}  // namespace galley::app
