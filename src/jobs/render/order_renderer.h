// src/jobs/render/order_renderer.h — makes a document of its order, here: what a child process does.
//
// Shape    render_order(engine, order, limits, progress) → PDF and report. A template is filled first. Resources are
//          the order's own files and what was fetched for it; every one that is asked for is noted, found or not. When
//          addresses are still to be fetched these alone are the answer (MadePdf::wanted).
// Errors   InvalidInput (a template's fault, with its line; a missing resource under the policy `fail`),
//          LimitExceeded (RenderLimits, resource_bytes_max), Unsupported (a template), Cancelled, those of the engine.
// Owner    borrows all for the call.
// Threads  any.
// Limits   the lower of ServerRenderLimits and the order's own.
// Source   SPEC R30, R37, R44.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "document/document.h"
#include "jobs/render/made_document.h"
#include "jobs/render/order.h"
#include "jobs/render/server_render_limits.h"

namespace galley::jobs {

struct RenderHooks {
    std::stop_token stop{};
    std::function<void(int percent, std::string_view message)> progress{};
};

Result<MadePdf> render_order(document::Engine& engine, const RenderOrder& order, const ServerRenderLimits& limits,
                             const RenderHooks& hooks);

// The order and the limits as the input of a job of the process pool, and the job itself.
Bytes render_job_input(std::string_view encoded_order, const ServerRenderLimits& limits);
Result<Bytes> run_render_job(document::Engine& engine, std::string_view input, const RenderHooks& hooks);

}  // namespace galley::jobs
