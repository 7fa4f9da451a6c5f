#include "app/doctor.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/data_folder.h"
#include "app/fonts.h"
#include "auth/audit.h"
#include "cache/folder_survey.h"
#include "codec/date.h"
#include "document/document.h"
#include "os/file_copy.h"
#include "store/sqlite/data_lock.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::app {

namespace {

constexpr std::uint64_t kFreeBytesWarning = 2'000'000'000;
constexpr std::uint64_t kFreeBytesError = 100'000'000;
constexpr std::uint64_t kWalBytesWarning = 256u << 20;
constexpr std::uint64_t kDescriptorsSpare = 100;                // files beside the connections
constexpr Time kEarliestSaneTime{Duration(1'767'225'600'000)};  // 2026-01-01: before this program was written
constexpr Duration kClockSlack = std::chrono::minutes(5);

std::string restore_advice(const std::string& data) {
    return fmt::format("stop the server, then: galley restore BACKUP --data {} --replace (it moves this folder aside)",
                       data);
}

class Doctor {
 public:
    Doctor(const SettingSources& sources, Examination depth, const os::Clock& clock)
        : sources_(sources), depth_(depth), clock_(clock) {}

    std::vector<Finding> examine() {
        check_configuration();
        check_machine();
        if (check_folder() && open_database()) {
            check_schema();
            check_integrity_and_keys();
            check_audit();
            check_last_time();
            check_cache();
            database_->close();
        }
        return std::move(findings_);
    }

 private:
    void add(std::string check, Health health, std::string message, std::string advice = {}) {
        findings_.push_back({std::move(check), health, std::move(message), std::move(advice)});
    }
    void add_error(std::string check, const Error& error, std::string advice) {
        add(std::move(check), Health::Error, error.to_string(), std::move(advice));
    }

    void check_configuration() {
        SettingSources sources = sources_;
        sources.secrets = Secrets::Read;
        const Result<LoadedSettings> loaded = load_settings(sources, os::system_files());
        if (loaded) config_ = loaded->config;
        const std::vector<std::string> unknown = unknown_variables(sources_.environment);
        if (!loaded) {
            const auto flag = sources_.flags.find("--data");
            if (flag != sources_.flags.end()) config_.data_folder = flag->second;
            add("configuration", Health::Error, fmt::format("{} faults", loaded.error().fields.size()),
                "galley config check names each");
        } else if (!unknown.empty()) {
            add("configuration", Health::Warning, fmt::format("nobody knows {}", fmt::join(unknown, ", ")),
                "correct the names or remove the variables");
        } else {
            add("configuration", Health::Ok, loaded->file.empty() ? "no file; defaults and environment" : loaded->file);
        }
    }

    void check_machine() {
        const std::uint64_t descriptors = os::descriptor_limit();
        const std::uint64_t wanted = config_.http.connections_max + kDescriptorsSpare;
        add("file_descriptors", descriptors < wanted ? Health::Warning : Health::Ok,
            fmt::format("{} may be open", descriptors),
            descriptors < wanted
                ? fmt::format("http.connections_max needs {}: raise LimitNOFILE (ulimit -n) or lower the setting",
                              wanted)
                : "");
        const bool early = clock_.now() < kEarliestSaneTime;
        add("clock", early ? Health::Error : Health::Ok, codec::format_rfc3339(clock_.now()),
            early ? "set the clock: tokens and schedules go by it" : "");
        check_fonts();
    }

    // A page with letters is the proof: it needs fonts to be found, read and embedded.
    void check_fonts() {
        const SystemFonts fonts;
        document::Engine engine(fonts);
        const auto rendered = engine.render_pdf("<p>Galley", {});
        if (rendered && rendered->warnings.empty()) return add("fonts", Health::Ok, "a page can be rendered");
        add("fonts", rendered ? Health::Warning : Health::Error,
            rendered ? rendered->warnings.front() : rendered.error().to_string(),
            "install a font package, for instance fonts-dejavu-core");
    }

    bool check_folder() {
        const std::string& data = config_.data_folder;
        const Result<os::FileInfo> info = os::system_files().info(data);
        if (!info) {
            add("data_folder", Health::Error, info.error().to_string(), "name it with --data; galley serve makes it");
            return false;
        }
        if (!os::may_use_folder(data)) {
            add("data_folder", Health::Error, data + " cannot be read and written by this user",
                "run as the service's user, or give it the folder (chown)");
            return false;
        }
        const bool open = (info->permissions & 07) != 0;
        add("data_folder", open ? Health::Warning : Health::Ok, data,
            open ? "others may look into it: chmod o-rwx " + data : "");
        check_disk(data);
        check_lock(data);
        return true;
    }

    void check_disk(const std::string& data) {
        const Result<std::uint64_t> free = os::system_files().free_bytes(data);
        if (!free) return add_error("disk", free.error(), "look at the disk");
        const Health health = *free < kFreeBytesError     ? Health::Error
                              : *free < kFreeBytesWarning ? Health::Warning
                                                          : Health::Ok;
        add("disk", health, fmt::format("{:.1f} GB free", static_cast<double>(*free) / 1e9),
            health == Health::Ok ? "" : "make room: galley cache clear, fewer old backups, a larger disk");
    }

