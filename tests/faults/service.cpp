#include "faults/service.h"

#include <cstdlib>
#include <filesystem>

#include "app/fonts.h"
#include "app/schema.h"
#include "jobs/echo/echo_kind.h"
#include "jobs/snapshot/snapshot_kind.h"
#include "store/sqlite/sqlite_database.h"
#include "store/testing/fault_vfs.h"

namespace galley::faults {

using store::testing::FaultVfs;

const jobs::RoomRenderer& renderer() {
    static app::SystemFonts fonts;
    static document::Engine engine(fonts);
    static const std::unique_ptr<jobs::RoomRenderer> made = jobs::RoomRenderer::create(engine).value();
    return *made;
}

Machine::Machine() {
    // In memory where that is to be had: what a power cut leaves is the VFS's business.
    const std::filesystem::path memory = "/dev/shm";
    const auto parent = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "galley-matrix-XXXXXX").string();
    GALLEY_CHECK(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    FaultVfs& disk = FaultVfs::instance();
    disk.mend_disk();
    disk.on_power_cut([this] { files.crash(); });
    files.on_crash([&disk] { disk.cut_power(); });
}

Machine::~Machine() {
    FaultVfs& disk = FaultVfs::instance();
    disk.on_power_cut(nullptr);
    disk.mend_disk();
    disk.forget_files();
    disk.restore_power(0);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

void Machine::restore_power(std::uint32_t seed) {
    FaultVfs::instance().restore_power(seed);
    files.power_cut();
}

void Bell::ring() {
    const MutexLock lock(mutex_);
    rung_ = true;
    changed_.notify_all();
}

void Bell::wait_a_moment() {
    const MonotonicTime end = os::system_clock().monotonic() + Duration(2);
    MutexLock lock(mutex_);
    while (!rung_ && changed_.wait_until(lock, end)) {
    }
    rung_ = false;
}

tasks::EngineOptions Service::engine_options() {
    tasks::EngineOptions options;
    options.workers = 2;
    options.listeners.push_back([this](const tasks::TaskNotice&) { bell.ring(); });
    return options;
}

Service::Service(Machine& owner, std::unique_ptr<store::Database> opened, auth::Accounts known,
                 std::unique_ptr<cache::DocumentCache> cache)
    : machine(owner),
      database(std::move(opened)),
      accounts(std::move(known)),
      audit(*database, {.gather_time = Duration(0)}),
      documents(std::move(cache)),
      engine(*database, owner.clock, owner.random, engine_options()),
      rooms(*database),
      snapshots(*database),
      journal(*database, owner.clock),
      gatherer(*database, renderer().version()),
      regenerator(snapshots, renderer(), *documents) {
    jobs::register_echo(engine);
    jobs::register_snapshot_kind(engine, {snapshots, gatherer, renderer(), *documents, journal, owner.clock});
    engine.register_kind({.name = kFailingKind, .max_attempts = 1},
                         [](tasks::TaskContext&) { return tasks::Outcome::fail("as it always does"); });
}

Result<std::unique_ptr<Service>> Service::open(Machine& machine, std::uint64_t cache_memory_bytes) {
    store::SqliteOptions options;
    options.folder = machine.folder;
    options.vfs = FaultVfs::instance().name();
    options.checkpoint_pages = 20;  // so that checkpoints are among the calls that fail
    options.writer_cache_kib = 64;
    options.reader_cache_kib = 64;
    const auto components = app::all_schemas();
    GALLEY_TRY(auto database, store::open_sqlite(options, components, machine.clock));
    GALLEY_TRY(auth::Accounts accounts, auth::Accounts::open(*database));
    cache::DocumentCacheOptions cache_options;
    cache_options.memory_bytes_max = cache_memory_bytes;
    cache_options.disk.folder = kCacheFolder;
    GALLEY_TRY(auto documents, cache::DocumentCache::open(cache_options, machine.files, machine.clock));
    std::unique_ptr<Service> service(
        new Service(machine, std::move(database), std::move(accounts), std::move(documents)));
    GALLEY_TRY_VOID(service->engine.start());
    return service;
}

Service::~Service() {
    engine.stop(Duration(0));
    engine.join();
    audit.stop();
    regenerator.stop();
}

void Service::stop() {
    engine.stop(Duration(FaultVfs::instance().power_is_cut() ? 0 : 20'000));
    audit.stop();
    regenerator.stop();
    (void)database->write([this](store::Executor& executor) { return journal.flush_in(executor); });
    database->close();
}

}  // namespace galley::faults
