#include "pool/process_pool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <latch>
#include <set>
#include <stdexcept>
#include <thread>

#include "os/child_process.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "pool/parent.h"

namespace galley::pool {
namespace {

enum TestJob : std::uint32_t {
    kEcho,
    kSegfault,
    kAbort,
    kExit,
    kThrow,
    kEatMemory,
    kSpin,
    kHang,
    kGarbage,
    kCloseChannel,
    kPid,
    kParentPid,
    kLargeReply,
    kFail,
    kReadFile,
    kAttempt,
    kBigFault
};

int warmed_in = 0;  // the pool parent's number, known to its children

// Never kill(2) with a number from elsewhere: -1 is everybody.
int kill_one(int pid) {
    GALLEY_CHECK(pid > 1);
    return kill(pid, SIGKILL);
}

Result<Bytes> outcome(bool succeeded) {
    return Bytes(succeeded ? "done" : std::strerror(errno));
}

// Things that a child must not be able to do, by name.
Result<Bytes> attempt(std::string_view what) {
    if (what == "fork") return outcome(fork() >= 0);
    if (what == "socket") return outcome(socket(AF_INET, SOCK_STREAM, 0) >= 0);
    if (what == "write_file") return outcome(::open("/tmp/galley-pool-test", O_CREAT | O_WRONLY, 0600) >= 0);
    if (what == "read_file") return outcome(::open("/etc/passwd", O_RDONLY) >= 0);
    if (what == "kill_parent") return outcome(kill_one(warmed_in) == 0);
    if (what == "execute") return outcome(execl("/bin/true", "true", nullptr) == 0);
    if (what == "memory_file") return outcome(memfd_create("x", 0) >= 0);
    if (what == "executable_memory")
        return outcome(mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                       MAP_FAILED);
    return fail(ErrorCode::InvalidInput, "what?");
}

Result<Bytes> eat_memory() {
    std::vector<Bytes> eaten;
    for (;;) eaten.emplace_back(1 << 20, 'x');
}

[[noreturn]] void wait_for_ever() {
    for (;;) poll(nullptr, 0, -1);
}

Result<Bytes> hang(JobContext& job) {
    job.progress(42, std::to_string(getpid()));
    wait_for_ever();
}

Result<Bytes> garbage(JobContext&) {
    (void)!::write(3, "\x09nonsense", 9);
    wait_for_ever();
}

JobTable table() {
    JobTable table;
    table.warm_up = [] { warmed_in = getpid(); };
    table.jobs = {
        [](JobContext& job) -> Result<Bytes> { return Bytes(job.input()); },
        [](JobContext&) -> Result<Bytes> {
            raise(SIGSEGV);
            wait_for_ever();
        },
        [](JobContext&) -> Result<Bytes> { std::abort(); },
        [](JobContext&) -> Result<Bytes> { _exit(7); },
        [](JobContext&) -> Result<Bytes> { throw std::runtime_error("never caught"); },
        [](JobContext&) { return eat_memory(); },
        [](JobContext&) -> Result<Bytes> {
            for (volatile unsigned i = 0;; i = i + 1) {
            }
        },
        hang,
        garbage,
        [](JobContext&) -> Result<Bytes> {
            ::close(3);
            wait_for_ever();
        },
        [](JobContext&) -> Result<Bytes> { return std::to_string(getpid()); },
        [](JobContext&) -> Result<Bytes> { return std::to_string(warmed_in); },
        [](JobContext& job) -> Result<Bytes> { return Bytes(std::stoul(std::string(job.input())), 'y'); },
        [](JobContext&) -> Result<Bytes> { return fail(ErrorCode::Conflict, "not today", "/x"); },
        [](JobContext& job) { return job.read_file(job.input(), 1 << 20); },
        [](JobContext& job) { return attempt(job.input()); },
        [](JobContext&) -> Result<Bytes> {
            return fail(ErrorCode::Conflict, std::string(100'000, 'm'), std::string(100'000, 'w'));
        },
    };
    return table;
}

class ProcessPoolTest : public testing::Test {
 protected:
    void start(PoolOptions options = {}) {
        auto started = ProcessPool::start(std::move(options), os::system_clock());
        ASSERT_TRUE(started) << started.error().to_string();
        pool = std::move(*started);
    }
    JobEnd run(std::uint32_t job, std::string_view input = {}) { return pool->run({.job = job, .input = input}); }
    std::string reply(std::uint32_t job, std::string_view input = {}) {
        const JobEnd end = run(job, input);
        return end.reply ? *end.reply : end.reply.error().to_string();
    }
    // The pool works, and did not need to start anew.
    void expect_well() {
        EXPECT_EQ(reply(kEcho, "after"), "after");
        EXPECT_EQ(pool->stats().parents_started, 1U);
    }
    std::unique_ptr<ProcessPool> pool;
};

TEST_F(ProcessPoolTest, AJobGivesItsBytes) {
    start();
    EXPECT_EQ(reply(kEcho, "hello"), "hello");
    EXPECT_EQ(reply(kEcho, ""), "");
}

TEST_F(ProcessPoolTest, LargeInputsAndRepliesComeWhole) {
    start({.reply_bytes_max = 20u << 20});
    for (const std::size_t size : {32u << 10, (32u << 10) + 1, 5u << 20, 20u << 20}) {
        std::string input(size, 'a');
        for (std::size_t i = 0; i < size; i += 997) input[i] = static_cast<char>('a' + i % 26);
        EXPECT_TRUE(reply(kEcho, input) == input) << size;
    }
    EXPECT_EQ(run(kEcho, std::string((20u << 20) + 1, 'a')).reply.error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(run(kLargeReply, std::to_string((20u << 20) + 1)).reply.error().code, ErrorCode::LimitExceeded);
    expect_well();
}

TEST_F(ProcessPoolTest, AJobsErrorArrivesWithItsPlace) {
    start();
    const JobEnd end = run(kFail);
    ASSERT_FALSE(end.reply);
    EXPECT_EQ(end.reply.error().to_string(), "conflict: not today (at /x)");
    EXPECT_FALSE(end.death);
    EXPECT_EQ(run(kBigFault).reply.error().message.size(), 4'000U);
    expect_well();
}

TEST_F(ProcessPoolTest, AChildServesManyJobsAndHasWhatTheParentWarmedUp) {
    start();
    const std::string parent = reply(kParentPid);
    EXPECT_EQ(reply(kPid), reply(kPid));
    EXPECT_GT(std::stoi(parent), 1);
    EXPECT_NE(parent, std::to_string(getpid()));
}

struct DeathCase {
    const char* name;
    std::uint32_t job;
    int signal;
    int exit_status;
};
class ProcessPoolDeath : public ProcessPoolTest, public testing::WithParamInterface<DeathCase> {};

TEST_P(ProcessPoolDeath, IsToldWithSignalMemoryAndTime) {
    start();
    const JobEnd end = run(GetParam().job);
    ASSERT_FALSE(end.reply);
    EXPECT_EQ(end.reply.error().code, ErrorCode::Unavailable);
    ASSERT_TRUE(end.death) << end.reply.error().to_string();
    if (os::limits_can_be_set()) {  // a sanitizer ends its process in its own way
        EXPECT_EQ(end.death->signal, GetParam().signal);
        EXPECT_EQ(end.death->exit_status, GetParam().exit_status);
    }
    EXPECT_GT(end.death->peak_memory_bytes, 0U);
    EXPECT_EQ(pool->stats().deaths, 1U);
    expect_well();
}
INSTANTIATE_TEST_SUITE_P(Ways, ProcessPoolDeath,
                         testing::Values(DeathCase{"Segfault", kSegfault, SIGSEGV, 0},
                                         DeathCase{"Abort", kAbort, SIGABRT, 0}, DeathCase{"Exit", kExit, 0, 7},
                                         DeathCase{"Exception", kThrow, SIGABRT, 0}),
                         [](const auto& info) { return info.param.name; });

TEST_F(ProcessPoolTest, AChildKilledFromOutsideIsADeathWithItsLastProgress) {
    start();
    const auto kill_it = [](int, std::string_view pid) { kill_one(std::stoi(std::string(pid))); };
    const JobEnd end = pool->run({.job = kHang, .on_progress = kill_it});
    ASSERT_TRUE(end.death);
    EXPECT_EQ(end.death->signal, SIGKILL);
    EXPECT_EQ(end.death->progress, 42);
    EXPECT_EQ(end.reply.error().to_string().find("unavailable: the child process was killed by SIGKILL; peak memory "),
              0U)
        << end.reply.error().to_string();
    expect_well();
}

TEST_F(ProcessPoolTest, AnIdleChildThatDiesIsNobodysDeath) {
    start();
    const std::string pid = reply(kPid);
    kill_one(std::stoi(pid));
    EXPECT_NE(reply(kPid), pid);
    EXPECT_EQ(pool->stats().deaths, 0U);
}

TEST_F(ProcessPoolTest, MemoryBeyondTheLimitIsALimitAndNoDeath) {
    if (!os::limits_can_be_set()) GTEST_SKIP() << "sanitizers need memory without bound";
    start({.memory_bytes_max = 256u << 20});
    const JobEnd end = run(kEatMemory);
    ASSERT_FALSE(end.reply);
    EXPECT_EQ(end.reply.error().code, ErrorCode::LimitExceeded) << end.reply.error().to_string();
    EXPECT_NE(end.reply.error().message.find("256 MiB"), std::string::npos);
    EXPECT_FALSE(end.death);
    expect_well();
}

TEST_F(ProcessPoolTest, AnEndlessLoopEndsWithItsProcessorTime) {
    start();
    const JobEnd end = pool->run({.job = kSpin, .limits = {.cpu = std::chrono::seconds(1)}});
    ASSERT_FALSE(end.reply);
    EXPECT_EQ(end.reply.error().code, ErrorCode::LimitExceeded) << end.reply.error().to_string();
    EXPECT_NE(end.reply.error().message.find("SIGXCPU"), std::string::npos);
    EXPECT_FALSE(end.death);
    expect_well();
}

TEST_F(ProcessPoolTest, AJobThatWaitsForEverEndsWithItsWallTime) {
    start();
    const JobEnd end = pool->run({.job = kHang, .limits = {.wall = std::chrono::milliseconds(200)}});
    ASSERT_FALSE(end.reply);
    EXPECT_EQ(end.reply.error().code, ErrorCode::DeadlineExceeded) << end.reply.error().to_string();
    EXPECT_FALSE(end.death);
    expect_well();
}

TEST_F(ProcessPoolTest, AStopKillsTheChildAndItsReplyIsNotUsed) {
    start();
    std::stop_source stop;
    const JobEnd end = pool->run(
        {.job = kHang, .stop = stop.get_token(), .on_progress = [&](int, std::string_view) { stop.request_stop(); }});
    ASSERT_FALSE(end.reply);
    EXPECT_EQ(end.reply.error().code, ErrorCode::Cancelled);
    EXPECT_FALSE(end.death);
    EXPECT_EQ(pool->run({.job = kEcho, .stop = stop.get_token()}).reply.error().code, ErrorCode::Cancelled);
    expect_well();
}

TEST_F(ProcessPoolTest, AStopReachesWhoWaitsForAChild) {
    start();
    std::stop_source stop;
    std::stop_source waiting;
    std::latch busy(1);
    std::thread holder([&] {
        (void)pool->run(
            {.job = kHang, .stop = stop.get_token(), .on_progress = [&](int, std::string_view) { busy.count_down(); }});
    });
    busy.wait();
    std::thread waiter([&] {
        EXPECT_EQ(pool->run({.job = kEcho, .stop = waiting.get_token()}).reply.error().code, ErrorCode::Cancelled);
    });
    waiting.request_stop();
    waiter.join();
    stop.request_stop();
    holder.join();
    expect_well();
}

TEST_F(ProcessPoolTest, AChildThatTalksNonsenseIsKilled) {
    start();
    EXPECT_EQ(run(kGarbage).reply.error().code, ErrorCode::Corrupt);
    expect_well();
}

TEST_F(ProcessPoolTest, AChildThatClosesItsChannelIsKilledInTime) {
    start();
    const JobEnd end = pool->run({.job = kCloseChannel, .limits = {.wall = std::chrono::milliseconds(200)}});
    EXPECT_EQ(end.reply.error().code, ErrorCode::DeadlineExceeded) << end.reply.error().to_string();
    expect_well();
}

class ProcessPoolAttempt : public ProcessPoolTest, public testing::WithParamInterface<const char*> {};

TEST_P(ProcessPoolAttempt, IsRefused) {
    start();
    const std::string got = reply(kAttempt, GetParam());
    ASSERT_TRUE(pool->stats().not_enforced);
    if (pool->stats().not_enforced->find("seccomp") != std::string::npos)
        GTEST_SKIP() << "this machine does not filter system calls";
    EXPECT_EQ(got, std::strerror(EPERM));
    expect_well();
}
INSTANTIATE_TEST_SUITE_P(Calls, ProcessPoolAttempt,
                         testing::Values("fork", "socket", "write_file", "read_file", "kill_parent", "execute",
                                         "memory_file", "executable_memory"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(ProcessPoolTest, AFileComesThroughTheServersDoorAlone) {
    std::set<std::string> asked;
    const FileDoor door = [&](const std::string& path) -> Result<os::RegularFile> {
        asked.insert(path);
        if (path != "/proc/self/cmdline-of-the-server") return fail(ErrorCode::Forbidden, "no");
        os::Descriptor file(memfd_create("file", MFD_CLOEXEC));
        (void)!::write(file.get(), "content", 7);
        return os::RegularFile{std::move(file), 7};
    };
    start({.open_file = door});
    EXPECT_EQ(reply(kReadFile, "/proc/self/cmdline-of-the-server"), "content");
    EXPECT_EQ(reply(kReadFile, "/etc/shadow"), "not_found: the server does not open /etc/shadow");
    EXPECT_EQ(asked.size(), 2U);
    expect_well();
}

TEST_F(ProcessPoolTest, AParentThatDiesIsStartedAnewAndTheJobRunsAgain) {
    start();
    const std::string parent = reply(kParentPid);
    std::atomic<int> begun = 0;
    std::stop_source stop;
    const auto on_progress = [&](int, std::string_view) {
        if (++begun == 1)
            kill_one(std::stoi(parent));
        else
            stop.request_stop();
    };
    const JobEnd end = pool->run({.job = kHang, .stop = stop.get_token(), .on_progress = on_progress});
    EXPECT_EQ(end.reply.error().code, ErrorCode::Cancelled) << end.reply.error().to_string();
    EXPECT_EQ(begun, 2);
    EXPECT_NE(reply(kParentPid), parent);
    EXPECT_EQ(pool->stats().parents_started, 2U);
    EXPECT_EQ(pool->stats().deaths, 0U);
}

TEST_F(ProcessPoolTest, ChildrenAreReplacedAfterTheirShareOfJobs) {
    start({.recycle_jobs = 2});
    std::set<std::string> pids;
    for (int i = 0; i < 6; ++i) pids.insert(reply(kPid));
    EXPECT_EQ(pids.size(), 3U);
    EXPECT_EQ(pool->stats().recycled, 3U);
}

TEST_F(ProcessPoolTest, ChildrenThatGrewAreReplaced) {
    start({.recycle_memory_bytes = 1});
    EXPECT_NE(reply(kPid), reply(kPid));
}

TEST_F(ProcessPoolTest, AThousandJobsOfManyThreadsAllComeBack) {
    start({.children_max = 3, .recycle_jobs = 50});
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 10; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i) {
                const std::string text = std::to_string(t * 1000 + i);
                right += reply(i % 10 == 3 ? kAbort : kEcho, text) == text;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(right, 900);
    EXPECT_EQ(pool->stats().deaths, 100U);
    EXPECT_LE(pool->stats().children, 3U);
    expect_well();
}

TEST_F(ProcessPoolTest, NothingIsLeftWhenThePoolGoes) {
    start();
    const int parent = std::stoi(reply(kParentPid));
    pool.reset();
    ASSERT_GT(parent, 1);
    EXPECT_EQ(kill(parent, 0), -1);
}

TEST_F(ProcessPoolTest, ADeathIsToldInOneLine) {
    const Death death{.signal = SIGSEGV,
                      .peak_memory_bytes = 3u << 20,
                      .cpu = std::chrono::milliseconds(1240),
                      .progress = 60,
                      .message = "laid out",
                      .near_memory_limit = true};
    EXPECT_EQ(death.to_string(),
              "killed by SIGSEGV; peak memory 3.0 MiB (the limit), processor time 1.2 s, at 60 % (laid out)");
    EXPECT_EQ(Death{.exit_status = 3}.to_string(), "exited with 3; peak memory 0.0 MiB, processor time 0.0 s, at 0 %");
}

}  // namespace
}  // namespace galley::pool

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == galley::pool::kParentArgument)
        return galley::pool::run_parent(galley::pool::table());
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
