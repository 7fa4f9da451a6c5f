#include "faults/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "auth/audit.h"
#include "faults/day.h"

namespace galley::faults {

using store::Executor;
using store::Row;

namespace {

class Judge {
 public:
    Judge(Service& service, Ledger& ledger) : service_(service), ledger_(ledger) {}

    void database_is_sound() {
        if (text("PRAGMA integrity_check") != "ok")
            ledger_.complain("integrity_check: " + text("PRAGMA integrity_check"));
        if (const std::string broken = text("PRAGMA foreign_key_check"); !broken.empty())
            ledger_.complain("foreign keys");
    }

    // Nothing is there by half, whether it was acknowledged or not.
    void everything_is_whole() {
        none("rooms without an owner",
             "SELECT count(*) FROM room r WHERE NOT EXISTS (SELECT 1 FROM room_member m WHERE m.room_id = r.room_id "
             "AND m.role = 0)");
        none("members of no room",
             "SELECT count(*) FROM room_member m WHERE NOT EXISTS (SELECT 1 FROM room r WHERE r.room_id = m.room_id)");
        none(
            "activity of no room",
            "SELECT count(*) FROM room_activity a WHERE NOT EXISTS (SELECT 1 FROM room r WHERE r.room_id = a.room_id)");
        none("snapshots of no room",
             "SELECT count(*) FROM snapshot s WHERE NOT EXISTS (SELECT 1 FROM room r WHERE r.room_id = s.room_id)");
        none("snapshots still generating", "SELECT count(*) FROM snapshot WHERE state = 0");
        none("snapshots without an audit entry",
             "SELECT count(*) FROM snapshot s WHERE NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.action = "
             "'snapshot_create' AND a.object LIKE s.room_id || '/%')");
        none("documents counted wrongly",
             "SELECT count(*) FROM document d WHERE reference_count <> (SELECT count(*) FROM snapshot s WHERE "
             "s.content_hash = d.content_hash)");
        none("completed snapshots without their document",
             "SELECT count(*) FROM snapshot s WHERE s.state = 1 AND NOT EXISTS (SELECT 1 FROM document d WHERE "
             "d.content_hash = s.content_hash)");
        none("tasks without input",
             "SELECT count(*) FROM task t WHERE NOT EXISTS (SELECT 1 FROM task_body b WHERE b.seq = t.seq)");
        none("inputs of no task",
             "SELECT count(*) FROM task_body b WHERE NOT EXISTS (SELECT 1 FROM task t WHERE b.seq = t.seq)");
        none("results of no task",
             "SELECT count(*) FROM task_result b WHERE NOT EXISTS (SELECT 1 FROM task t WHERE b.seq = t.seq)");
        none("completed tasks without result",
             "SELECT count(*) FROM task t WHERE state = 3 AND NOT EXISTS (SELECT 1 FROM task_result r WHERE r.seq = "
             "t.seq AND r.result IS NOT NULL)");
        none("tasks that still run", "SELECT count(*) FROM task WHERE state = 2");
    }

    void counts_agree() {
        const tasks::TaskCounts told = service_.engine.counts();
        for (int state = 0; state < tasks::kTaskStateCount; ++state) {
            const auto stored = number(fmt::format("SELECT count(*) FROM task WHERE state = {}", state));
            if (stored != told.by_state[state])
                ledger_.complain(fmt::format("{} tasks in state {}, {} told", stored, state, told.by_state[state]));
        }
    }

    void rooms_are_there() {
        for (const std::string& room : ledger_.rooms) {
            const auto body = service_.rooms.get(room);
            const bool removed = ledger_.removed_rooms.contains(room);
            if (body && removed) ledger_.complain(room + " was removed and is back");
            if (!body && !removed && !ledger_.doubtful_rooms.contains(room)) ledger_.complain(room + " is gone");
            if (!body) continue;
            for (const std::string& entry : ledger_.activity[room]) {
                if (!body->contains(entry)) ledger_.complain(room + " lost " + entry);
            }
        }
    }

    void snapshots_are_there() {
        Day day(service_, ledger_);
        for (const auto& [id, room] : ledger_.snapshots) {
            const auto found = service_.snapshots.get(room, *rooms::parse_snapshot_id(id));
            const bool gone = ledger_.deleted_snapshots.contains(id) || ledger_.removed_rooms.contains(room);
            const bool doubtful = ledger_.doubtful_snapshots.contains(id) || ledger_.doubtful_rooms.contains(room);
            if (found && gone) ledger_.complain(id + " was deleted and is back");
            if (!found && !gone && !doubtful) ledger_.complain(id + " is gone: " + found.error().to_string());
            if (found && !gone) day.download(id);
        }
    }

