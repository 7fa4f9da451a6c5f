#include "app/backup.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/data_folder.h"
#include "cache/folder_survey.h"
#include "os/file_copy.h"
#include "os/files.h"
#include "store/sqlite/data_lock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::app {

namespace {

std::string without_slash(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
}

std::string parent_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

Result<BackupFile> describe(const std::string& folder, const std::string& path) {
    Sha256 sum;
    GALLEY_TRY(const std::uint64_t size,
               os::read_in_pieces(folder + "/" + path, [&](std::string_view piece) { sum.update(piece); }));
    return BackupFile{path, size, sum.finish()};
}

// Copies, then reads the copy back: what the disk took is what the manifest says.
Result<BackupFile> copy_and_read_back(const std::string& from, const std::string& to, const std::string& path) {
    Sha256 sum;
    GALLEY_TRY(const std::uint64_t size,
               os::copy_file(from + "/" + path, to + "/" + path, [&](std::string_view piece) { sum.update(piece); }));
    const BackupFile wanted{path, size, sum.finish()};
    GALLEY_TRY(const BackupFile found, describe(to, path));
    if (found.size_bytes == wanted.size_bytes && found.sha256 == wanted.sha256) return wanted;
    return fail(ErrorCode::Corrupt, "a copy does not read back as it was written", to + "/" + path);
}

// A whole database that this program knows, opened where it lies.
Result<std::unique_ptr<store::Database>> open_checked(const std::string& folder) {
    GALLEY_TRY(auto database, store::open_sqlite_read_only({.folder = folder}));
    GALLEY_TRY_VOID(check_integrity(*database, IntegrityDepth::Full));
    GALLEY_TRY(const std::vector<SchemaState> states, schema_states(*database));
    GALLEY_TRY_VOID(refuse_newer(states));
    return database;
}

// Removes the folder unless it was kept: what failed leaves nothing behind.
class Scratch {
 public:
    static Result<Scratch> make(const std::string& path) {
        GALLEY_TRY_VOID(os::remove_folder(path));
        Scratch scratch(path);
        GALLEY_TRY_VOID(os::system_files().make_folders(path + "/pdf_cache"));
        GALLEY_TRY_VOID(os::system_files().make_folders(orders_folder(path)));
        return scratch;
    }
    Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    Scratch& operator=(Scratch&&) = delete;
    ~Scratch() {
        if (!path_.empty()) (void)os::remove_folder(path_);
    }
    const std::string& path() const { return path_; }
    void keep() { path_.clear(); }

