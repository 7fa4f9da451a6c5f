// src/jobs/render/render_kind.h — the kind `render_document`: makes a document that was asked for (R30).
//
// Shape    input {"content_hash", "fetch"?}. From the cache, or made once; then the row is completed in the transaction
//          that completes the task. Progress 10 (parsed), 20 to 80 by page, 90 (written), 100. Result {"content_hash",
//          "file_size", "page_count", "cached", "download_url", "warnings", "resources"}; warnings are logged, too.
//          With "fetch" true it is a question for the web (order.h): each task fetches anew, and its result names the
//          document that this time came of it, which whoever asked then holds as well.
// Errors   a document that was deleted cancels its task; a limit, a template's fault or a missing resource under the
//          policy `fail` fails it for good. The death of the child process ends the attempt (Outcome::died); that none
//          could be made puts the task off.
// Owner    borrows all it is given.
// Threads  any of the engine's workers.
// Limits   kWarningsLogged lines of the log.
#pragma once

#include "jobs/monitoring/metrics_journal.h"
#include "jobs/render/document_maker.h"
#include "jobs/render/document_store.h"
#include "os/clock.h"
#include "tasks/engine.h"

namespace galley::jobs {

inline constexpr const char* kRenderKind = "render_document";
inline constexpr const char* kRenderQueue = "documents";
inline constexpr std::size_t kWarningsLogged = 100;

struct RenderParts {
    DocumentStore& store;
    DocumentMaker& maker;
    MetricsJournal& journal;
    const os::Clock& clock;
};

void register_render_kind(tasks::TaskEngine& engine, const RenderParts& parts);

enum class Fetching : std::uint8_t { No, Yes };
// The task that makes it; enqueue it in the transaction that holds the document.
tasks::NewTask render_task(const Digest& hash, Fetching fetching);

// Where a document is downloaded.
std::string document_path(const Digest& hash);

}  // namespace galley::jobs
