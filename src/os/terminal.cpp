#include "os/terminal.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "os/descriptor.h"

namespace galley::os {
namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";  // alternate screen, no cursor
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";

void put(std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
        if (count < 0 && errno != EINTR && errno != EAGAIN) return;
        if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
    }
}

sigset_t watched(bool resize) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    if (resize) sigaddset(&set, SIGWINCH);
    return set;
}

}  // namespace

struct Terminal::State {
    termios before{};
    sigset_t mask_before{};
    Descriptor signals;
};

Terminal::Terminal(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<Terminal>> Terminal::open() {
    const char* kind = std::getenv("TERM");
    auto state = std::make_unique<State>();
    const bool fit = kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb" && ::isatty(STDIN_FILENO) &&
                     ::isatty(STDOUT_FILENO) && ::tcgetattr(STDIN_FILENO, &state->before) == 0;
    if (!fit) return fail(ErrorCode::Unsupported, "standard input and output are no terminal");
    const sigset_t set = watched(true);
    pthread_sigmask(SIG_BLOCK, &set, &state->mask_before);
    state->signals = Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    termios raw = state->before;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    put(kEnter);
    return std::unique_ptr<Terminal>(new Terminal(std::move(state)));
}

Terminal::~Terminal() {
    put(kLeave);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &state_->before);
    pthread_sigmask(SIG_SETMASK, &state_->mask_before, nullptr);
}

TerminalSize Terminal::size() const {
    winsize window{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return {};
    return {.columns = window.ws_col, .rows = window.ws_row};
}

// In place and in one write, so that nothing flickers: each line is followed by "erase to its end".
void Terminal::draw(std::span<const std::string> lines) {
    std::string out = "\x1b[H";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i > 0) out += "\r\n";
        out += i == 0 ? "\x1b[7m" + lines[i] + "\x1b[0m" : lines[i];
        out += "\x1b[K";
    }
    put(out + "\x1b[J");
}

TerminalEvent Terminal::wait(Duration time, char& key) {
    std::array<pollfd, 2> wanted{{{STDIN_FILENO, POLLIN, 0}, {state_->signals.get(), POLLIN, 0}}};
    if (::poll(wanted.data(), wanted.size(), static_cast<int>(time.count())) <= 0) return TerminalEvent::TimeIsUp;
    if (wanted[1].revents != 0) {
        signalfd_siginfo info{};
        if (::read(state_->signals.get(), &info, sizeof info) != sizeof info) return TerminalEvent::TimeIsUp;
        return info.ssi_signo == SIGWINCH ? TerminalEvent::Resized : TerminalEvent::Stop;
    }
    if (::read(STDIN_FILENO, &key, 1) == 1) return TerminalEvent::Key;
    return TerminalEvent::Stop;  // the terminal is gone
}

bool output_is_terminal() {
    return ::isatty(STDOUT_FILENO) != 0;
}

bool wait_unless_stopped(Duration time) {
    const sigset_t set = watched(false);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    const timespec span{.tv_sec = time.count() / 1000, .tv_nsec = (time.count() % 1000) * 1'000'000};
    return ::sigtimedwait(&set, nullptr, &span) < 0;
}

}  // namespace galley::os
