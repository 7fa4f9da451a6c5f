// tests/faults/service.h — Galley's parts put together as src/app does it, over disks that a test can break.
//
// Shape    Machine survives its services: the clock, the cache's files, the folder of the database. Service::open() is
//          the start of a process, its destructor the end; after a power cut Machine::restore_power() comes before the
//          next start.
// Errors   open: what the parts gave.
// Owner    a Service borrows its Machine.
// Threads  one test thread; the parts have their own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "auth/accounts.h"
#include "auth/audit_queue.h"
#include "base/mutex.h"
#include "cache/document_cache.h"
#include "jobs/monitoring/metrics_journal.h"
#include "jobs/snapshot/regenerator.h"
#include "jobs/snapshot/room_renderer.h"
#include "os/testing/fake_clock.h"
#include "os/testing/fake_files.h"
#include "os/testing/fake_random.h"
#include "rooms/room_store.h"
#include "rooms/snapshot_input.h"
#include "rooms/snapshot_store.h"
#include "store/database.h"
#include "tasks/engine.h"

namespace galley::faults {

// The renderer costs more to make than all else together, and keeps nothing of what it rendered: one for all services.
const jobs::RoomRenderer& renderer();

struct Machine {
    Machine();
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    // Both disks again, with what was durable.
    void restore_power(std::uint32_t seed);

    std::string folder;  // of the database, on the real disk behind the fault VFS
    os::FakeClock clock;
    os::FakeFiles files{&clock};
    os::FakeRandom random;
};

// Lets a test wait for something to change in the engine, for a moment at most.
class Bell {
 public:
    void ring();
    void wait_a_moment();

 private:
    Mutex mutex_;
    CondVar changed_;
    bool rung_ GALLEY_GUARDED_BY(mutex_) = false;
};

class Service {
 public:
    static Result<std::unique_ptr<Service>> open(Machine& machine, std::uint64_t cache_memory_bytes = 0);
    ~Service();

    // Ends as a drained process does. The destructor alone ends as one that lost its disks.
    void stop();

    Machine& machine;
    Bell bell;
    std::unique_ptr<store::Database> database;
    auth::Accounts accounts;
    auth::AuditQueue audit;
    std::unique_ptr<cache::DocumentCache> documents;
    tasks::TaskEngine engine;
    rooms::RoomStore rooms;
    rooms::SnapshotStore snapshots;
    jobs::MetricsJournal journal;
    rooms::SnapshotGatherer gatherer;
    jobs::Regenerator regenerator;

 private:
    Service(Machine& owner, std::unique_ptr<store::Database> opened, auth::Accounts known,
            std::unique_ptr<cache::DocumentCache> cache);
    tasks::EngineOptions engine_options();
};

inline constexpr const char* kCacheFolder = "/cache";
inline constexpr const char* kFailingKind = "fails";

}  // namespace galley::faults
