#include "jobs/maintenance/backup_kind.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

#include "codec/date.h"
#include "codec/json_writer.h"
#include "jobs/maintenance/kinds.h"
#include "os/file_copy.h"

namespace galley::jobs {

namespace {

using tasks::Outcome;
using tasks::TaskContext;

constexpr std::string_view kPrefix = "galley-";
constexpr std::string_view kPartial = ".partial";
constexpr std::string_view kRemoving = ".removing";

std::string name_at(Time now) {
    std::string stamp = codec::format_rfc3339(std::chrono::floor<std::chrono::seconds>(now));
    stamp.erase(stamp.find('.'));
    std::erase_if(stamp, [](char c) { return c == ':' || c == '-'; });
    return std::string(kPrefix) + stamp + "Z";
}

// galley-20261122T023000Z
bool is_backup_name(std::string_view name) {
    constexpr std::string_view kForm = "galley-00000000T000000Z";
    const auto fits = [](char form, char c) { return form == '0' ? c >= '0' && c <= '9' : form == c; };
    return std::ranges::equal(kForm, name, fits);
}

bool is_leftover(std::string_view name) {
    for (const std::string_view end : {kPartial, kRemoving}) {
        if (name.ends_with(end) && is_backup_name(name.substr(0, name.size() - end.size()))) return true;
    }
    return false;
}

struct Pruned {
    std::vector<std::string> removed;
    std::size_t kept = 0;
};

class BackupJob {
 public:
    explicit BackupJob(BackupParts parts) : parts_(std::move(parts)) {}

    Outcome run(TaskContext& task) {
        if (parts_.folder.empty()) return Outcome::fail("no folder for backups is set (backup.dir)");
        if (busy_.exchange(true)) return Outcome::snooze(std::chrono::minutes(1));
        const Result<std::string> done = back_up(task);
        busy_ = false;
        return done ? Outcome::done(*done) : Outcome::from_error(done.error());
    }

 private:
    Result<std::string> back_up(TaskContext& task) {
        GALLEY_TRY_VOID(parts_.files.make_folders(parts_.folder));
        GALLEY_TRY_VOID(remove_leftovers());
        const std::string path = parts_.folder + "/" + name_at(parts_.clock.now());
        task.progress(1, "database");
        GALLEY_TRY(const BackupMade made, parts_.make(path, [&task](std::size_t done, std::size_t all) -> Result<void> {
            task.progress(static_cast<int>(10 + 80 * done / std::max<std::size_t>(all, 1)), "documents");
            return task.stopped() ? fail(ErrorCode::Cancelled, "stopped") : Result<void>();
        }));
        task.progress(95, "older backups");
        GALLEY_TRY(const Pruned pruned, prune(task));
        return result_json(path, made, pruned);
    }

    Result<void> remove_leftovers() {
        GALLEY_TRY(const std::vector<os::FileInfo> found, parts_.files.list(parts_.folder));
        for (const os::FileInfo& info : found) {
            if (info.is_directory && is_leftover(info.name)) {
                GALLEY_TRY_VOID(os::remove_folder(parts_.folder + "/" + info.name));
            }
        }
        return {};
    }

    // Renamed first: a folder that has a backup's name is a whole one.
    Result<void> remove(const std::string& name) {
        const std::string path = parts_.folder + "/" + name;
        GALLEY_TRY_VOID(parts_.files.rename(path, path + std::string(kRemoving)));
        return os::remove_folder(path + std::string(kRemoving));
    }

    // The new one is there, whatever becomes of the old ones.
    Result<Pruned> prune(TaskContext& task) {
        GALLEY_TRY(const std::vector<os::FileInfo> found, parts_.files.list(parts_.folder));
        std::vector<std::string> names;
        for (const os::FileInfo& info : found) {
            if (info.is_directory && is_backup_name(info.name)) names.push_back(info.name);
        }
        Pruned pruned{.removed = {}, .kept = names.size()};
        const auto keep = static_cast<std::size_t>(parts_.keep);
        for (std::size_t i = 0; i + keep < names.size(); ++i) {  // sorted by name, so by time
            const Result<void> removed = remove(names[i]);
            if (!removed) {
                task.log(names[i] + " could not be removed: " + removed.error().to_string());
                continue;
            }
            pruned.removed.push_back(names[i]);
            --pruned.kept;
        }
        return pruned;
    }

    static std::string result_json(const std::string& path, const BackupMade& made, const Pruned& pruned) {
        std::string out;
        codec::JsonWriter json(out);
        json.begin_object();
        json.field("backup", path);
        json.field("bytes", made.bytes);
        json.field("documents", made.documents);
        json.field("documents_missing", made.documents_missing);
        json.key("removed");
        json.begin_array();
        for (const std::string& name : pruned.removed) json.value(name);
        json.end_array();
        json.field("kept", pruned.kept);
        json.end_object();
        return out;
    }

    const BackupParts parts_;
    std::atomic<bool> busy_ = false;
};

}  // namespace

void register_backup(tasks::TaskEngine& engine, const BackupParts& parts) {
    engine.register_kind({.name = kBackupKind, .queue = kMaintenanceQueue, .timeout = std::chrono::hours(6)},
                         [job = std::make_shared<BackupJob>(parts)](TaskContext& task) { return job->run(task); });
}

}  // namespace galley::jobs
