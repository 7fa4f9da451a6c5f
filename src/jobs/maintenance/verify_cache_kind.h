// src/jobs/maintenance/verify_cache_kind.h — the kind `maintenance.verify_cache`: reads cached documents and removes
// those that are damaged, so that they are made again from their kept input (R26).
//
// Shape    input null or {"bytes_max"}; result {"documents_checked", "documents_damaged", "bytes_checked", "whole"}.
//          `whole` is false when the bound ended the walk: the next task goes on behind it, and the first one after a
//          start begins anywhere.
// Errors   the task is tried again when the folder cannot be read.
// Owner    borrows the cache.
// Threads  the engine's workers.
// Limits   kVerifyBytesMax a task unless the input says otherwise.
// Source   R64, R80.
#pragma once

#include "cache/document_cache.h"
#include "os/random.h"
#include "tasks/engine.h"

namespace galley::jobs {

inline constexpr std::int64_t kVerifyBytesMax = std::int64_t{4} << 30;

void register_verify_cache(tasks::TaskEngine& engine, cache::DocumentCache& documents, os::Random& random);

}  // namespace galley::jobs
