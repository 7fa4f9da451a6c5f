#include "app/server_app.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "api/cache_walk.h"
#include "api/endpoint.h"
#include "api/health_monitor.h"
#include "api/health_parts.h"
#include "api/live_hub.h"
#include "api/monitoring_caches.h"
#include "app/data_folder.h"
#include "app/demo.h"
#include "app/disk_relief.h"
#include "app/fonts.h"
#include "app/housekeeping.h"
#include "app/instruments.h"
#include "app/reload.h"
#include "app/render_pool.h"
#include "app/schema.h"
#include "app/server_health.h"
#include "auth/key_folder.h"
#include "base/log_bound.h"
#include "jobs/echo/echo_kind.h"
#include "jobs/render/render_kind.h"
#include "jobs/snapshot/snapshot_kind.h"
#include "net/client_address.h"
#include "net/http_server.h"
#include "net/web_client.h"
#include "store/sqlite/sqlite_database.h"
#include "tasks/outside.h"

namespace galley::app {

namespace {

constexpr std::size_t kBackgroundWaitingMax = 1'000;
constexpr std::size_t kLargeBodiesWaitingMax = 1'000;

tasks::EngineOptions engine_options(const ServeConfig& config, TaskInstruments& instruments, api::LiveHub& live,
                                    api::MonitoringCaches& monitoring, tasks::PayloadKeys payload_keys) {
    tasks::EngineOptions options;
    options.retention = config.retention;
    options.payload_keys = std::move(payload_keys);
    options.workers = config.workers;
    options.outside = config.outside;
    options.listeners.push_back([&instruments](const tasks::TaskNotice& notice) { instruments.on_notice(notice); });
    options.listeners.push_back([&live](const tasks::TaskNotice& notice) { live.on_notice(notice); });
    options.listeners.push_back([&monitoring](const tasks::TaskNotice& notice) { monitoring.on_notice(notice); });
    return options;
}

std::size_t worker_count(const ServeConfig& config) {
    if (config.workers > 0) return static_cast<std::size_t>(config.workers);
    return std::max(1U, std::thread::hardware_concurrency());
}

cache::DocumentCacheOptions cache_options(const ServeConfig& config) {
    cache::DocumentCacheOptions options;
    options.memory_bytes_max = config.cache_memory_bytes;
    options.disk.folder = config.data_folder + "/pdf_cache";
    options.disk.disk_bytes_max = config.cache_disk_bytes;
    return options;
}

// The keys of the folder, and the secret for tokens without a kid.
Result<auth::TokenVerifierOptions> verifier_options(const ServeConfig& config) {
    auth::TokenVerifierOptions options{.keys = {},
                                       .issuer = config.issuer,
                                       .audience = config.audience,
                                       .leeway = std::chrono::duration_cast<std::chrono::seconds>(config.token_leeway)};
    if (!config.keys_folder.empty()) {
        GALLEY_TRY(auth::KeyFolder folder, auth::read_key_folder(os::system_files(), config.keys_folder));
        for (const std::string& warning : folder.warnings) log(LogLevel::Warning, "token_keys", {{"warning", warning}});
        options.keys = std::move(folder.keys);
    }
    if (!config.jwt_secret.empty()) {
        options.keys.push_back({.kid = {}, .algorithm = auth::TokenAlgorithm::Hs256, .material = config.jwt_secret});
    }
    return options;
}

// None without a folder; a folder without keys is a mistake that would show too late.
Result<tasks::PayloadKeys> payload_keys_of(const ServeConfig& config) {
    const std::string& path = config.payload_keys_folder;
    if (path.empty()) return tasks::PayloadKeys();
    GALLEY_TRY(tasks::PayloadKeyFolder folder, tasks::read_payload_keys(os::system_files(), path));
    for (const std::string& warning : folder.warnings) log(LogLevel::Warning, "payload_keys", {{"warning", warning}});
    if (folder.keys.empty()) return fail(ErrorCode::InvalidInput, "payload keys: the folder holds none", path);
    return tasks::PayloadKeys(std::move(folder.keys));
}

}  // namespace

// In order of construction: each uses only what stands above it, and goes before it.
struct ServerApp::Parts {
    Parts(const ServeConfig& wanted, const OwnProgram& own, std::shared_ptr<DiskRelief> disk_relief,
          std::unique_ptr<store::Database> opened, auth::TokenVerifier token_verifier, auth::Accounts known_accounts,
          std::unique_ptr<cache::DocumentCache> cache, std::unique_ptr<pool::ProcessPool> processes,
          tasks::PayloadKeys payload_keys)
        : config(wanted),
          program(own),
          relief(std::move(disk_relief)),
          database(std::move(opened)),
          verifier(std::move(token_verifier)),
          accounts(std::move(known_accounts)),
          documents(std::move(cache)),
          render_pool(std::move(processes)),
          engine(*database, os::system_clock(), os::system_random(),
                 engine_options(wanted, task_instruments, live, monitoring, std::move(payload_keys))) {}
    // Handlers that outlasted the drain use what stands below the engine; the database still writes while parts go.
    ~Parts() {
        scheduler.stop();
        engine.stop(Duration(0));
        engine.join();
        if (program.detach) program.detach();
        relief->disconnect();
    }

