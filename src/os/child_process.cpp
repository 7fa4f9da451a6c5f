#include "os/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace galley::os {
namespace {

constexpr int kInheritedChannel = 3;
constexpr const char* kThisProgram = "/proc/self/exe";

std::unexpected<Error> cannot(const char* what, int error) {
    return fail(ErrorCode::Unavailable, std::string(what) + ": " + std::generic_category().message(error));
}

Duration to_duration(const timeval& time) {
    return std::chrono::duration_cast<Duration>(std::chrono::seconds(time.tv_sec) +
                                                std::chrono::microseconds(time.tv_usec));
}

ChildEnd describe(int pid, int status, const rusage& usage) {
    ChildEnd end;
    end.pid = pid;
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    if (WIFEXITED(status)) end.exit_status = WEXITSTATUS(status);
    end.peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    end.cpu = to_duration(usage.ru_utime) + to_duration(usage.ru_stime);
    return end;
}

std::optional<ChildEnd> reap(int flags) {
    int status = 0;
    rusage usage{};
    pid_t pid = 0;
    do pid = wait4(-1, &status, flags, &usage);
    while (pid < 0 && errno == EINTR);
    if (pid <= 0) return std::nullopt;
    return describe(pid, status, usage);
}

constexpr std::string_view kKeptVariables[] = {
    "PATH=", "HOME=", "LANG=", "LC_",    "TZ=",   "TMPDIR=",   "XDG_",     "FONTCONFIG_", "FC_",    "LD_",
    "ASAN_", "LSAN_", "TSAN_", "UBSAN_", "LLVM_", "MIMALLOC_", "FAKETIME", "DONT_FAKE",   "NO_FAKE"};

std::vector<char*> kept_environment() {
    std::vector<char*> kept;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view variable = *entry;
        if (std::ranges::any_of(kKeptVariables, [&](std::string_view name) { return variable.starts_with(name); }))
            kept.push_back(*entry);
    }
    kept.push_back(nullptr);
    return kept;
}

// What a process started by posix_spawn has open, in the terms of that call.
class SpawnActions {
 public:
    explicit SpawnActions(int channel) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        // Onto its own number it would keep its close-on-exec flag but for this call, which takes the flag off.
        posix_spawn_file_actions_adddup2(&actions_, channel, kInheritedChannel);
        posix_spawn_file_actions_addclosefrom_np(&actions_, kInheritedChannel + 1);
    }
    ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
    posix_spawn_file_actions_t actions_{};
};

}  // namespace

Result<SpawnedProcess> spawn_self(const char* argument) {
    GALLEY_TRY(ChannelPair pair, make_channel());
    const SpawnActions actions(pair.theirs.get());
    char name[] = "galley";
    std::string copy = argument;
    char* const arguments[] = {name, copy.data(), nullptr};
    pid_t pid = 0;
    const std::vector<char*> variables = kept_environment();
    const int error = posix_spawn(&pid, kThisProgram, actions.get(), nullptr, arguments, variables.data());
    if (error != 0) return cannot("cannot start this program anew", error);
    return SpawnedProcess{std::move(pair.ours), pid};
}

void end_process(int pid) {
    if (pid <= 1) return;
    kill(pid, SIGKILL);
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

Descriptor inherited_channel() {
    struct stat info{};
    if (fstat(kInheritedChannel, &info) != 0 || !S_ISSOCK(info.st_mode)) return {};
    fcntl(kInheritedChannel, F_SETFD, FD_CLOEXEC);
    return Descriptor(kInheritedChannel);
}

ChildEnds::ChildEnds() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    descriptor_ = Descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

std::optional<ChildEnd> ChildEnds::next() {
    signalfd_siginfo ignored;
    while (::read(descriptor_.get(), &ignored, sizeof ignored) > 0) {
    }
    return reap(WNOHANG);
}

ChildEnd ChildEnds::wait() {
    return reap(0).value_or(ChildEnd{});
}

Result<int> fork_child(const std::function<void()>& body) {
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) return cannot("cannot fork", errno);
    if (pid > 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) end_this_process(1);  // it died before the line above
    body();
    end_this_process(0);
}

void kill_child(int pid) {
    GALLEY_CHECK(pid > 1);  // 0 and -1 would be many
    kill(pid, SIGKILL);
}

void keep_descriptors(std::span<const int> kept) {
    constexpr int kFirst = 3;
    const int count = static_cast<int>(kept.size());
    int copies[kPacketDescriptorsMax];
    GALLEY_CHECK(kept.size() <= kPacketDescriptorsMax);
    // Beyond the target numbers first, so that no copy lands on an original that is still needed.
    for (int i = 0; i < count; ++i) copies[i] = fcntl(kept[static_cast<std::size_t>(i)], F_DUPFD, kFirst + count);
    for (int i = 0; i < count; ++i) dup3(copies[i], kFirst + i, O_CLOEXEC);
    close_range(static_cast<unsigned>(kFirst + count), ~0U, 0);
}

void end_this_process(int status) {
    _exit(status);
}

int thread_count() {
    std::error_code error;
    int count = 0;
    for (std::filesystem::directory_iterator task("/proc/self/task", error), end; !error && task != end;
         task.increment(error))
        ++count;
    return count;
}

void set_process_name(const char* name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

std::string signal_name(int signal) {
    const char* const name = sigabbrev_np(signal);
    return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

Readable wait_readable(const Descriptor& first, const Descriptor& second) {
    pollfd looked[] = {{first.get(), POLLIN, 0}, {second.get(), POLLIN, 0}};
    while (poll(looked, 2, -1) < 0 && errno == EINTR) {
    }
    return {looked[0].revents != 0, looked[1].revents != 0};
}

}  // namespace galley::os
