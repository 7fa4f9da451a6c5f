#include "os/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace galley::os {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kUnderSanitizer = true;
#else
constexpr bool kUnderSanitizer = false;
#endif
#else
constexpr bool kUnderSanitizer = false;
#endif

// What computing, memory, time and the descriptors at hand need. write() reaches those alone.
constexpr int kAllowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrusage),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(membarrier),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

void allow_if(scmp_filter_ctx filter, int call, const scmp_arg_cmp& condition) {
    seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

void allow_with_conditions(scmp_filter_ctx filter) {
    // Memory that is written and then run is how most attacks go on.
    const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
    allow_if(filter, SCMP_SYS(mmap), not_executable);
    allow_if(filter, SCMP_SYS(mprotect), not_executable);
    // How the sanitizers find out whether an address can be read.
    if (kUnderSanitizer) {
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pipe), 0);
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pipe2), 0);
    }
    // Its own limits alone; without privileges they only go down, but for the soft one of processor time.
    allow_if(filter, SCMP_SYS(prlimit64), {0, SCMP_CMP_EQ, 0, 0});
}

// abort() signals its own thread. The process's number is known only in the child.
void allow_abort(scmp_filter_ctx filter) {
    allow_if(filter, SCMP_SYS(tgkill), {0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()), 0});
}

bool drop_capabilities() {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
        (void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);  // needs one itself; the set below is what counts
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[2] = {};
    (void)syscall(SYS_capset, &header, none);  // a service manager may have dropped them before, and this call as well
    __user_cap_data_struct left[2] = {};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capget, &header, left) != 0) return false;
    return left[0].permitted == 0 && left[1].permitted == 0;
}

bool set_limit(decltype(RLIMIT_DATA) which, std::uint64_t value) {
    const rlimit limit{value, value};
    return setrlimit(which, &limit) == 0;
}

bool limit_resources(const SandboxLimits& limits) {
    signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit fails, as it would on a full disk
    set_limit(RLIMIT_CORE, 0);
    set_limit(RLIMIT_NPROC, 0);
    if (kUnderSanitizer) return false;
    set_limit(RLIMIT_FSIZE, 0);
    return limits.memory_bytes_max != 0 && set_limit(RLIMIT_DATA, limits.memory_bytes_max);
}

// A ruleset that handles every way to reach a file and allows none.
bool close_files() {
    const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return false;
    landlock_ruleset_attr rules{};
    rules.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                              LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                              LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                              LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                              LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                              LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
    const long ruleset = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0);
    if (ruleset < 0) return false;
    const bool closed = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    ::close(static_cast<int>(ruleset));
    return closed;
}

// When memory runs out the kernel takes this process, and not the server. A request that nothing depends on.
void be_first_out_of_memory() {
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    (void)!::write(file, "500", 3);
    ::close(file);
}

}  // namespace

bool limits_can_be_set() {
    return !kUnderSanitizer;
}

std::string SandboxReport::missing() const {
    std::string list;
    const auto add = [&list](bool there, const char* what) {
        if (!there) list += (list.empty() ? "" : ", ") + std::string(what);
    };
    add(system_calls_filtered, "the filter of system calls (seccomp)");
    add(files_closed, "the refusal of files (Landlock)");
    add(capabilities_dropped, "the drop of privileges");
    add(memory_limited, "the limit of memory");
    return list;
}

Sandbox Sandbox::prepare() {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == nullptr) return Sandbox(nullptr);
    for (const int call : kAllowed) seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    allow_with_conditions(filter);
    return Sandbox(filter);
}

SandboxReport Sandbox::enter(const SandboxLimits& limits) const {
    be_first_out_of_memory();  // before the next line, which gives /proc/self to root
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    SandboxReport report;
    report.memory_limited = limit_resources(limits);
    report.capabilities_dropped = drop_capabilities();
    report.files_closed = close_files();
    if (filter_ == nullptr) return report;
    allow_abort(filter_);
    report.system_calls_filtered = seccomp_load(filter_) == 0;
    return report;
}

void allow_cpu_time(std::uint64_t seconds) {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0) return;
    rlimit limit{};
    if (getrlimit(RLIMIT_CPU, &limit) != 0) return;
    const auto used = static_cast<std::uint64_t>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 1;
    limit.rlim_cur = used + seconds;
    setrlimit(RLIMIT_CPU, &limit);
}

std::uint64_t peak_memory_bytes() {
    rusage usage{};
    return getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<std::uint64_t>(usage.ru_maxrss) * 1024 : 0;
}

}  // namespace galley::os