    ServeConfig config;
    OwnProgram program;
    std::shared_ptr<DiskRelief> relief;
    metrics::Registry registry;
    std::unique_ptr<store::Database> database;
    auth::TokenVerifier verifier;
    auth::Accounts accounts;
    auth::AuditQueue audit{*database};
    auth::RateLimits rate_limits{config.rates, os::system_clock(), os::system_random()};
    net::TrustedProxies trusted_proxies;
    std::unique_ptr<cache::DocumentCache> documents;
    std::unique_ptr<pool::ProcessPool> render_pool;  // null: renders run here
    TaskInstruments task_instruments{registry, os::system_clock()};
    LogBound log_bound;
    api::LiveHub live{config.live, os::system_clock(), os::system_random()};
    api::MonitoringCaches monitoring{os::system_clock()};
    tasks::TaskEngine engine;
    schedule::ScheduleStore schedules{*database};
    schedule::Scheduler scheduler{
        {.database = *database,
         .schedules = schedules,
         .tasks = engine,
         .clock = os::system_clock(),
         .may_enqueue = [this](std::string_view who) { return who == kSystemCaller || accounts.is_active(who); }}};
    rooms::RoomStore rooms{*database};
    rooms::SnapshotStore snapshots{*database};
    jobs::MetricsJournal journal{*database, os::system_clock()};
    SystemFonts fonts;
    document::Engine document_engine{fonts};
    std::unique_ptr<jobs::RoomRenderer> renderer;
    std::optional<rooms::SnapshotGatherer> gatherer;
    std::optional<jobs::Regenerator> regenerator;
    std::unique_ptr<jobs::DocumentStore> document_store;
    std::unique_ptr<net::WebClient> web;
    std::optional<jobs::DocumentMaker> document_maker;
    BackgroundQueue large_bodies{kLargeBodiesWaitingMax};
    BackgroundQueue background{kBackgroundWaitingMax};
    std::atomic<bool> keys_are_current = true;  // false: the last reload could not read them
    api::CacheWalk cache_walk{*documents, os::system_clock()};
    std::optional<api::Services> services;
    std::optional<net::Router> router;
    std::optional<RequestInstruments> request_instruments;
    std::optional<PartGauges> gauges;
    std::optional<net::HttpServer> server;
    std::optional<api::HealthMonitor> health;

