// src/app/config.h — what a server needs to know, once flags, environment and file have been read (load_settings.h).
//
// Shape    plain values. Every field but `demo` has a row in settings.cpp, and the initializers here are the defaults
//          that the rows state: a test holds them together.
// Source   R120, docs/configuration.md.
#pragma once

#include <string>
#include <vector>

#include "api/live_options.h"
#include "api/service_limits.h"
#include "auth/rate_limits.h"
#include "base/error.h"
#include "base/log.h"
#include "base/time.h"
#include "jobs/render/fetched_files.h"
#include "jobs/render/server_render_limits.h"
#include "net/http_server.h"
#include "net/web_options.h"
#include "tasks/outside_limits.h"
#include "tasks/retention.h"

namespace galley::app {

struct ListenAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8000;
};
// "127.0.0.1:8000", "[::1]:0" (0: the system chooses). InvalidInput.
Result<ListenAddress> parse_listen(const std::string& text);
std::string listen_text(const ListenAddress& listen);

struct ServeConfig {
    ListenAddress listen;
    std::string data_folder = "galley-data";
    std::string jwt_secret;
    std::string keys_folder;  // "" for none
    std::string issuer;       // "": not checked, as the next
    std::string audience;
    Duration token_leeway = std::chrono::seconds(30);
    std::vector<std::string> trusted_proxies;
    auth::RateRules rates;
    bool demo = false;
    tasks::OutsideLimits outside;
    tasks::Retention retention;
    std::string payload_keys_folder;  // "" for none
    int workers = 0;                  // 0: one a core
    int render_processes = -1;        // -1: one a worker; 0: renders run in the server's own threads
    std::uint64_t child_memory_bytes_max = 1u << 30;
    Duration child_cpu_time = std::chrono::minutes(2);
    jobs::ServerRenderLimits documents;
    jobs::FetchLimits fetches;                              // of one document
    Duration documents_kept = std::chrono::hours(90 * 24);  // 0: for ever
    net::WebOptions outbound;
    net::HttpServerOptions http;  // limits only: address, port and hooks are filled when it listens
    api::ServiceLimits limits;
    api::LiveOptions live;
    std::uint64_t cache_memory_bytes = 100'000'000;
    std::uint64_t cache_disk_bytes = 0;  // 0: half of the free space
    std::size_t writes_waiting_max = 20'000;
    bool metrics_public = false;
    bool built_in_schedules = true;
    std::string backup_folder;  // "": no backups by schedule
    int backups_kept = 7;
    Duration drain_grace = std::chrono::seconds(20);
    LogLevel log_level = LogLevel::Info;
    LogFormat log_format = LogFormat::Text;
    std::string log_file;  // "": standard error
};

}  // namespace galley::app
