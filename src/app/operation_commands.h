// src/app/operation_commands.h — backup, restore, doctor, cache, migrate: what an operator runs beside the server.
//
// Shape    each gives the exit code: 0 good, 1 failed (doctor: 1 warnings, 2 errors). --json prints one object on
//          standard output; progress is shown on a terminal only.
// Threads  the main thread.
#pragma once

#include <string>

#include "app/load_settings.h"
#include "app/remote.h"

namespace galley::app {

struct BackupCommand {
    SettingSources sources;
    std::string target;
    bool json = false;
};
int run_backup(const BackupCommand& command);

struct RestoreCommand {
    SettingSources sources;
    std::string backup;
    bool replace = false;
    bool json = false;
};
int run_restore(const RestoreCommand& command);

struct DoctorCommand {
    SettingSources sources;
    bool deep = false;
    bool json = false;
};
int run_doctor(const DoctorCommand& command);

struct CacheCommand {
    SettingSources sources;
    RemoteOptions remote;         // its url "": the folder
    std::string hash;             // invalidate
    std::string room_id;          // invalidate, of a running server
    double older_than_hours = 0;  // clear
    bool repair = false;          // verify
    bool json = false;
};
int cache_stats(const CacheCommand& command);
int cache_health(const CacheCommand& command);
int cache_invalidate(const CacheCommand& command);
int cache_clear(const CacheCommand& command);
int cache_verify(const CacheCommand& command);
// The same of a running server.
int remote_cache_stats(const CacheCommand& command);
int remote_cache_health(const CacheCommand& command);
int remote_cache_invalidate(const CacheCommand& command);
int remote_cache_clear(const CacheCommand& command);
int remote_cache_verify(const CacheCommand& command);

struct MigrateCommand {
    SettingSources sources;
    bool check = false;
    bool json = false;
};
int run_migrate(const MigrateCommand& command);

}  // namespace galley::app
