#include "os/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "os/clock.h"
#include "os/descriptor.h"

namespace galley::os {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;  // a pipe holds as much
constexpr int kPiecesPerTurn = 16;              // so that a stream without an end cannot hold up the rest
constexpr Duration kPauseMax = std::chrono::hours(1);

std::unexpected<Error> cannot(const std::string& what, int error) {
    const ErrorCode code = error == ENOENT                                         ? ErrorCode::NotFound
                           : error == EACCES || error == EPERM || error == ENOEXEC ? ErrorCode::Forbidden
                                                                                   : ErrorCode::Unavailable;
    return fail(code, what + ": " + std::generic_category().message(error));
}

struct Pipe {
    Descriptor read, write;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return cannot("no pipe", errno);
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

void make_nonblocking(const Descriptor& descriptor) {
    fcntl(descriptor.get(), F_SETFL, fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
}

struct Streams {
    Pipe input, output, errors;
};

class SpawnPlan {
 public:
    explicit SpawnPlan(const Streams& streams) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, streams.input.read.get(), STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, streams.output.write.get(), STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, streams.errors.write.get(), STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        posix_spawnattr_init(&attributes_);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    Result<int> spawn(const ProgramOrder& order) const {
        std::vector<std::string> texts;
        for (const auto& [name, value] : order.environment) texts.push_back(name + '=' + value);
        std::vector<char*> variables, arguments;
        for (std::string& text : texts) variables.push_back(text.data());
        for (const std::string& text : order.arguments) arguments.push_back(const_cast<char*>(text.c_str()));
        variables.push_back(nullptr);
        arguments.push_back(nullptr);
        pid_t pid = 0;
        const int error =
            posix_spawnp(&pid, arguments.front(), &actions_, &attributes_, arguments.data(), variables.data());
        if (error != 0) return cannot("cannot run " + order.arguments.front(), error);
        return pid;
    }

 private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// One run, from the spawned process to its end.
class Run {
 public:
    Run(const ProgramOrder& order, Streams streams, Descriptor process, int pid)
        : order_(order),
          input_(std::move(streams.input.write)),
          output_(std::move(streams.output.read)),
          errors_(std::move(streams.errors.read)),
          process_(std::move(process)),
          asked_(eventfd(0, EFD_CLOEXEC)),
          pid_(pid),
          ask_(order.stop, Wake{asked_.get()}),
          due_(system_clock().monotonic() + order.wall_time) {
        for (const Descriptor* one : {&input_, &output_, &errors_}) make_nonblocking(*one);
        if (order.input.empty()) input_ = Descriptor();
    }

    ProgramEnd finish() {
        while (!turn()) {
        }
        ::kill(-pid_, SIGKILL);  // what it left behind
        take_output();
        take_errors();
        if (!line_.empty()) tell_line();
        reap();
        return std::move(end_);
    }

 private:
    struct Wake {
        int descriptor;
        void operator()() const {
            const std::uint64_t one = 1;
            (void)!::write(descriptor, &one, sizeof one);
        }
    };

    // Waits until something is to be done, and does it. True when the process has ended.
    bool turn() {
        std::array<pollfd, 5> wanted{{{process_.get(), POLLIN, 0},
                                      {output_.get(), POLLIN, 0},
                                      {errors_.get(), POLLIN, 0},
                                      {input_.get(), POLLOUT, 0},
                                      {end_.stopped == ProgramStop::None ? asked_.get() : -1, POLLIN, 0}}};
        const auto left = std::chrono::ceil<Duration>(due_ - system_clock().monotonic());
        const auto pause = std::clamp(left, Duration(0), kPauseMax);
        if (::poll(wanted.data(), wanted.size(), static_cast<int>(pause.count())) < 0) return false;
        if (wanted[1].revents != 0) take_output();
        if (wanted[2].revents != 0) take_errors();
        if (wanted[3].revents != 0) give_input();
        if (wanted[4].revents != 0) stop(ProgramStop::Asked);
        if (system_clock().monotonic() >= due_) time_is_up();
        return wanted[0].revents != 0;
    }

    void time_is_up() {
        if (end_.stopped == ProgramStop::None) return stop(ProgramStop::TimedOut);
        ::kill(-pid_, SIGKILL);
        due_ = system_clock().monotonic() + kPauseMax;
    }

    void stop(ProgramStop why) {
        if (end_.stopped != ProgramStop::None) return;
        end_.stopped = why;
        due_ = system_clock().monotonic() + order_.grace;
        ::kill(-pid_, SIGTERM);
    }

    void give_input() {
        const std::string_view rest = order_.input.substr(given_);
        const ssize_t count = ::write(input_.get(), rest.data(), std::min(rest.size(), kPieceBytes));
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count > 0) given_ += static_cast<std::size_t>(count);
        if (count < 0 || given_ == order_.input.size()) input_ = Descriptor();  // it need not read it all
    }

    // Reads what is there, up to a bound; the descriptor goes at its end.
    template <typename Take>
    static void read_all(Descriptor& from, Take take) {
        std::string piece(kPieceBytes, '\0');
        for (int i = 0; from && i < kPiecesPerTurn; ++i) {
            const ssize_t count = ::read(from.get(), piece.data(), piece.size());
            if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
            if (count <= 0) {
                from = Descriptor();
                return;
            }
            take(std::string_view(piece).substr(0, static_cast<std::size_t>(count)));
        }
    }

    void take_output() {
        read_all(output_, [this](std::string_view piece) {
            if (end_.output.size() + piece.size() > order_.output_bytes_max) return stop(ProgramStop::OutputTooLong);
            end_.output += piece;
        });
    }

    void take_errors() {
        read_all(errors_, [this](std::string_view piece) {
            for (const char c : piece) {
                if (c == '\n') {
                    tell_line();
                } else if (line_.size() < order_.error_line_bytes_max) {
                    line_ += c;
                }
            }
        });
    }

    void tell_line() {
        if (order_.on_error_line) order_.on_error_line(line_);
        line_.clear();
    }

    void reap() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        if (WIFSIGNALED(status)) end_.signal = WTERMSIG(status);
        if (WIFEXITED(status)) end_.exit_status = WEXITSTATUS(status);
    }

    const ProgramOrder& order_;
    Descriptor input_, output_, errors_, process_, asked_;
    int pid_;
    std::size_t given_ = 0;
    std::string line_;
    ProgramEnd end_;
    std::stop_callback<Wake> ask_;
    MonotonicTime due_;  // SIGTERM; once stopped: SIGKILL
};

}  // namespace

Result<ProgramEnd> run_program(const ProgramOrder& order) {
    Streams streams;
    GALLEY_TRY(streams.input, make_pipe());
    GALLEY_TRY(streams.output, make_pipe());
    GALLEY_TRY(streams.errors, make_pipe());
    GALLEY_TRY(const int pid, SpawnPlan(streams).spawn(order));
    streams.input.read = Descriptor();
    streams.output.write = Descriptor();
    streams.errors.write = Descriptor();
    Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (!process) {
        const int error = errno;
        ::kill(-pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return cannot("cannot watch " + order.arguments.front(), error);
    }
    return Run(order, std::move(streams), std::move(process), pid).finish();
}

}  // namespace galley::os