    std::vector<api::HealthPart> looks();
    Result<void> register_own_kinds();
    Result<void> wire();
    Result<void> wire_documents();
    Result<void> reload_keys();
    Result<void> listen();
    Result<void> reload_tls();
};

std::vector<api::HealthPart> ServerApp::Parts::looks() {
    std::vector<api::HealthPart> looks = api::health_parts({.database = *database,
                                                            .task_stats = [this] { return engine.stats(); },
                                                            .files = os::system_files(),
                                                            .clock = os::system_clock(),
                                                            .data_folder = config.data_folder,
                                                            .cache_folder = cache_folder(config.data_folder),
                                                            .writes_waiting_max = config.writes_waiting_max});
    if (render_pool) {
        looks.push_back(render_processes_part(*render_pool));
    } else {
        looks.push_back(renderer_part(document_engine));
    }
    looks.push_back(token_keys_part(keys_are_current));
    if (config.http.tls.enabled()) {
        const auto expires_at = [this] { return server ? server->certificate_expires_at() : std::nullopt; };
        looks.push_back(certificate_part(expires_at, os::system_clock()));
    }
    return looks;
}

// After the server's, whose names are taken.
Result<void> ServerApp::Parts::register_own_kinds() {
    for (const jobs::OwnKind& kind : program.kinds) {
        if (engine.knows_kind(kind.options.name))
            return fail(ErrorCode::InvalidInput, "the kind " + kind.options.name + " is there already");
        engine.register_kind(kind.options, kind.handler);
    }
    return {};
}

Result<void> ServerApp::Parts::wire_documents() {
    GALLEY_TRY(document_store,
               jobs::DocumentStore::open(*database, os::system_files(), orders_folder(config.data_folder)));
    document_maker.emplace(*document_store, *documents, document_engine, config.documents);
    GALLEY_TRY(web, net::WebClient::create(config.outbound));
    document_maker->use_web(*web, config.fetches);
    if (render_pool) document_maker->use_processes(*render_pool, kRenderDocumentJob, config.child_cpu_time);
    jobs::register_render_kind(engine, {*document_store, *document_maker, journal, os::system_clock()});
    return {};
}

Result<void> ServerApp::Parts::wire() {
    GALLEY_TRY(trusted_proxies, net::TrustedProxies::parse(config.trusted_proxies));
    GALLEY_TRY(renderer, jobs::RoomRenderer::create(document_engine));
    if (render_pool) renderer->use_processes(*render_pool, kRenderRoomJob, config.child_cpu_time);
    gatherer.emplace(*database, renderer->version());
    regenerator.emplace(snapshots, *renderer, *documents);
    relief->connect(*documents, background);
    jobs::register_echo(engine);
    jobs::register_snapshot_kind(engine, {snapshots, *gatherer, *renderer, *documents, journal, os::system_clock()});
    GALLEY_TRY_VOID(wire_documents());
    health.emplace(looks(), os::system_clock());
    services.emplace(api::Services{.database = *database,
                                   .tasks = engine,
                                   .schedules = schedules,
                                   .scheduler = scheduler,
                                   .rooms = rooms,
                                   .snapshots = snapshots,
                                   .documents = *documents,
                                   .regenerator = *regenerator,
                                   .document_store = *document_store,
                                   .document_maker = *document_maker,
                                   .web = *web,
                                   .journal = journal,
                                   .large_bodies = large_bodies,
                                   .background = background,
                                   .registry = registry,
                                   .accounts = accounts,
                                   .audit = audit,
                                   .health = *health,
                                   .cache_walk = cache_walk,
                                   .live = live,
                                   .own_kinds = program.kinds,
                                   .monitoring = monitoring,
                                   .verifier = verifier,
                                   .rate_limits = rate_limits,
                                   .log_bound = log_bound,
                                   .clock = os::system_clock(),
                                   .random = os::system_random(),
                                   .files = os::system_files(),
                                   .data_folder = config.data_folder,
                                   .workers = worker_count(config),
                                   .metrics_public = config.metrics_public,
                                   .limits = config.limits});
    register_housekeeping({.config = config, .services = *services, .health = *health});
    GALLEY_TRY_VOID(register_own_kinds());
    if (config.demo) GALLEY_TRY_VOID(load_demo(*database, rooms, accounts, os::system_clock()));
    journal.start();
    monitoring.start();
    if (program.attach) program.attach(engine);
    GALLEY_TRY_VOID(engine.start());
    GALLEY_TRY_VOID(settle_built_in_schedules(*database, schedules, config, os::system_clock()));
    return scheduler.start();
}

Result<void> ServerApp::Parts::listen() {
    router.emplace(api::build_router(*services, api::all_endpoints()));
    request_instruments.emplace(registry, journal, *router, os::system_clock());
    net::HttpServerOptions options = config.http;
    options.address = config.listen.host;
    options.port = config.listen.port;
    options.on_head = [this](net::Request& request) {
        if (!trusted_proxies.empty()) request.peer_address = trusted_proxies.client_of(request);
        return router->admit(request);
    };
    options.on_finished = [this](const net::RequestSummary& summary) { request_instruments->on_finished(summary); };
    server.emplace(std::move(options), [this](net::RequestPtr request, net::Reply reply) {
        router->dispatch(std::move(request), std::move(reply));
    });
    gauges.emplace(registry, MeasuredParts{*database, engine, *documents, *server, render_pool.get(),
                                           os::system_files(), config.data_folder});
    Result<void> started = server->start();
    if (!started) started.error().message += " (" + config.listen.host + ":" + std::to_string(config.listen.port) + ")";
    return started;
}

// Also when no setting changed: the files behind the same names are new.
Result<void> ServerApp::Parts::reload_tls() {
    if (server->speaks_tls() != config.http.tls.enabled()) {
        return fail(ErrorCode::Unavailable, "TLS is turned on or off at the next start, not by a reload");
    }
    if (!server->speaks_tls()) return {};
    return server->reload_tls(config.http.tls);
}

ServerApp::ServerApp(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ServerApp::~ServerApp() {
    stop();
}

Result<std::unique_ptr<ServerApp>> ServerApp::start(const ServeConfig& config, const OwnProgram& program) {
    GALLEY_TRY_VOID(os::system_files().make_folders(config.data_folder));
    GALLEY_TRY_VOID(refuse_lost_database(config.data_folder, os::system_files()));
    GALLEY_TRY(const auth::TokenVerifierOptions keys, verifier_options(config));
    GALLEY_TRY(auth::TokenVerifier verifier, auth::TokenVerifier::create(keys, os::system_clock()));
    GALLEY_TRY(tasks::PayloadKeys payload_keys, payload_keys_of(config));
    GALLEY_TRY(auto processes, start_render_pool(config));  // early: they come up while the rest does
    const std::vector<store::Component> components = all_schemas();
    auto relief = std::make_shared<DiskRelief>();
    GALLEY_TRY(auto database, store::open_sqlite({.folder = config.data_folder,
                                                  .queue_max = config.writes_waiting_max,
                                                  .on_disk_full = [relief] { relief->call(); }},
                                                 components, os::system_clock()));
    GALLEY_TRY(auth::Accounts accounts, auth::Accounts::open(*database));
    GALLEY_TRY(auto documents,
               cache::DocumentCache::open(cache_options(config), os::system_files(), os::system_clock()));
    auto parts = std::make_unique<Parts>(config, program, std::move(relief), std::move(database), std::move(verifier),
                                         std::move(accounts), std::move(documents), std::move(processes),
                                         std::move(payload_keys));
    GALLEY_TRY_VOID(parts->wire());
    GALLEY_TRY_VOID(parts->listen());
    return std::unique_ptr<ServerApp>(new ServerApp(std::move(parts)));
}

std::uint16_t ServerApp::port() const {
    return parts_->server->port();
}

// Everything is tried, the first failure is told: a certificate that is broken must not keep the log from rotating.
Result<void> ServerApp::reload(const ServeConfig& wanted) {
    parts_->config = with_live_settings(std::move(parts_->config), wanted);
    configure_log(wanted.log_level, wanted.log_format);
    parts_->rate_limits.set_rules(wanted.rates);
    const Result<void> log_file = set_log_file(wanted.log_file);
    const Result<void> keys = parts_->reload_keys();
    const Result<void> tls = parts_->reload_tls();
    GALLEY_TRY_VOID(log_file);
    GALLEY_TRY_VOID(keys);
    return tls;
}

Result<void> ServerApp::Parts::reload_keys() {
    const Result<auth::TokenVerifierOptions> keys = verifier_options(config);
    const Result<void> replaced = keys ? verifier.replace(*keys) : std::unexpected(keys.error());
    keys_are_current = replaced.has_value();
    return replaced;
}

bool ServerApp::stop() {
    if (!parts_->server) return true;
    tasks::OutsideWork(parts_->engine).stop_leasing();  // long polls would be waited for
    const bool drained = parts_->server->drain(parts_->config.drain_grace);
    parts_->scheduler.stop();
    parts_->engine.stop(parts_->config.drain_grace);
    parts_->relief->disconnect();
    parts_->large_bodies.stop();
    parts_->background.stop();
    parts_->health->stop();
    parts_->cache_walk.stop();
    parts_->monitoring.stop();
    parts_->audit.stop();
    parts_->regenerator->stop();
    parts_->document_maker->stop();
    parts_->server->stop();
    parts_->server.reset();
    parts_->journal.stop();
    parts_->gauges.reset();
    parts_->database->close();
    return drained;
}

}  // namespace galley::app
