// src/jobs/maintenance/kinds.h — the names of the kinds by which a server looks after itself (R64). Administrators may
// enqueue them; by default schedules do.
#pragma once

#include <string_view>

namespace galley::jobs {

inline constexpr const char* kCleanupKind = "maintenance.cleanup";
inline constexpr const char* kBackupKind = "maintenance.backup";
inline constexpr const char* kOptimizeKind = "maintenance.optimize";
inline constexpr const char* kVerifyCacheKind = "maintenance.verify_cache";
inline constexpr const char* kHealthKind = "monitoring.health";
inline constexpr const char* kCollectKind = "monitoring.collect";

inline constexpr const char* kMaintenanceQueue = "maintenance";
inline constexpr const char* kMonitoringQueue = "monitoring";

constexpr bool is_operator_kind(std::string_view kind) {
    return kind.starts_with("maintenance.") || kind.starts_with("monitoring.");
}

}  // namespace galley::jobs
