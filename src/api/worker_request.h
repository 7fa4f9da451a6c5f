// src/api/worker_request.h — what workers ask for and report, read from the bodies of their calls (R56).
//
// Errors   InvalidInput with the pointer of each fault; Forbidden without the right to serve tasks.
// Threads  any.
// Limits   tasks/outside.h: tasks, kinds and queues of a lease, tasks of a heartbeat or a batch of ends.
// Source   docs/workers.md.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "codec/object_reader.h"
#include "tasks/outside.h"

namespace galley::api {

inline constexpr std::int64_t kLeaseWaitSecondsMax = 60;
inline constexpr std::int64_t kSnoozeSecondsMax = 365LL * 24 * 3600;

struct LeaseAsked {
    tasks::LeaseRequest request;
    Duration wait{};
};
Result<LeaseAsked> lease_from_body(const Call& call);

struct Held {
    tasks::WorkerIdentity who;
    std::vector<tasks::HeldTask> tasks;
};
Result<Held> held_from_body(const Call& call);
// The one in the path.
Result<Held> one_held_from_body(const Call& call);

struct Ends {
    tasks::WorkerIdentity who;
    std::vector<tasks::OutsideEnd> ends;
};
// Reads what one kind of end has besides task and attempt.
using ReadEnd = void (*)(codec::ObjectReader& reader, tasks::OutsideEnd& end);
void read_completion(codec::ObjectReader& reader, tasks::OutsideEnd& end);
void read_failure(codec::ObjectReader& reader, tasks::OutsideEnd& end);
void read_snooze(codec::ObjectReader& reader, tasks::OutsideEnd& end);
void read_release(codec::ObjectReader& reader, tasks::OutsideEnd& end);

Result<Ends> ends_from_body(const Call& call, ReadEnd read);
Result<Ends> one_end_from_body(const Call& call, ReadEnd read);

struct ProgressReport {
    tasks::WorkerIdentity who;
    int attempt = 0;
    int percent = 0;
    std::string message;
    std::vector<std::string> log;
};
Result<ProgressReport> progress_from_body(const Call& call);

}  // namespace galley::api