    // The kernel drops the lock with its process, so a file that is left says nothing by itself.
    void check_lock(const std::string& data) {
        if (!os::system_files().info(lock_file(data))) return add("lock", Health::Ok, "never used");
        const auto lock = store::DataLock::acquire(lock_file(data));
        if (lock) return add("lock", Health::Ok, "free");
        const bool served = lock.error().code == ErrorCode::Conflict;
        add("lock", served ? Health::Ok : Health::Error, lock.error().message,
            served ? "" : "give the service's user the file");
    }

    bool open_database() {
        const std::string& data = config_.data_folder;
        if (const Result<void> lost = refuse_lost_database(data, os::system_files()); !lost) {
            add_error("database", lost.error(), restore_advice(data));
            return false;
        }
        Result<std::unique_ptr<store::Database>> opened = store::open_sqlite_read_only({.folder = data});
        if (!opened && opened.error().code == ErrorCode::NotFound) {
            add("database", Health::Warning, "there is none yet", "galley serve makes it");
            return false;
        }
        if (!opened) {
            add_error("database", opened.error(), restore_advice(data));
            return false;
        }
        database_ = std::move(*opened);
        const Result<os::FileInfo> wal = os::system_files().info(database_file(data) + "-wal");
        const bool large = wal && wal->size_bytes > kWalBytesWarning;
        add("database", large ? Health::Warning : Health::Ok,
            fmt::format("opens; {} bytes not yet copied back from its log", wal ? wal->size_bytes : 0),
            large ? "a reader (a backup?) has held the log for long; it shrinks when that ends" : "");
        return true;
    }

    void check_schema() {
        const Result<std::vector<SchemaState>> states = schema_states(*database_);
        if (!states) return add_error("schema", states.error(), restore_advice(config_.data_folder));
        if (const Result<void> known = refuse_newer(*states); !known)
            return add_error("schema", known.error(), "a downgrade needs a backup from before the upgrade");
        const auto older = std::ranges::count_if(*states, [](const SchemaState& s) { return s.stored < s.known; });
        add("schema", Health::Ok,
            older == 0 ? "as this program knows it" : fmt::format("{} parts are migrated at the next start", older));
    }

    void check_integrity_and_keys() {
        const std::string advice = restore_advice(config_.data_folder);
        const auto depth = depth_ == Examination::Deep ? IntegrityDepth::Full : IntegrityDepth::Quick;
        if (const Result<void> whole = check_integrity(*database_, depth); !whole)
            return add_error("integrity", whole.error(), advice);
        const Result<std::int64_t> faults = count_foreign_key_faults(*database_);
        if (!faults) return add_error("integrity", faults.error(), advice);
        if (*faults > 0)
            return add("integrity", Health::Error, fmt::format("{} rows refer to nothing", *faults), advice);
        add("integrity", Health::Ok, depth == IntegrityDepth::Full ? "every page and index" : "every page");
    }

    void check_audit() {
        const Result<auth::AuditVerdict> verdict = auth::verify_audit(*database_);
        if (!verdict) return add_error("audit_chain", verdict.error(), restore_advice(config_.data_folder));
        if (verdict->ok()) return add("audit_chain", Health::Ok, fmt::format("{} entries", verdict->head.seq));
        add("audit_chain", Health::Error, fmt::format("broken at entry {}: {}", *verdict->broken_seq, verdict->reason),
            "somebody changed the log outside the program: keep this folder as evidence, compare with a backup");
    }

    void check_last_time() {
        const auto newest = database_->read([](store::Executor& executor) {
            return executor.query_integer("SELECT time_ms FROM audit_log ORDER BY seq DESC LIMIT 1");
        });
        if (!newest || !*newest) return;
        const Time last = from_unix_ms(**newest);
        if (last <= clock_.now() + kClockSlack) return;
        add("last_entry", Health::Warning,
            fmt::format("the newest audit entry is of {}, later than now", codec::format_rfc3339(last)),
            "the clock was wrong then or is wrong now");
    }

    void check_cache() {
        const Result<std::vector<Digest>> wanted = referenced_documents(*database_);
        if (!wanted) return add_error("cache", wanted.error(), restore_advice(config_.data_folder));
        const auto depth = depth_ == Examination::Deep ? cache::Depth::Contents : cache::Depth::Names;
        const auto survey = cache::survey_folder(cache_folder(config_.data_folder), os::system_files(), depth);
        if (!survey && survey.error().code == ErrorCode::NotFound)
            return add("cache", Health::Ok, "no folder yet; documents are made when asked for");
        if (!survey) return add_error("cache", survey.error(), "look at the disk and the folder's rights");
        std::vector<Digest> there;
        std::ranges::set_intersection(*wanted, survey->keys, std::back_inserter(there));
        const std::string counts =
            fmt::format("{} documents, {} referred to by nothing, {} to be made again when asked for",
                        survey->keys.size(), survey->keys.size() - there.size(), wanted->size() - there.size());
        if (!survey->damaged.empty())
            return add("cache", Health::Warning, fmt::format("{} damaged; {}", survey->damaged.size(), counts),
                       "they are made again when asked for; galley cache verify --repair removes them now");
        add("cache", Health::Ok, counts);
    }

    const SettingSources& sources_;
    const Examination depth_;
    const os::Clock& clock_;
    ServeConfig config_;
    std::unique_ptr<store::Database> database_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> examine(const SettingSources& sources, Examination depth, const os::Clock& clock) {
    return Doctor(sources, depth, clock).examine();
}

Health worst(const std::vector<Finding>& findings) {
    Health health = Health::Ok;
    for (const Finding& finding : findings) health = std::max(health, finding.health);
    return health;
}

}  // namespace galley::app
