// `galley audit verify|export`: the log is read by a read-only connection, so a server may run meanwhile.
#include "auth/audit.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "auth/audit_text.h"
#include "codec/date.h"
#include "codec/json_writer.h"
#include "os/files.h"
#include "store/sqlite/sqlite_database.h"

namespace galley::app {

namespace {

Result<std::unique_ptr<store::Database>> open_log(const SettingSources& sources) {
    GALLEY_TRY(const LoadedSettings settings, load_settings(sources, os::system_files()));
    return store::open_sqlite_read_only({.folder = settings.config.data_folder});
}

Result<auth::AuditVerdict> verify_log(const AuditVerifyCommand& command) {
    std::optional<auth::AuditHead> expected;
    if (command.expect) {
        GALLEY_TRY(expected, auth::parse_audit_head(*command.expect));
    }
    GALLEY_TRY(const auto database, open_log(command.sources));
    return auth::verify_audit(*database, expected);
}

// Where the export goes: a file that is closed (and its failures noticed) at the end, or standard output.
class Output {
 public:
    static Result<Output> open(const std::string& path) {
        std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "wbe");
        if (file == nullptr) return fail(ErrorCode::Unavailable, "cannot create the file", path);
        return Output(file, path);
    }
    Result<void> write(std::string_view text) {
        if (std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size()) return {};
        return fail(ErrorCode::Unavailable, "cannot write", path_);
    }
    Result<void> close() {
        std::FILE* file = file_.release();
        const bool written = file == stdout ? std::fflush(file) == 0 : std::fclose(file) == 0;
        if (written) return {};
        return fail(ErrorCode::Unavailable, "cannot write", path_);
    }

 private:
    struct Closer {
        void operator()(std::FILE* file) const {
            if (file != stdout) std::fclose(file);
        }
    };
    Output(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}

    std::unique_ptr<std::FILE, Closer> file_;
    std::string path_;
};

std::string line_of(const auth::StoredAuditEntry& entry, bool csv) {
    std::string line;
    if (csv) {
        auth::append_audit_csv(line, entry);
        return line;
    }
    codec::JsonWriter json(line);
    auth::append_audit_json(json, entry);
    return line + "\n";
}

Result<std::int64_t> export_log(const AuditExportCommand& command) {
    std::optional<Time> since;
    if (!command.since.empty()) {
        GALLEY_TRY(since, codec::parse_rfc3339(command.since));
    }
    const bool csv = command.format == "csv";
    GALLEY_TRY(const auto database, open_log(command.sources));
    GALLEY_TRY(Output output, Output::open(command.output));
    if (csv) GALLEY_TRY_VOID(output.write(auth::audit_csv_header()));
    std::int64_t written = 0;
    std::int64_t after = 0;
    std::size_t page_size = 0;
    do {
        GALLEY_TRY(const auto page, auth::audit_entries_after(*database, after, auth::kAuditPageMax));
        page_size = page.size();
        for (const auth::StoredAuditEntry& entry : page) {
            after = entry.seq;
            if (since && entry.entry.time < *since) continue;
            GALLEY_TRY_VOID(output.write(line_of(entry, csv)));
            ++written;
        }
    } while (page_size == auth::kAuditPageMax);
    GALLEY_TRY_VOID(output.close());
    return written;
}

}  // namespace

int verify_audit_log(const AuditVerifyCommand& command) {
    const Result<auth::AuditVerdict> verdict = verify_log(command);
    if (!verdict) return report_faults(verdict.error());
    if (command.json) {
        fmt::print("{}\n", auth::audit_verdict_json(*verdict));
    } else if (verdict->ok()) {
        fmt::print("good: {} entries\nhead: {}\n", verdict->head.seq, auth::audit_head_text(verdict->head));
    } else {
        fmt::print("broken at entry {}: {}\nlast good: {}\n", *verdict->broken_seq, verdict->reason,
                   auth::audit_head_text(verdict->head));
    }
    return verdict->ok() ? 0 : 1;
}

int export_audit_log(const AuditExportCommand& command) {
    const Result<std::int64_t> written = export_log(command);
    if (!written) return report_faults(written.error());
    if (command.output != "-") fmt::print("{} entries written to {}\n", *written, command.output);
    return 0;
}

}  // namespace galley::app