 private:
    explicit Scratch(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

Result<void> copy_database(const std::string& data, const std::string& folder) {
    GALLEY_TRY(const auto database, store::open_sqlite_read_only({.folder = data}));
    return database->backup(database_file(folder));
}

// A document that is gone or damaged is no fault: its input is in the database, so it can be made again.
Result<void> copy_document(const std::string& data, const std::string& folder, const Digest& hash,
                           BackupManifest& manifest) {
    const std::string path = "pdf_cache/" + hash.hex();
    Result<BackupFile> copied = copy_and_read_back(data, folder, path);
    if (!copied && copied.error().code != ErrorCode::NotFound) return fail(copied.error());
    const bool whole = copied && cache::check_entry_file(folder + "/" + path, hash, os::system_files()).has_value();
    if (whole) {
        manifest.files.push_back(std::move(*copied));
        return {};
    }
    ++manifest.documents_missing;
    if (copied) return os::system_files().remove(folder + "/" + path);
    return {};
}

// One that is gone belonged to a document that was let go since the database was copied.
Result<void> copy_order(const std::string& data, const std::string& folder, const Digest& hash,
                        BackupManifest& manifest) {
    Result<BackupFile> copied = copy_and_read_back(data, folder, "orders/" + hash.hex() + ".order");
    if (!copied && copied.error().code == ErrorCode::NotFound) return {};
    if (!copied) return fail(copied.error());
    manifest.files.push_back(std::move(*copied));
    return {};
}

Result<void> sync_folders(const std::string& folder) {
    GALLEY_TRY_VOID(os::system_files().sync_folder(orders_folder(folder)));
    GALLEY_TRY_VOID(os::system_files().sync_folder(folder + "/pdf_cache"));
    return os::system_files().sync_folder(folder);
}

// Bytes as the manifest says, or Corrupt with the file's name.
Result<void> restore_file(const std::string& backup, const std::string& folder, const BackupFile& file) {
    Result<BackupFile> copied = copy_and_read_back(backup, folder, file.path);
    if (!copied && copied.error().code == ErrorCode::NotFound)
        return fail(ErrorCode::Corrupt, "the backup lacks a file that its manifest names", file.path);
    if (!copied) return fail(copied.error());
    if (copied->size_bytes == file.size_bytes && copied->sha256 == file.sha256) return {};
    return fail(ErrorCode::Corrupt, "the backup is damaged: size or checksum is not what its manifest says", file.path);
}

enum class Target : std::uint8_t { Absent, Empty, Occupied };

// A lock file alone is what a server leaves that never came up.
Result<Target> look_at_target(const std::string& data) {
    const auto listed = os::system_files().list(data);
    if (!listed && listed.error().code == ErrorCode::NotFound) return Target::Absent;
    if (!listed) return fail(listed.error());
    const bool only_lock = listed->size() == 1 && listed->front().name == "galley.lock";
    return listed->empty() || only_lock ? Target::Empty : Target::Occupied;
}

// Takes the place of the data folder in one step; what was there stays under the name that is given back.
Result<std::string> take_place(Scratch& staged, const std::string& data, Target target, const os::Clock& clock) {
    os::Files& files = os::system_files();
    std::string aside;
    if (target == Target::Absent) {
        GALLEY_TRY_VOID(files.rename(staged.path(), data));
        staged.keep();
    } else {
        GALLEY_TRY_VOID(os::exchange(staged.path(), data));  // the former folder lies under the scratch name now
        if (target == Target::Occupied) {
            const std::string former = staged.path();
            staged.keep();  // whatever happens next, it is not ours to remove
            aside = fmt::format("{}.before-restore-{}", data, to_unix_ms(clock.now()));
            GALLEY_TRY_VOID(files.rename(former, aside));
        }
    }
    GALLEY_TRY_VOID(files.sync_folder(parent_of(data)));
    return aside;
}

}  // namespace

Result<BackupManifest> make_backup(const std::string& data, const std::string& wanted, const os::Clock& clock,
                                   const BackupProgress& progress) {
    os::Files& files = os::system_files();
    const std::string target = without_slash(wanted);
    if (files.info(target)) return fail(ErrorCode::Conflict, "the target exists already; name another", target);
    GALLEY_TRY(Scratch scratch, Scratch::make(target + ".partial"));
    const std::string folder = scratch.path();
    BackupManifest manifest;
    manifest.made_at = clock.now();
    GALLEY_TRY_VOID(copy_database(data, folder));
    GALLEY_TRY(BackupFile database, describe(folder, "galley.db"));
    manifest.files.push_back(std::move(database));
    GALLEY_TRY(const auto copy, open_checked(folder));
    GALLEY_TRY(const std::vector<Digest> documents, referenced_documents(*copy));
    GALLEY_TRY(const std::vector<Digest> orders, orders_in_files(*copy));
    copy->close();
    for (const Digest& hash : orders) GALLEY_TRY_VOID(copy_order(data, folder, hash, manifest));
    for (std::size_t i = 0; i < documents.size(); ++i) {
        GALLEY_TRY_VOID(copy_document(data, folder, documents[i], manifest));
        GALLEY_TRY_VOID(progress(i + 1, documents.size()));
    }
    GALLEY_TRY_VOID(files.write(folder + "/" + kManifestName, {manifest_json(manifest)}, os::Files::Sync::Yes));
    GALLEY_TRY_VOID(sync_folders(folder));
    GALLEY_TRY_VOID(files.rename(folder, target));
    scratch.keep();
    GALLEY_TRY_VOID(files.sync_folder(parent_of(target)));
    return manifest;
}

Result<Restored> restore_backup(const std::string& backup, const std::string& wanted, Occupied occupied,
                                const os::Clock& clock, const BackupProgress& progress) {
    const std::string data = without_slash(wanted);
    GALLEY_TRY(const Target target, look_at_target(data));
    if (target == Target::Occupied && occupied == Occupied::Refuse)
        return fail(ErrorCode::Conflict, "the data folder is not empty; --replace moves it aside", data);
    Result<Bytes> text = os::system_files().read(backup + "/" + kManifestName, kManifestBytesMax);
    if (!text) return fail(ErrorCode::InvalidInput, "is no backup: " + text.error().message, backup);
    Restored restored;
    GALLEY_TRY(restored.manifest, parse_manifest(*text));
    std::unique_ptr<store::DataLock> lock;
    if (target != Target::Absent) {
        GALLEY_TRY(lock, store::DataLock::acquire(lock_file(data)));
    }
    GALLEY_TRY(Scratch staged, Scratch::make(data + ".restoring"));
    const std::vector<BackupFile>& files = restored.manifest.files;
    for (std::size_t i = 0; i < files.size(); ++i) {
        GALLEY_TRY_VOID(restore_file(backup, staged.path(), files[i]));
        GALLEY_TRY_VOID(progress(i + 1, files.size()));
    }
    GALLEY_TRY(const auto copy, open_checked(staged.path()));
    copy->close();
    GALLEY_TRY_VOID(sync_folders(staged.path()));
    GALLEY_TRY(restored.moved_aside, take_place(staged, data, target, clock));
    return restored;
}

}  // namespace galley::app