    // What is served is what its kept input renders to.
    void documents_are_true() {
        std::vector<std::string> hashes;
        (void)service_.database->read([&](Executor& executor) {
            return executor.each("SELECT content_hash FROM document", {}, [&](const Row& row) -> Result<void> {
                hashes.push_back(digest_from_bytes(row.blob(0)).hex());
                return {};
            });
        });
        for (const std::string& hash : hashes) {
            const auto kept = service_.snapshots.kept_input(*parse_digest(hash));
            const auto known = ledger_.bytes_of.find(hash);
            if (!kept || known == ledger_.bytes_of.end()) continue;
            const auto made = renderer().render(kept->input, {});
            if (!made || sha256(made->pdf).hex() != known->second)
                ledger_.complain("a PDF is not what its input renders to");
        }
    }

    void tasks_are_there() {
        for (const auto& [id, result] : ledger_.tasks) {
            const auto task = service_.engine.get(id);
            if (!task && !ledger_.doubtful_tasks.contains(id)) ledger_.complain("task " + id + " is gone");
            if (task && (task->state != tasks::TaskState::Completed || task->result != result)) {
                ledger_.complain(fmt::format("task {} is {}", id, tasks::state_name(task->state)));
            }
        }
        for (const std::string& id : ledger_.cancelled_tasks) {
            const auto task = service_.engine.get(id);
            if (task && task->state != tasks::TaskState::Cancelled)
                ledger_.complain("task " + id + " is no longer cancelled");
        }
    }

    void accounts_are_there() {
        for (const std::string& email : ledger_.accounts_off) {
            if (service_.accounts.is_active(email)) ledger_.complain(email + " is active again");
        }
    }

    void audit_holds() {
        const auto verdict = auth::verify_audit(*service_.database);
        if (!verdict || !verdict->ok())
            return ledger_.complain("the audit chain is broken: " +
                                    (verdict ? verdict->reason : verdict.error().message));
        if (verdict->head.seq < ledger_.audited)
            ledger_.complain(fmt::format("{} audit entries of {}", verdict->head.seq, ledger_.audited));
    }

    // Nothing is counted twice; what the process could not write in time may be lost with it.
    void metrics_hold() {
        const auto report =
            service_.database->read([&](Executor& executor) { return service_.journal.read_in(executor, 24 * 365); });
        if (!report) return ledger_.complain("metrics: " + report.error().to_string());
        const std::uint64_t generations = report->generated.count() + report->cached.count();
        if (generations > ledger_.measured + ledger_.snapshots.size() * 4 + 20)
            ledger_.complain(fmt::format("{} generations measured", generations));
    }

    // verify() removes what is damaged; only the file that the day damaged by itself may be.
    void cache_is_whole() {
        const auto report = service_.documents->verify();
        if (!report) return ledger_.complain("cache: " + report.error().to_string());
        const std::uint64_t damaged = ledger_.damaged_a_file ? 1 : 0;
        if (report->entries_removed > damaged)
            ledger_.complain(fmt::format("{} damaged files in the cache", report->entries_removed));
        const auto leftovers = service_.machine.files.list(std::string(kCacheFolder) + "/partial");
        if (!leftovers || !leftovers->empty()) ledger_.complain("leftovers in the cache");
    }

 private:
    std::string text(const char* sql) {
        std::string all;
        (void)service_.database->read([&](Executor& executor) {
            return executor.each(store::Sql::assembled(sql), {}, [&](const Row& row) -> Result<void> {
                if (row.size() > 0) all += row.text(0);
                return {};
            });
        });
        return all;
    }
    std::int64_t number(const std::string& sql) {
        const auto count = service_.database->read(
            [&](Executor& executor) { return executor.query_integer(store::Sql::assembled(sql)); });
        return count ? count->value_or(-1) : -1;
    }
    void none(const char* what, const std::string& sql) {
        if (const std::int64_t count = number(sql); count != 0) ledger_.complain(fmt::format("{} {}", count, what));
    }

    Service& service_;
    Ledger& ledger_;
};

}  // namespace

void judge(Service& service, Ledger& ledger) {
    Judge judge(service, ledger);
    judge.database_is_sound();
    judge.cache_is_whole();
    judge.everything_is_whole();
    judge.counts_agree();
    judge.rooms_are_there();
    judge.snapshots_are_there();
    judge.documents_are_true();
    judge.tasks_are_there();
    judge.accounts_are_there();
    judge.audit_holds();
    judge.metrics_hold();
}

}  // namespace galley::faults
