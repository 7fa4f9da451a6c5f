// src/app/config.h — what a server needs to know, from flags and environment.
//
// Shape    flags win over environment variables, those over defaults. Secrets come from the environment or a file only.
// Errors   read_secret: InvalidInput naming the variable.
// Source   R120.
#pragma once

#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/time.h"

namespace galley::app {

struct ListenAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8000;
};
// "127.0.0.1:8000", "[::1]:0" (0: the system chooses). InvalidInput.
Result<ListenAddress> parse_listen(const std::string& text);

struct ServeConfig {
    ListenAddress listen;
    std::string data_folder = "galley-data";
    std::string jwt_secret;
    bool demo = false;
    int workers = 0;  // 0: one a core
    int threads = 0;  // event loops; 0: one a core
    std::uint64_t cache_memory_bytes = 100'000'000;
    std::uint64_t cache_disk_bytes = 0;  // 0: half of the free space
    bool metrics_public = false;
    Duration drain_grace = std::chrono::seconds(20);
    LogLevel log_level = LogLevel::Info;
    LogFormat log_format = LogFormat::Text;
};

// GALLEY_JWT_SECRET, or the first line of the file that GALLEY_JWT_SECRET_FILE names; "" when neither is set.
Result<std::string> read_jwt_secret();

}  // namespace galley::app
