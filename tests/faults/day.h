// tests/faults/day.h — a scripted day of work: rooms, snapshots, tasks, downloads, deletions, clean-up, metrics, backup.
//
// Shape    morning(), then a new Service on the same Machine, then afternoon(). Each step is what one API call does; its
//          refusal is noted in the ledger and the day goes on. A step never waits for ever: settle() gives up.
// Errors   a refusal must be Unavailable, whatever disk failed: anything else is a complaint.
// Owner    borrows service and ledger.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "faults/ledger.h"
#include "faults/service.h"

namespace galley::faults {

class Day {
 public:
    Day(Service& service, Ledger& ledger) : service_(service), ledger_(ledger) {}

    void morning();
    void afternoon();
    // Waits until no task is under way, mending what stays broken; false when the power is cut or something hangs.
    bool settle();
    // The bytes of a completed snapshot, from the cache or made again.
    Result<SharedBytes> fetch(const Digest& content_hash);
    // As a client would, comparing with what it got before.
    void download(const std::string& id);

 private:
    using Step = std::function<Result<void>()>;
    bool step(std::string_view name, const Step& work);
    Result<void> audited(store::Executor& executor, std::string_view action, const std::string& object);

    void put_room(const std::string& id, std::string_view title);
    void switch_account_off(const std::string& email);
    std::optional<std::string> create_snapshot(const std::string& room, rooms::Includes includes = {});
    void append_activity(const std::string& room, const std::string& text);
    void enqueue_echoes(int count);
    std::optional<std::string> enqueue(tasks::NewTask task);
    void cancel_a_scheduled_task();
    void retry_a_failed_task();
    void delete_snapshot(const std::string& id);
    void remove_room(const std::string& room);
    void evict_and_download(const std::string& id);
    void damage_and_download(const std::string& id);
    void tidy_cache();
    void clean_up_tasks();
    void flush_metrics();
    void back_up();
    bool nothing_is_under_way() const;
    std::string state_of_tasks() const;

    Service& service_;
    Ledger& ledger_;
};

}  // namespace galley::faults
