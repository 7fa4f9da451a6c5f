// src/jobs/snapshot/room_renderer.h — from a room's canonical JSON to its PDF: template step, then document engine.
//
// Shape    render(canonical_json) → PDF bytes and page count, in a child process after use_processes(), else on the
//          caller's thread. version() names everything else that decides the bytes (template text and engine), and so
//          belongs into the content hash.
// Errors   those of template and engine; Cancelled after a stop. From a child process those of pool::ProcessPool too.
// Owner    borrows the engine and the pool. The template is embedded in the binary
//          (assets/templates/room_snapshot.html.j2).
// Threads  any; use_processes() before the first render.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "document/document.h"
#include "pool/process_pool.h"
#include "template/template.h"

namespace galley::jobs {

class RoomRenderer {
 public:
    static Result<std::unique_ptr<RoomRenderer>> create(document::Engine& engine);

    struct Options {
        std::stop_token stop{};
        Duration wall_time = std::chrono::minutes(5);  // of a child process; the thread of a caller is never killed
        std::function<void(int percent, std::string_view message)> progress = {};
        std::function<void(const pool::Death&)> on_death = {};  // of the child process: before its error is given
    };
    Result<document::Rendered> render(std::string_view canonical_json, const Options& options) const;
    const std::string& version() const { return version_; }

    // `job` is the number under which the pool's table has make_here().
    void use_processes(pool::ProcessPool& pool, std::uint32_t job, Duration cpu_time);
    // What a child process does.
    Result<document::Rendered> make_here(std::string_view canonical_json, const Options& options) const;

 private:
    RoomRenderer(document::Engine& engine, templates::Template room_template, std::string version);

    document::Engine& engine_;
    templates::Template template_;
    std::string version_;
    pool::ProcessPool* pool_ = nullptr;
    std::uint32_t job_ = 0;
    Duration cpu_time_{0};
};

// The filled template alone: what `galley render room.json` prints with --html.
Result<std::string> room_html(std::string_view canonical_json);

}  // namespace galley::jobs
