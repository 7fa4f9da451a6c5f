// src/app/render_pool.h — renders in child processes: their table of jobs, their fonts, their limits.
//
// Shape    main() asks runs_as_render_pool() before anything else. A server gets its pool from start_render_pool();
//          null when tasks.render_processes is 0.
// Errors   start_render_pool: Unavailable, when this program cannot be started a second time.
// Owner    as pool::ProcessPool.
// Threads  any.
#pragma once

#include <memory>
#include <optional>

#include "app/config.h"
#include "document/document.h"
#include "pool/process_pool.h"

namespace galley::app {

inline constexpr std::uint32_t kRenderRoomJob = 0;
inline constexpr std::uint32_t kRenderHtmlJob = 1;
inline constexpr std::uint32_t kEchoJob = 2;
inline constexpr std::uint32_t kRenderDocumentJob = 3;

// The exit code, when this process was started to be the parent of render processes.
std::optional<int> run_as_render_pool(int argc, const char* const* argv);

Result<std::unique_ptr<pool::ProcessPool>> start_render_pool(const ServeConfig& config);
// Whatever path a child names: a regular file that begins as fonts do, or a hyphenation dictionary by its place and
// name, and nothing else.
Result<os::RegularFile> open_font(const std::string& path);

}  // namespace galley::app
