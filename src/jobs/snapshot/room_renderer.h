// src/jobs/snapshot/room_renderer.h — from a room's canonical JSON to its PDF: template step, then document engine.
//
// Shape    render(canonical_json) → PDF bytes and page count. version() names everything else that decides the bytes
//          (template
//          text and engine), and so belongs into the content hash.
// Errors   those of template and engine; Cancelled when `cancelled` became true.
// Owner    borrows the engine. The template is embedded in the binary (assets/templates/room_snapshot.html.j2).
// Threads  any.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "document/document.h"
#include "template/template.h"

namespace galley::jobs {

class RoomRenderer {
 public:
    static Result<std::unique_ptr<RoomRenderer>> create(document::Engine& engine);

    struct Options {
        const std::atomic<bool>* cancelled = nullptr;
        std::function<void(document::RenderPhase, int pages)> progress = {};
    };
    Result<document::Rendered> render(std::string_view canonical_json, const Options& options) const;
    const std::string& version() const { return version_; }

 private:
    RoomRenderer(document::Engine& engine, templates::Template room_template, std::string version);

    document::Engine& engine_;
    templates::Template template_;
    std::string version_;
};

// The filled template alone: what `galley render room.json` prints with --html.
Result<std::string> room_html(std::string_view canonical_json);

}  // namespace galley::jobs
