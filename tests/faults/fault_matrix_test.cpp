// R124, R130: every operation on either disk fails once at each point, in each way, while a day of work runs. What was
// acknowledged is there after reopening; what was not is whole or absent.
//
// By default points are taken in strides, so that the whole takes well below a minute; GALLEY_FAULT_STRIDE=1 runs all,
// GALLEY_FAULT_FROM=n begins at the n-th.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/log.h"
#include "faults/day.h"
#include "faults/verdict.h"
#include "store/testing/fault_vfs.h"

namespace galley::faults {
namespace {

using store::testing::DiskFault;
using store::testing::FaultVfs;

// Faults are the subject here; the warnings about them would fill the screen.
[[maybe_unused]] const bool kQuiet = (configure_log(LogLevel::Off, LogFormat::Text), true);

enum class Disk : std::uint8_t { Database, Cache };

struct FaultKind {
    const char* name;
    Disk disk;
    DiskFault database_fault;
    os::Fault cache_fault;
    bool cuts_power;
};

constexpr os::Fault kNoFault = os::Fault::Error;
constexpr FaultKind kKinds[] = {
    {"DatabaseError", Disk::Database, DiskFault::Error, kNoFault, false},
    {"DatabaseShortWrite", Disk::Database, DiskFault::Short, kNoFault, false},
    {"DatabaseDiskFull", Disk::Database, DiskFault::Full, kNoFault, false},
    {"DatabaseStaysFull", Disk::Database, DiskFault::FullOn, kNoFault, false},
    {"DatabaseStaysBroken", Disk::Database, DiskFault::ErrorOn, kNoFault, false},
    {"DatabasePowerCut", Disk::Database, DiskFault::PowerCut, kNoFault, true},
    {"DatabasePowerTorn", Disk::Database, DiskFault::PowerTorn, kNoFault, true},
    {"CacheError", Disk::Cache, {}, os::Fault::Error, false},
    {"CacheDiskFull", Disk::Cache, {}, os::Fault::DiskFull, false},
    {"CacheErrorAfter", Disk::Cache, {}, os::Fault::ErrorAfter, false},
    {"CachePowerCut", Disk::Cache, {}, os::Fault::Crash, true},
};

// How many operations of the counted sort there were until now.
std::uint64_t operations(const FaultKind& kind, const Machine& machine) {
    if (kind.disk == Disk::Cache) return static_cast<std::uint64_t>(machine.files.calls());
    return kind.database_fault == DiskFault::Error ? FaultVfs::instance().calls() : FaultVfs::instance().changes();
}

void arm(const FaultKind& kind, Machine& machine, std::uint64_t point) {
    if (kind.disk == Disk::Database)
        return FaultVfs::instance().fail_call(static_cast<int>(point), kind.database_fault);
    machine.files.fail_call(static_cast<std::int64_t>(point), kind.cache_fault);
}

// The process as long as the disks let it live. A start that fails is tried again, as a supervisor would.
std::unique_ptr<Service> open_service(Machine& machine, Ledger& ledger, std::uint64_t cache_memory_bytes) {
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto opened = Service::open(machine, cache_memory_bytes);
        if (opened) return std::move(*opened);
        ledger.refused.push_back("start: " + opened.error().to_string());
        if (opened.error().code != ErrorCode::Unavailable)
            ledger.complain("a failing disk ends the start with " + ledger.refused.back());
        FaultVfs::instance().break_disk(0);
    }
    return nullptr;
}

void live_through_the_day(Machine& machine, Ledger& ledger) {
    constexpr std::uint64_t kMegabyte = 1'000'000;
    for (const auto part : {&Day::morning, &Day::afternoon}) {
        const bool first = part == &Day::morning;
        auto service = open_service(machine, ledger, first ? 0 : kMegabyte);
        if (!service) return;
        (Day(*service, ledger).*part)();
        service->stop();
    }
}

struct Outcome {
    std::uint64_t operations = 0;
    bool happened = false;
    Ledger ledger;
};

// Once the power is cut, waiting for tasks is in vain: what the day misses then is no complaint.
Outcome run_day(const FaultKind& kind, std::optional<std::uint64_t> point) {
    Machine machine;
    Outcome outcome;
    const std::uint64_t before = operations(kind, machine);
    if (point) arm(kind, machine, *point);
    live_through_the_day(machine, outcome.ledger);
    outcome.operations = operations(kind, machine) - before;
    FaultVfs::instance().mend_disk();
    machine.files.mend();
    if (kind.cuts_power && point) {
        outcome.ledger.wrong.clear();
        machine.restore_power(static_cast<std::uint32_t>(*point));
    }
    auto service = Service::open(machine);
    if (!service) {
        outcome.ledger.complain("does not start again: " + service.error().to_string());
        return outcome;
    }
    if (!Day(**service, outcome.ledger).settle()) outcome.ledger.complain("tasks are stuck after reopening");
    judge(**service, outcome.ledger);
    return outcome;
}

std::optional<std::uint64_t> number_given(const char* variable) {
    const char* text = std::getenv(variable);
    return text == nullptr ? std::nullopt : std::optional<std::uint64_t>(std::strtoull(text, nullptr, 10));
}

std::uint64_t stride_of(std::uint64_t points) {
    constexpr std::uint64_t kRunsByDefault = 25;  // of each kind
    return std::max<std::uint64_t>(1, number_given("GALLEY_FAULT_STRIDE").value_or(points / kRunsByDefault));
}

class FaultMatrix : public testing::TestWithParam<FaultKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, FaultMatrix, testing::ValuesIn(kKinds),
                         [](const auto& info) { return info.param.name; });

TEST_P(FaultMatrix, WhatWasAcknowledgedIsThereAndWhatWasNotIsWholeOrAbsent) {
    const FaultKind& kind = GetParam();
    const Outcome quiet = run_day(kind, std::nullopt);
    ASSERT_EQ(quiet.ledger.refused, std::vector<std::string>());
    ASSERT_EQ(quiet.ledger.wrong, std::vector<std::string>());
    const std::uint64_t stride = stride_of(quiet.operations);
    std::uint64_t runs = 0;
    std::size_t refused_most = 0;
    // Threads make a day a little longer or shorter each time: some points beyond the quiet day's last one.
    for (std::uint64_t point = number_given("GALLEY_FAULT_FROM").value_or(0); point < quiet.operations + 5;
         point += stride) {
        SCOPED_TRACE(fmt::format("{} at operation {}", kind.name, point));
        const Outcome outcome = run_day(kind, point);
        ++runs;
        EXPECT_EQ(outcome.ledger.wrong, std::vector<std::string>()) << testing::PrintToString(outcome.ledger.refused);
        if (!kind.cuts_power) refused_most = std::max(refused_most, outcome.ledger.refused.size());
        if (HasFailure()) return;
    }
    fmt::print("{}: {} of {} points, at most {} steps refused\n", kind.name, runs, quiet.operations, refused_most);
    EXPECT_LE(refused_most, 2u) << "one fault must not refuse more than the step that it strikes";
}

}  // namespace
}  // namespace galley::faults
