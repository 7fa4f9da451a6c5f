// src/app/server_health.h — the looks at what app itself holds, for the health monitor (R97): document engine, token
// keys, certificate. Without any of them other requests are served, so none is vital.
//
// Owner    borrow what they are given.
// Threads  the monitor's.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "api/health_monitor.h"
#include "document/document.h"
#include "os/clock.h"
#include "pool/process_pool.h"

namespace galley::app {

// Let's Encrypt's clients renew 30 days ahead; with less than half of it left nobody seems to.
inline constexpr std::chrono::days kCertificateTimeMin{14};

// Renders once a minute: an empty page at first, as loading fonts would cost a start 40 ms and 5 MiB; then a line of
// text.
api::HealthPart renderer_part(document::Engine& engine);
// The same by a child process, without the first. Degraded: of what confines it something is not in force here, or the
// parent of the child processes had to be started anew since the last look.
api::HealthPart render_processes_part(pool::ProcessPool& pool);
api::HealthPart token_keys_part(const std::atomic<bool>& keys_are_current);
using ExpiresAt = std::function<std::optional<Time>()>;
api::HealthPart certificate_part(ExpiresAt expires_at, const os::Clock& clock);

}  // namespace galley::app
